#include "vault/crypto/plaintext.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "vault/base/secret_arena.h"

namespace coffer {

Plaintext::Plaintext(std::size_t size) {
  reserve(size);
  size_ = size;
}

Plaintext::Plaintext(Plaintext&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      capacity_(std::exchange(other.capacity_, 0)) {}

Plaintext& Plaintext::operator=(Plaintext&& other) noexcept {
  if (this != &other) {
    release();
    data_ = std::exchange(other.data_, nullptr);
    size_ = std::exchange(other.size_, 0);
    capacity_ = std::exchange(other.capacity_, 0);
  }
  return *this;
}

Plaintext::~Plaintext() {
  release();
}

void Plaintext::append(Bytes more) {
  if (more.empty()) return;
  make_room(size_ + more.size());
  std::memcpy(data_ + size_, more.data(), more.size());
  size_ += more.size();
}

void Plaintext::resize(std::size_t size) {
  make_room(size);
  if (size > size_) std::memset(data_ + size_, 0, size - size_);
  size_ = size;
}

void Plaintext::make_room(std::size_t size) {
  if (size > capacity_) reserve(std::max(size, 2 * capacity_));
}

void Plaintext::reserve(std::size_t capacity) {
  constexpr std::size_t kLeast = 256;
  capacity = std::max(capacity, kLeast);
  std::uint8_t* larger = secret_arena::allocate(capacity);
  if (size_ > 0) std::memcpy(larger, data_, size_);
  secret_arena::release(data_, capacity_);
  data_ = larger;
  capacity_ = capacity;
}

void Plaintext::release() noexcept {
  secret_arena::release(data_, capacity_);
  data_ = nullptr;
  size_ = capacity_ = 0;
}

}  // namespace coffer
