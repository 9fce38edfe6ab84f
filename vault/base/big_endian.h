#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <type_traits>

// Numbers of 4 and 8 bytes in network order, as the storage format has them.
namespace coffer {

template <class Unsigned>
Unsigned swapped_to_big_endian(Unsigned value) {
  static_assert(std::is_same_v<Unsigned, std::uint32_t> || std::is_same_v<Unsigned, std::uint64_t>);
  if constexpr (std::endian::native == std::endian::big) return value;
  if constexpr (sizeof value == sizeof(std::uint32_t)) return __builtin_bswap32(value);
  return static_cast<Unsigned>(__builtin_bswap64(value));
}

template <class Unsigned>
void put_big_endian(std::uint8_t* out, Unsigned value) {
  const Unsigned swapped = swapped_to_big_endian(value);
  std::memcpy(out, &swapped, sizeof swapped);
}

template <class Unsigned>
Unsigned get_big_endian(const std::uint8_t* in) {
  Unsigned value;
  std::memcpy(&value, in, sizeof value);
  return swapped_to_big_endian(value);
}

}  // namespace coffer
