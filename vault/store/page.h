#pragma once

#include <cstdint>
#include <vector>

namespace coffer {

struct PageRequest {
  std::int64_t limit = 20;
  std::int64_t offset = 0;
};

template <class T>
struct Page {
  std::vector<T> items;
  std::int64_t total = 0;
};

}  // namespace coffer
