#pragma once

#include <utility>

namespace coffer {

// Whether an SQLite result code, extended or not, is what reading a damaged file gives.
bool is_damage(int result);

// Throws what the exception in flight means to callers: an SQLite failure becomes Conflict for a
// broken constraint and Storage otherwise, with a hint where there is a next step; anything else
// passes as it is.
[[noreturn]] void rethrow_converted();

template <class Call>
decltype(auto) converting(Call&& call) {
  try {
    return std::forward<Call>(call)();
  } catch (...) {
    rethrow_converted();
  }
}

}  // namespace coffer
