#pragma once

#include <vector>

#include "cli/commands/command.h"

namespace coffer::cli {

// `globals` is filled by the time a command runs, and outlives it.
Command dev_command(const Globals& globals);
Command serve_command(const Globals& globals);
Command mock_command(const Globals& globals);
Command init_command(const Globals& globals);
Command connect_command(const Globals& globals);
Command accounts_command(const Globals& globals);
Command token_command(const Globals& globals);
Command exec_command(const Globals& globals);
Command refresh_command(const Globals& globals);
Command listen_command(const Globals& globals);
Command trigger_command(const Globals& globals);
Command clock_command(const Globals& globals);
Command toolkits_command(const Globals& globals);
Command doctor_command(const Globals& globals);
Command keys_command(const Globals& globals);
Command api_keys_command(const Globals& globals);
Command anchor_command(const Globals& globals);
Command shred_command(const Globals& globals);
Command mcp_command(const Globals& globals);
Command help_command();

std::vector<Option> global_options(Globals& globals);
std::vector<Command> all_commands(const Globals& globals);

}  // namespace coffer::cli
