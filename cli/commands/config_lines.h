#pragma once

#include <string>

namespace coffer::cli {

// Refuses what CLI11 would pass over in a configuration file, or take for something else: lines that are not
// `KEY = VALUE`, brackets and quotes without their end, keys that are set twice.
// Throws InvalidArgument that names `file` and the line.
void check_config_lines(const std::string& text, const std::string& file);

}  // namespace coffer::cli
