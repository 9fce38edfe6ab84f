#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace coffer {

// InvalidArgument that names the place in a toolkit file and the page on its format.
[[noreturn]] void throw_file_fault(const std::string& place, const std::string& fault);

// Whether an input schema holds only what check_arguments understands, well formed, so that no
// rule of a toolkit file is passed over in silence. Throws InvalidArgument that names the place.
void check_input_schema(const nlohmann::json& schema, const std::string& place);

}  // namespace coffer
