#include "vault/net/wiped_buffer.h"

#include <algorithm>
#include <utility>

namespace coffer {

void WipedBuffer::append(std::string_view more) {
  if (bytes_.size() + more.size() > bytes_.capacity()) grow(size() + more.size());
  bytes_.append(more);
}

void WipedBuffer::grow(std::size_t least) {
  constexpr std::size_t kSmallest = 512;  // far above what std::string keeps inside itself
  std::string larger;
  larger.reserve(std::max({kSmallest, least, 2 * size()}));
  larger.append(view());
  wipe(bytes_);
  bytes_ = std::move(larger);
  begin_ = 0;
}

void WipedBuffer::consume(std::size_t count) {
  begin_ += std::min(count, size());
  if (begin_ == bytes_.size()) clear();
}

void WipedBuffer::clear() {
  wipe(bytes_);
  bytes_ = std::string();
  begin_ = 0;
}

std::string WipedBuffer::take() {
  if (begin_ != 0) grow(size());
  return std::exchange(bytes_, std::string());
}

}  // namespace coffer
