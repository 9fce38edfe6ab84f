#pragma once

#include <span>
#include <string>
#include <string_view>

namespace coffer {

struct EmbeddedFile {
  std::string_view name;                    // "gmail.json"
  std::span<const std::string_view> parts;  // compilers limit the length of one literal

  std::string text() const {
    std::string out;
    for (const auto part : parts) out += part;
    return out;
  }
};

// fixtures/toolkits and fixtures/providers as they were when the library was built, by name.
std::span<const EmbeddedFile> embedded_toolkits();
std::span<const EmbeddedFile> embedded_providers();

}  // namespace coffer
