#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace coffer {

using Bytes = std::span<const std::uint8_t>;

// A token, key, password or verifier. Lives in locked memory that is left out of core dumps, is
// wiped when dropped or moved from, compares in constant time and cannot be printed or copied by
// accident. Thread: as any value.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string_view value);
  explicit Secret(Bytes value);
  // Takes the text and wipes the place it came from, so that no second copy stays behind.
  static Secret consume(std::string& value);

  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret();

  // The one deliberate copy.
  Secret clone() const;

  // The only way out; valid while this object lives.
  std::string_view expose() const { return {reinterpret_cast<const char*>(data_), size_}; }

  // For screens and logs: bullets and the last four characters, bullets alone for short values.
  std::string redacted() const;

  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }

  friend bool operator==(const Secret& a, const Secret& b);

 private:
  void release() noexcept;

  std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
};

// A 256-bit symmetric key in the same memory.
class KeyBytes {
 public:
  static constexpr std::size_t kSize = 32;

  // Zero-filled; write through data().
  KeyBytes();
  explicit KeyBytes(std::span<const std::uint8_t, kSize> value);
  KeyBytes(KeyBytes&& other) noexcept;
  KeyBytes& operator=(KeyBytes&& other) noexcept;
  KeyBytes(const KeyBytes&) = delete;
  KeyBytes& operator=(const KeyBytes&) = delete;
  ~KeyBytes();

  KeyBytes clone() const;
  const std::uint8_t* data() const { return data_; }
  std::uint8_t* data() { return data_; }

  friend bool operator==(const KeyBytes& a, const KeyBytes& b);

 private:
  std::uint8_t* data_ = nullptr;
};

// Overwrites memory in a way the compiler may not remove.
void wipe(void* data, std::size_t size) noexcept;
// Overwrites the text's whole buffer, spare capacity included, and empties it.
void wipe(std::string& text) noexcept;

bool constant_time_equal(std::string_view a, std::string_view b);

}  // namespace coffer
