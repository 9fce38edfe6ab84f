#pragma once

#include <string>
#include <string_view>

#include "vault/base/secret.h"

namespace coffer {

// Bytes from or for the wire, which may hold credentials: the old memory is wiped when it grows,
// and all of it when the object goes. Thread: as any value.
class WipedBuffer {
 public:
  WipedBuffer() = default;
  WipedBuffer(const WipedBuffer&) = delete;
  WipedBuffer& operator=(const WipedBuffer&) = delete;
  ~WipedBuffer() { wipe(bytes_); }

  void append(std::string_view more);
  // Drops bytes from the front.
  void consume(std::size_t count);
  // Wipes, empties and gives the memory back.
  void clear();
  // The content, leaving this empty.
  std::string take();

  std::string_view view() const { return std::string_view(bytes_).substr(begin_); }
  std::size_t size() const { return bytes_.size() - begin_; }
  bool empty() const { return size() == 0; }

 private:
  void grow(std::size_t least);

  std::string bytes_;
  std::size_t begin_ = 0;  // everything before it was consumed
};

}  // namespace coffer
