#pragma once

#include <functional>
#include <string>
#include <variant>
#include <vector>

namespace coffer::cli {

// Where an option's value goes. It lives as long as the command.
using Target = std::variant<bool*, int*, double*, std::string*, std::vector<std::string>*>;

struct Option {
  std::string name;  // "--port" or "-e,--events"; without dashes: positional
  std::string help;
  Target target;
  std::string value{};  // what the help calls the value: "FILE"; empty for a switch
  bool is_required = false;
};

// One row of the command table. Help, environment variables and configuration keys all follow
// from it: option --port of serve is COFFER_SERVE_PORT and `port` in the section [serve].
struct Command {
  std::string name;
  std::string summary;
  std::vector<Option> options;
  std::function<int()> run;  // returns the exit code; throws Error
};

// What every command understands. Option --vault is COFFER_VAULT and `vault` at the file's top.
struct Globals {
  std::string url;           // of the daemon; empty: found, see endpoint.h
  std::string api_key_file;  // empty: the default place
  std::string vault;         // empty: the default place
  std::string key_file;      // empty: see vault_access.h
  std::string passphrase_file;
  std::vector<std::string> toolkit_dirs;
};

}  // namespace coffer::cli
