#include "vault/crypto/length_prefixed.h"

namespace coffer {
namespace {

template <class Unsigned>
void append_big_endian(std::string& out, Unsigned value) {
  for (int shift = 8 * (static_cast<int>(sizeof value) - 1); shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(value >> shift & 0xFF));
  }
}

}  // namespace

LengthPrefixed& LengthPrefixed::add(std::string_view field) {
  append_big_endian(buffer_, static_cast<std::uint32_t>(field.size()));
  buffer_.append(field);
  return *this;
}

LengthPrefixed& LengthPrefixed::add(Bytes field) {
  return add(std::string_view(reinterpret_cast<const char*>(field.data()), field.size()));
}

LengthPrefixed& LengthPrefixed::add(std::int64_t number) {
  append_big_endian(buffer_, static_cast<std::uint32_t>(sizeof number));
  append_big_endian(buffer_, static_cast<std::uint64_t>(number));
  return *this;
}

}  // namespace coffer
