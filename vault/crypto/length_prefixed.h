#pragma once

#include <cstdint>
#include <string_view>

#include "vault/base/secret.h"
#include "vault/crypto/message_buffer.h"

namespace coffer {

// Fields joined so that no two different lists give the same bytes: each is its length as four
// bytes, most significant first, and its bytes. Numbers are eight bytes, most significant first.
// For associated data and for what is hashed; never holds a secret.
class LengthPrefixed {
 public:
  LengthPrefixed& add(std::string_view field);
  LengthPrefixed& add(Bytes field);
  LengthPrefixed& add(std::int64_t number);

  Bytes bytes() const { return buffer_.bytes(); }

 private:
  MessageBuffer buffer_;
};

}  // namespace coffer
