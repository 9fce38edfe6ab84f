#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace coffer {

// Whether a file's header templates, by name, can become header lines: each name a token and none of
// those that the transport writes, each text one line. Throws InvalidArgument that names place and fault.
void check_headers(const std::string& place, const nlohmann::json& headers);

}  // namespace coffer
