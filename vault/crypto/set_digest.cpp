#include "vault/crypto/set_digest.h"

#include <sodium.h>

#include "vault/crypto/length_prefixed.h"

namespace coffer {
namespace {

SetDigest::Value element(const Keyring& keys, std::string_view table, Bytes row_mac) {
  LengthPrefixed message;
  message.add(table).add(row_mac);
  return keys.wide_mac(message.bytes());
}

}  // namespace

void SetDigest::add(const Keyring& keys, std::string_view table, Bytes row_mac) {
  const Value term = element(keys, table, row_mac);
  sodium_add(value_.data(), term.data(), value_.size());
}

void SetDigest::remove(const Keyring& keys, std::string_view table, Bytes row_mac) {
  const Value term = element(keys, table, row_mac);
  sodium_sub(value_.data(), term.data(), value_.size());
}

}  // namespace coffer
