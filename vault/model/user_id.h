#pragma once

#include <optional>
#include <string_view>

namespace coffer {

// The one rule for user ids. What is wrong, as
// the end of a sentence ("is empty"); nullopt for a good id.
inline constexpr const char* kUserIdRule =
    "a user id is 1 to 256 bytes of UTF-8 without control characters, and not \".\" or \"..\"";
std::optional<std::string_view> fault_of_user_id(std::string_view id);

}  // namespace coffer
