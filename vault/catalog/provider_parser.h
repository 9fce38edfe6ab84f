#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "vault/model/provider.h"

namespace coffer {

// One provider file. Consumes the JSON. Throws InvalidArgument that names file, place and fault.
Provider parse_provider(nlohmann::json& file, const std::string& file_name);

}  // namespace coffer
