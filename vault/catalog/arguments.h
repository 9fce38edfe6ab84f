#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

namespace coffer {

// Checks tool arguments against the tool's input schema (type, required, enum, bounds, items,
// additionalProperties) and fills in defaults. Throws InvalidArgument that names the argument.
// Numbers given as text and the like are not converted.
void check_arguments(const nlohmann::json& schema, nlohmann::json& arguments, std::string_view tool);

}  // namespace coffer
