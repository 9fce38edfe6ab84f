#include "cli/commands/parser.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <sstream>

#include "cli/commands/config.h"
#include "cli/commands/output.h"
#include "cli/commands/paths.h"
#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/version.h"

namespace coffer::cli {
namespace {

template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

bool is_positional(const Option& option) {
  return !option.name.starts_with('-');
}

// "--forward-to" of listen: COFFER_LISTEN_FORWARD_TO.
std::string variable_name(const std::string& command, const std::string& key) {
  std::string name = to_upper("coffer_" + (command.empty() ? "" : command + "_") + key);
  for (char& c : name) {
    if (c == '-') c = '_';
  }
  return name;
}

CLI::Option* declare(CLI::App& app, const Option& option) {
  return std::visit(
      Overloaded{
          [&](bool* target) { return app.add_flag(option.name, *target, option.help); },
          [&](std::vector<std::string>* target) {
            return app.add_option(option.name, *target, option.help)->allow_extra_args(false)->delimiter(',');
          },
          [&](auto* target) { return app.add_option(option.name, *target, option.help); }},
      option.target);
}

void add_options(CLI::App& app, const std::string& command, const std::vector<Option>& options,
                 std::vector<ConfigKey>& keys) {
  for (const Option& option : options) {
    CLI::Option* declared = declare(app, option);
    if (!option.value.empty()) declared->type_name(option.value);
    declared->required(option.is_required);
    if (is_positional(option)) {
      declared->configurable(false);
      declared->check([](const std::string& text) { return std::string(text.empty() ? "is empty" : ""); });
      continue;
    }
    const std::string key = declared->get_lnames().front();
    const std::string variable = variable_name(command, key);
    declared->envname(variable);
    const bool is_number =
        std::holds_alternative<int*>(option.target) || std::holds_alternative<double*>(option.target);
    keys.push_back({command, key, variable, is_number});
  }
}

// Empty where there is no place for one: without a home much can still be done.
std::string config_file() {
  const char* chosen = std::getenv("COFFER_CONFIG");
  if (chosen != nullptr && *chosen != '\0') return chosen;
  try {
    return default_config_file().string();
  } catch (const Error&) {
    return {};
  }
}

// An errno; 0 where it can be read.
int fault_of_file(const std::string& file) {
  std::error_code unknown;
  if (std::filesystem::is_directory(file, unknown)) return EISDIR;
  return ::access(file.c_str(), R_OK) == 0 ? 0 : errno;
}

// CLI11 passes over what it cannot open.
void check_config(const std::string& file) {
  if (file.empty()) return;
  const bool is_chosen = std::getenv("COFFER_CONFIG") != nullptr;
  const int fault = fault_of_file(file);
  if (fault == 0 || (fault == ENOENT && !is_chosen)) return;
  throw Error(ErrorCode::InvalidArgument,
              "the configuration \"" + file + "\" cannot be read: " + std::strerror(fault),
              is_chosen ? "COFFER_CONFIG names it" : "make it a file that you may read, or remove it");
}

std::string first_lower(std::string text) {
  if (text.size() > 1 && std::islower(static_cast<unsigned char>(text[1])) != 0) {
    text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  }
  return text;
}

class Parser {
 public:
  Parser(const std::vector<Command>& commands, const std::vector<Option>& global_options)
      : app_("An offline-first credential vault for AI agents", "coffer") {
    app_.set_version_flag("--version", std::string("coffer ") + kVersion);
    app_.require_subcommand(1);
    app_.fallthrough();
    add_options(app_, "", global_options, keys_);
    for (const Command& command : commands) {
      CLI::App* sub = app_.add_subcommand(command.name, command.summary);
      add_options(*sub, command.name, command.options, keys_);
    }
    const std::string file = config_file();
    check_config(file);
    app_.set_config("--config", file, "Read defaults from FILE (also COFFER_CONFIG)")->type_name("FILE");
    app_.config_formatter(
        make_config_reader([this] { return app_.get_config_ptr()->as<std::string>(); }, keys_));
  }

  // The name of the chosen command; empty if help was printed.
  std::string run(std::vector<std::string> arguments) {
    std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the back
    try {
      app_.parse(std::move(arguments));
    } catch (const CLI::Success& asked) {
      print_help(asked);
      return {};
    } catch (const CLI::ParseError& error) {
      throw usage_error(error);
    }
    return app_.get_subcommands().front()->get_name();
  }

 private:
  void print_help(const CLI::Success& asked) const {
    std::ostringstream stream;
    app_.exit(asked, stream);
    std::string text = stream.str();
    text.erase(text.find_last_not_of('\n') + 1);
    print_exact(text);
  }

  Error usage_error(const CLI::ParseError& error) const {
    const auto chosen = app_.get_subcommands();
    if (!chosen.empty()) {
      check_variables(keys_, chosen.front()->get_name());
      return Error(ErrorCode::InvalidArgument, first_lower(error.what()),
                   "run `coffer " + chosen.front()->get_name() + " --help`");
    }
    const std::vector<std::string> unknown = app_.remaining();
    return Error(ErrorCode::InvalidArgument,
                 unknown.empty() ? "no command is given" : "there is no command \"" + unknown.front() + "\"",
                 "run `coffer --help`");
  }

  CLI::App app_;
  std::vector<ConfigKey> keys_;
};

}  // namespace

const Command* parse(const std::vector<Command>& commands, const std::vector<Option>& global_options,
                     const std::vector<std::string>& arguments) {
  const std::string name = Parser(commands, global_options).run(arguments);
  for (const Command& command : commands) {
    if (command.name == name) return &command;
  }
  return nullptr;
}

}  // namespace coffer::cli
