#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "vault/model/toolkit.h"

namespace coffer {

// What a JSON pointer leads to in an answer; null if there is nothing. Empty pointer: all of it.
const nlohmann::json* find_at(const nlohmann::json& answer, const std::string& pointer);

// The meaning of the first rule that fits; nullopt: none does. A null body fits no pointer.
std::optional<ErrorRule::Means> match_rules(const std::vector<ErrorRule>& rules, int status,
                                            const nlohmann::json& body);

}  // namespace coffer
