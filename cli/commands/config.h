#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace CLI {
class Config;
}

namespace coffer::cli {

// One key that a configuration file may set.
struct ConfigKey {
  std::string section;   // the command; empty for what all commands share
  std::string name;      // "forward-to"
  std::string variable;  // the environment variable that wins over it
  bool is_number = false;
};

// Throws InvalidArgument, naming the variable, where one of these keys' holds no number and should.
void check_variables(const std::vector<ConfigKey>& keys, const std::string& section);

// Reads config.toml for CLI11, which by itself lets a file win over the environment and knows
// neither line nor column of an unknown key or of a value that is none. `file` is the name of what is read.
std::shared_ptr<CLI::Config> make_config_reader(std::function<std::string()> file,
                                                std::vector<ConfigKey> keys);

}  // namespace coffer::cli
