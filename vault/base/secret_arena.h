#pragma once

#include <cstddef>
#include <cstdint>

namespace coffer {

// The memory behind Secret and KeyBytes: a few large guarded and locked slabs cut into size
// classes, because one guarded allocation per token would exhaust the process's mappings.
// Any thread.
namespace secret_arena {

std::uint8_t* allocate(std::size_t size);
void release(std::uint8_t* data, std::size_t size) noexcept;  // wipes first

// False once the system refused to lock a slab (RLIMIT_MEMLOCK): secrets may reach swap.
bool is_locked();

}  // namespace secret_arena
}  // namespace coffer
