#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "vault/crypto/keyring.h"

namespace coffer {

// A keyed digest of a set of rows that can be changed row by row: the sum modulo 2^512 of a
// keyed hash of each row's MAC. Says whether rows were added, taken away or put back from an
// older time, whatever their order.
class SetDigest {
 public:
  using Value = std::array<std::uint8_t, 64>;

  SetDigest() = default;
  explicit SetDigest(const Value& value) : value_(value) {}

  void add(const Keyring& keys, std::string_view table, Bytes row_mac);
  void remove(const Keyring& keys, std::string_view table, Bytes row_mac);

  const Value& value() const { return value_; }  // least significant byte first
  bool operator==(const SetDigest&) const = default;

 private:
  Value value_{};
};

}  // namespace coffer
