#include "vault/crypto/row_message.h"

namespace coffer {

RowMessage::RowMessage(const Keyring& keys, std::string_view table) : keys_(keys) {
  text("coffer/row").text(keys.vault_uuid()).text(table);
}

RowMessage& RowMessage::optional_text(const std::optional<std::string>& value) {
  return value ? text(*value) : null();
}

RowMessage& RowMessage::number(const std::optional<std::int64_t>& value) {
  return value ? number(*value) : null();
}

RowMessage& RowMessage::blob(Bytes value) {
  return tagged('B', value.data(), value.size());
}

RowMessage& RowMessage::sealed(Bytes envelope) {
  if (envelope.empty()) return null();
  const Bytes tag = tag_of(envelope);
  return tagged('S', tag.data(), tag.size());
}

}  // namespace coffer
