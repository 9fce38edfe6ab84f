#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "vault/base/clock.h"
#include "vault/crypto/keyring.h"
#include "vault/crypto/message_buffer.h"

namespace coffer {

// One row as the bytes by which it is authenticated: vault, table, every clear column in order,
// and each sealed column by its tag.
class RowMessage {
 public:
  RowMessage(const Keyring& keys, std::string_view table);

  RowMessage& text(std::string_view value) { return tagged('T', value.data(), value.size()); }
  RowMessage& optional_text(const std::optional<std::string>& value);
  RowMessage& number(std::int64_t value) {
    buffer_.append_tagged('I', static_cast<std::uint64_t>(value));
    return *this;
  }
  RowMessage& number(const std::optional<std::int64_t>& value);
  RowMessage& time(Timestamp value) { return number(to_ms(value)); }
  RowMessage& time(const std::optional<Timestamp>& value) { return value ? time(*value) : null(); }
  RowMessage& blob(Bytes value);
  RowMessage& sealed(Bytes envelope);  // empty: NULL

  Bytes bytes() const { return buffer_.bytes(); }
  // The row's MAC, for tables that keep one.
  Mac mac(Purpose purpose = Purpose::RowMac) const { return keys_.mac(purpose, bytes()); }

 private:
  RowMessage& null() {
    buffer_.append('N');
    return *this;
  }
  RowMessage& tagged(char type, const void* data, std::size_t size) {
    buffer_.append_tagged(type, data, size);
    return *this;
  }

  const Keyring& keys_;
  MessageBuffer buffer_;
};

}  // namespace coffer
