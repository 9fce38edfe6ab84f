#include "vault/base/secret_arena.h"

#include <sodium.h>
#include <sys/mman.h>

#include <array>
#include <atomic>
#include <mutex>
#include <new>
#include <vector>

#include "vault/base/brief_lock.h"

namespace coffer::secret_arena {
namespace {

constexpr std::size_t kSlabSize = 256 << 10;
constexpr std::array<std::size_t, 9> kClasses = {32, 64, 128, 256, 512, 1024, 4096, 16384, 65536};

std::atomic<bool> all_locked{true};

std::uint8_t* map_locked(std::size_t size) {
  if (sodium_init() < 0) throw std::bad_alloc();
  auto* memory = static_cast<std::uint8_t*>(sodium_malloc(size));
  if (memory == nullptr) throw std::bad_alloc();
  // sodium_malloc ignores a refused lock; asking again tells.
  if (sodium_mlock(memory, size) != 0) all_locked = false;
  madvise(memory, size, MADV_DONTDUMP);
  madvise(memory, size, MADV_WIPEONFORK);
  return memory;
}

class Arena {
 public:
  std::uint8_t* allocate(std::size_t index) {
    const std::lock_guard turn(lock_);
    auto& free = free_[index];
    if (free.empty()) add_slab(index);
    std::uint8_t* block = free.back();
    free.pop_back();
    return block;
  }

  void release(std::uint8_t* block, std::size_t index) noexcept {
    const std::lock_guard turn(lock_);
    free_[index].push_back(block);  // capacity was reserved when the slab was cut
  }

 private:
  void add_slab(std::size_t index) {
    const std::size_t block = kClasses[index];
    const std::size_t count = kSlabSize / block;
    slab_blocks_[index] += count;
    free_[index].reserve(slab_blocks_[index]);
    std::uint8_t* slab = map_locked(kSlabSize);
    for (std::size_t i = count; i > 0; --i) free_[index].push_back(slab + (i - 1) * block);
  }

  BriefLock lock_;  // guards both
  std::array<std::vector<std::uint8_t*>, kClasses.size()> free_;
  std::array<std::size_t, kClasses.size()> slab_blocks_{};
};

// Never destroyed: static objects may still hold secrets while the process ends.
Arena& arena() {
  static Arena* const instance = new Arena;
  return *instance;
}

std::size_t class_of(std::size_t size) {
  std::size_t index = 0;
  while (index < kClasses.size() && kClasses[index] < size) ++index;
  return index;
}

}  // namespace

std::uint8_t* allocate(std::size_t size) {
  const std::size_t index = class_of(size);
  return index < kClasses.size() ? arena().allocate(index) : map_locked(size);
}

void release(std::uint8_t* data, std::size_t size) noexcept {
  if (data == nullptr) return;
  sodium_memzero(data, size);
  const std::size_t index = class_of(size);
  if (index < kClasses.size()) {
    arena().release(data, index);
  } else {
    sodium_free(data);
  }
}

bool is_locked() {
  return all_locked;
}

}  // namespace coffer::secret_arena
