#pragma once

#include <span>

#include "vault/base/random.h"

namespace coffer::mock {

// A seeded sequence that knows how far it has come, so that it can go on from there.
class CountedRandom final : public Random {
 public:
  explicit CountedRandom(std::uint64_t seed) : sequence_(seed) {}

  void fill(std::span<std::uint8_t> out) override {
    ++draws_;
    sequence_.fill(out);
  }
  std::uint64_t draws() const { return draws_; }
  // Only onwards.
  void skip_to(std::uint64_t draws) {
    std::uint8_t unused = 0;
    while (draws_ < draws) fill({&unused, 1});
  }

 private:
  SeededRandom sequence_;
  std::uint64_t draws_ = 0;
};

}  // namespace coffer::mock
