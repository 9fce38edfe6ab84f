#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace coffer {

struct CodePoint {
  char32_t value = 0;
  std::size_t size = 1;  // in bytes
};

// The first code point of `text`, which is not empty; nullopt where its bytes are no UTF-8.
std::optional<CodePoint> first_code_point(std::string_view text);

// A caller's text as an error message may repeat it: valid UTF-8 without NUL of at most 128 bytes, longer
// ones cut at a code point and marked by "...".
std::string clipped(std::string_view text);
// The same in double quotes.
std::string in_quotes(std::string_view text);

}  // namespace coffer
