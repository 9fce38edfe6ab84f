#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "vault/base/secret.h"

namespace coffer {

// Fields joined so that no two different lists give the same bytes: each is its length as four
// bytes, most significant first, and its bytes. Numbers are eight bytes, most significant first.
// For associated data and for what is hashed; never holds a secret.
class LengthPrefixed {
 public:
  LengthPrefixed() { buffer_.reserve(512); }

  LengthPrefixed& add(std::string_view field);
  LengthPrefixed& add(Bytes field);
  LengthPrefixed& add(std::int64_t number);

  Bytes bytes() const { return {reinterpret_cast<const std::uint8_t*>(buffer_.data()), buffer_.size()}; }

 private:
  std::string buffer_;
};

}  // namespace coffer
