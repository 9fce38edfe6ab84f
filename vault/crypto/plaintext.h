#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "vault/base/secret.h"

namespace coffer {

// A byte buffer for what is about to be sealed or was just opened: the same memory as Secret,
// but writable and growing. Thread: as any value.
class Plaintext {
 public:
  Plaintext() = default;
  explicit Plaintext(std::size_t size);  // contents undefined
  Plaintext(Plaintext&& other) noexcept;
  Plaintext& operator=(Plaintext&& other) noexcept;
  Plaintext(const Plaintext&) = delete;
  Plaintext& operator=(const Plaintext&) = delete;
  ~Plaintext();

  void append(Bytes more);
  // Keeps the bytes that stay, wiping nothing before destruction; new bytes are zero.
  void resize(std::size_t size);

  Bytes bytes() const { return {data_, size_}; }
  std::uint8_t* data() { return data_; }
  std::size_t size() const { return size_; }

 private:
  void make_room(std::size_t size);
  void reserve(std::size_t capacity);
  void release() noexcept;

  std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace coffer
