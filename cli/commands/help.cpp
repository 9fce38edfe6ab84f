#include <memory>

#include "cli/commands/commands.h"
#include "cli/commands/output.h"

namespace coffer::cli {
namespace {

constexpr const char* kExitCodes = R"(0    it worked
1    it failed: the message says why
2    wrong usage: an option, a value, an argument
3    no daemon answers
4    the user has to connect or reconnect: the hint says how
5    there is no such account, toolkit, tool or file
6    the vault cannot be opened: wrong key, in use, damaged, newer, readable by others, read-only
124  waited as long as was asked)";

constexpr const char* kEnvironment =
    R"(A value comes from the flag, else from the environment, else from the configuration file, else it is
the default.

COFFER_URL, COFFER_VAULT, ...     the options of every command: COFFER_ and the option's name
COFFER_SERVE_PORT, ...            the options of one command: COFFER_, its name, the option's name
COFFER_CONFIG                     the configuration file
COFFER_API_KEY, COMPOSIO_API_KEY  the API key
COMPOSIO_BASE_URL                 the daemon's URL, where COFFER_URL is not set)";

constexpr const char* kFiles =
    R"($XDG_CONFIG_HOME/coffer/config.toml   defaults: keys are option names, [serve] and so on are sections
$XDG_CONFIG_HOME/coffer/master.key    the key that opens the vault
$XDG_CONFIG_HOME/coffer/api-key       the API key that `coffer init` made
$XDG_DATA_HOME/coffer/vault.db        the vault
$XDG_STATE_HOME/coffer/anchors/       how new each vault is, so that an older copy is noticed
$XDG_RUNTIME_DIR/coffer/daemon.json   where the running daemon is

Under systemd $STATE_DIRECTORY holds the vault, $RUNTIME_DIRECTORY the last, and the key may come from
$CREDENTIALS_DIRECTORY/master-key.)";

int run(const std::string& topic) {
  if (topic == "exit-codes") {
    print_exact(kExitCodes);
  } else if (topic == "environment") {
    print_exact(kEnvironment);
  } else if (topic == "files") {
    print_exact(kFiles);
  } else {
    throw Error(ErrorCode::InvalidArgument, "there is no help on \"" + topic + "\"",
                "topics: exit-codes, environment, files; for a command run `coffer COMMAND --help`");
  }
  return exit_code::kOk;
}

}  // namespace

Command help_command() {
  auto topic = std::make_shared<std::string>();
  return {"help",
          "Explain a topic: exit-codes, environment or files",
          {{"topic", "The topic", topic.get(), "TOPIC", true}},
          [topic] { return run(*topic); }};
}

}  // namespace coffer::cli
