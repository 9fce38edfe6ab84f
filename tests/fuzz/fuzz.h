#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "vault/base/error.h"

// A target takes any bytes and comes back. Called by libFuzzer (./dev fuzz) and, with each file
// of its corpus, by the tests (tests/support/replay_corpus.cpp).
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace coffer::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// Takes one line off the front, without its line feed: what a corpus file says before the bytes
// that it is about.
inline std::string_view take_line(std::string_view& text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(text.size(), line.size() + 1));
  return line;
}

// What must hold whatever the input is.
inline void require(bool holds, const char* claim) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", claim);
  std::abort();
}

// False: `body` threw Error{code}. Any other exception is a finding.
template <class Body>
bool succeeds_or_throws(ErrorCode code, Body&& body) {
  try {
    body();
    return true;
  } catch (const Error& error) {
    require(error.code() == code, "errors are of the promised code");
    return false;
  }
}

}  // namespace coffer::fuzz
