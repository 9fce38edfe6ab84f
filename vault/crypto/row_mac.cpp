#include "vault/crypto/row_mac.h"

#include <array>

#include "vault/base/encoding.h"

namespace coffer {
namespace {

std::string_view as_text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

template <class Unsigned>
auto big_endian(Unsigned value) {
  std::array<char, sizeof value> out;
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = static_cast<char>(value >> (8 * (out.size() - 1 - i)) & 0xFF);
  }
  return out;
}

}  // namespace

RowMac::RowMac(const Keyring& keys, std::string_view table) : keys_(keys) {
  constexpr std::size_t kUsualRow = 512;
  buffer_.reserve(kUsualRow);
  tagged('T', table);
}

void RowMac::tagged(char type, std::string_view value) {
  const auto size = big_endian(static_cast<std::uint32_t>(value.size()));
  buffer_.push_back(type);
  buffer_.append(size.data(), size.size()).append(value);
}

RowMac& RowMac::text(std::string_view value) {
  tagged('T', value);
  return *this;
}

RowMac& RowMac::optional_text(const std::optional<std::string>& value) {
  tagged(value ? 'T' : 'N', value ? std::string_view(*value) : std::string_view());
  return *this;
}

RowMac& RowMac::number(std::int64_t value) {
  const auto bytes = big_endian(static_cast<std::uint64_t>(value));
  tagged('I', {bytes.data(), bytes.size()});
  return *this;
}

RowMac& RowMac::number(std::optional<std::int64_t> value) {
  if (value) return number(*value);
  tagged('N', {});
  return *this;
}

RowMac& RowMac::time(const std::optional<Timestamp>& value) {
  return number(value ? std::optional(to_ms(*value)) : std::nullopt);
}

RowMac& RowMac::blob(Bytes value) {
  tagged('B', as_text(value));
  return *this;
}

RowMac& RowMac::sealed(Bytes envelope) {
  if (envelope.empty()) {
    tagged('N', {});
  } else {
    tagged('S', as_text(tag_of(envelope)));
  }
  return *this;
}

Mac RowMac::finish(Purpose purpose) const {
  return keys_.mac(purpose, as_bytes(buffer_));
}

}  // namespace coffer
