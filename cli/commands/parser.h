#pragma once

#include <string>
#include <vector>

#include "cli/commands/command.h"

namespace coffer::cli {

// Fills the options of the command that the arguments name and returns it. A value comes from the
// flag, else from its COFFER_ variable, else from the configuration file, else stays as it is.
// nullptr: help or version was asked for and has been printed.
// Throws Error{InvalidArgument} for wrong usage, and for a configuration key that means nothing.
const Command* parse(const std::vector<Command>& commands, const std::vector<Option>& global_options,
                     const std::vector<std::string>& arguments);

}  // namespace coffer::cli
