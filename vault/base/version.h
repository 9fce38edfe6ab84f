#pragma once

namespace coffer {

// The same as the project's version in CMakeLists.txt; a test compares the two.
inline constexpr const char* kVersion = "0.1.0";

}  // namespace coffer
