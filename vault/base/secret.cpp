#include "vault/base/secret.h"

#include <sodium.h>

#include <cstring>
#include <utility>

#include "vault/base/secret_arena.h"

namespace coffer {

Secret::Secret(std::string_view value)
    : Secret(Bytes(reinterpret_cast<const std::uint8_t*>(value.data()), value.size())) {}

Secret::Secret(Bytes value) : size_(value.size()) {
  if (size_ == 0) return;
  data_ = secret_arena::allocate(size_);
  std::memcpy(data_, value.data(), size_);
}

Secret Secret::consume(std::string& value) {
  Secret secret{std::string_view(value)};
  wipe(value);
  return secret;
}

Secret::Secret(Secret&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    release();
    data_ = std::exchange(other.data_, nullptr);
    size_ = std::exchange(other.size_, 0);
  }
  return *this;
}

Secret::~Secret() {
  release();
}

void Secret::release() noexcept {
  secret_arena::release(data_, size_);
  data_ = nullptr;
  size_ = 0;
}

Secret Secret::clone() const {
  return Secret(Bytes(data_, size_));
}

std::string Secret::redacted() const {
  constexpr std::string_view kBullets = "••••";
  constexpr std::size_t kLeastToShow = 12;
  std::string text(kBullets);
  if (size_ >= kLeastToShow) text += expose().substr(size_ - 4);
  return text;
}

bool operator==(const Secret& a, const Secret& b) {
  return constant_time_equal(a.expose(), b.expose());
}

KeyBytes::KeyBytes() : data_(secret_arena::allocate(kSize)) {
  std::memset(data_, 0, kSize);
}

KeyBytes::KeyBytes(std::span<const std::uint8_t, kSize> value) : KeyBytes() {
  std::memcpy(data_, value.data(), kSize);
}

KeyBytes::KeyBytes(KeyBytes&& other) noexcept : data_(std::exchange(other.data_, nullptr)) {}

KeyBytes& KeyBytes::operator=(KeyBytes&& other) noexcept {
  if (this != &other) {
    secret_arena::release(data_, kSize);
    data_ = std::exchange(other.data_, nullptr);
  }
  return *this;
}

KeyBytes::~KeyBytes() {
  secret_arena::release(data_, kSize);
}

KeyBytes KeyBytes::clone() const {
  return KeyBytes(std::span<const std::uint8_t, kSize>(data_, kSize));
}

bool operator==(const KeyBytes& a, const KeyBytes& b) {
  return sodium_memcmp(a.data(), b.data(), KeyBytes::kSize) == 0;
}

void wipe(void* data, std::size_t size) noexcept {
  sodium_memzero(data, size);
}

void wipe(std::string& text) noexcept {
  sodium_memzero(text.data(), text.capacity());
  text.clear();
}

bool constant_time_equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace coffer
