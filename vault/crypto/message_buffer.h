#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "vault/base/big_endian.h"
#include "vault/base/secret.h"

namespace coffer {

// Bytes about to be authenticated, built up piece by piece; usual sizes take no memory from the
// heap. Not for secrets.
class MessageBuffer {
 public:
  void append(const void* data, std::size_t size) {
    if (size == 0) return;
    std::memcpy(reserve(size), data, size);
  }
  // The length first, in four bytes.
  void append_prefixed(const void* data, std::size_t size) {
    put_prefixed(reserve(kPrefix + size), data, size);
  }
  // A type before it, in one byte.
  void append_tagged(char type, const void* data, std::size_t size) {
    std::uint8_t* const out = reserve(1 + kPrefix + size);
    *out = static_cast<std::uint8_t>(type);
    put_prefixed(out + 1, data, size);
  }
  void append_tagged(char type, std::uint64_t number) {
    std::uint8_t* const out = reserve(1 + sizeof number);
    *out = static_cast<std::uint8_t>(type);
    put_big_endian(out + 1, number);
  }
  void append(std::uint8_t byte) { *reserve(1) = byte; }
  template <class Unsigned>
  void append_big_endian(Unsigned value) {
    put_big_endian(reserve(sizeof value), value);
  }

  Bytes bytes() const { return {large_.empty() ? small_.data() : large_.data(), size_}; }

 private:
  static constexpr std::size_t kUsual = 640;
  static constexpr std::size_t kPrefix = sizeof(std::uint32_t);

  static void put_prefixed(std::uint8_t* out, const void* data, std::size_t size) {
    put_big_endian(out, static_cast<std::uint32_t>(size));
    if (size > 0) std::memcpy(out + kPrefix, data, size);
  }

  // Room for that many more bytes, which count as appended.
  std::uint8_t* reserve(std::size_t size) {
    const std::size_t at = size_;
    size_ += size;
    if (large_.empty() && size_ <= kUsual) return small_.data() + at;
    if (large_.empty()) large_.assign(small_.begin(), small_.begin() + static_cast<std::ptrdiff_t>(at));
    large_.resize(size_);
    return large_.data() + at;
  }

  std::array<std::uint8_t, kUsual> small_;  // uninitialized beyond size_
  std::vector<std::uint8_t> large_;
  std::size_t size_ = 0;
};

}  // namespace coffer
