#include "cli/commands/commands.h"

namespace coffer::cli {

std::vector<Option> global_options(Globals& globals) {
  return {
      {"--url", "Where the daemon is (also COMPOSIO_BASE_URL)", &globals.url, "URL"},
      {"--api-key-file", "File that holds the API key (also COFFER_API_KEY, COMPOSIO_API_KEY)",
       &globals.api_key_file, "FILE"},
      {"--vault", "The vault file", &globals.vault, "FILE"},
      {"--key-file", "32 bytes that open the vault, mode 0600", &globals.key_file, "FILE"},
      {"--passphrase-file", "Open the vault with the passphrase in FILE; - reads standard input",
       &globals.passphrase_file, "FILE"},
      {"--toolkit-dir", "Directory that adds or replaces toolkits; may be repeated", &globals.toolkit_dirs,
       "DIR"},
  };
}

std::vector<Command> all_commands(const Globals& globals) {
  return {
      dev_command(globals),      serve_command(globals),   mock_command(globals),
      init_command(globals),     connect_command(globals), accounts_command(globals),
      token_command(globals),    exec_command(globals),    refresh_command(globals),
      listen_command(globals),   trigger_command(globals), clock_command(globals),
      toolkits_command(globals), doctor_command(globals),  keys_command(globals),
      api_keys_command(globals), anchor_command(globals),  shred_command(globals),
      mcp_command(globals),      help_command(),
  };
}

}  // namespace coffer::cli
