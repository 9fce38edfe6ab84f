#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "vault/model/toolkit.h"

namespace coffer {

// One toolkit file. Consumes the JSON. Throws InvalidArgument that names file, place and fault.
Toolkit parse_toolkit(nlohmann::json& file, const std::string& file_name);

}  // namespace coffer
