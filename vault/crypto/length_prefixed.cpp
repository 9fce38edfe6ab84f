#include "vault/crypto/length_prefixed.h"

namespace coffer {

LengthPrefixed& LengthPrefixed::add(std::string_view field) {
  buffer_.append_prefixed(field.data(), field.size());
  return *this;
}

LengthPrefixed& LengthPrefixed::add(Bytes field) {
  return add(std::string_view(reinterpret_cast<const char*>(field.data()), field.size()));
}

LengthPrefixed& LengthPrefixed::add(std::int64_t number) {
  buffer_.append_big_endian(static_cast<std::uint32_t>(sizeof number));
  buffer_.append_big_endian(static_cast<std::uint64_t>(number));
  return *this;
}

}  // namespace coffer
