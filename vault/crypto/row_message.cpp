#include "vault/crypto/row_message.h"

namespace coffer {

RowMessage::RowMessage(const Keyring& keys, std::string_view table) : keys_(keys) {
  text("coffer/row").text(keys.vault_uuid()).text(table);
}

RowMessage& RowMessage::tagged(char type, const void* data, std::size_t size) {
  buffer_.append(static_cast<std::uint8_t>(type));
  buffer_.append_prefixed(data, size);
  return *this;
}

RowMessage& RowMessage::text(std::string_view value) {
  return tagged('T', value.data(), value.size());
}

RowMessage& RowMessage::optional_text(const std::optional<std::string>& value) {
  return value ? text(*value) : null();
}

RowMessage& RowMessage::number(std::int64_t value) {
  buffer_.append('I');
  buffer_.append_big_endian(static_cast<std::uint64_t>(value));
  return *this;
}

RowMessage& RowMessage::number(const std::optional<std::int64_t>& value) {
  return value ? number(*value) : null();
}

RowMessage& RowMessage::time(const std::optional<Timestamp>& value) {
  return value ? time(*value) : null();
}

RowMessage& RowMessage::blob(Bytes value) {
  return tagged('B', value.data(), value.size());
}

RowMessage& RowMessage::sealed(Bytes envelope) {
  if (envelope.empty()) return null();
  const Bytes tag = tag_of(envelope);
  return tagged('S', tag.data(), tag.size());
}

RowMessage& RowMessage::null() {
  buffer_.append('N');
  return *this;
}

}  // namespace coffer
