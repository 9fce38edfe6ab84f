#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "vault/base/clock.h"
#include "vault/crypto/keyring.h"

namespace coffer {

// Authenticates one row: every clear column in order, and each sealed column by its tag.
class RowMac {
 public:
  RowMac(const Keyring& keys, std::string_view table);

  RowMac& text(std::string_view value);
  RowMac& optional_text(const std::optional<std::string>& value);
  RowMac& number(std::int64_t value);
  RowMac& number(std::optional<std::int64_t> value);
  RowMac& time(Timestamp value) { return number(to_ms(value)); }
  RowMac& time(const std::optional<Timestamp>& value);
  RowMac& blob(Bytes value);
  RowMac& sealed(Bytes envelope);  // empty: NULL

  Mac finish(Purpose purpose = Purpose::RowMac) const;

 private:
  void tagged(char type, std::string_view value);

  const Keyring& keys_;
  std::string buffer_;
};

}  // namespace coffer
