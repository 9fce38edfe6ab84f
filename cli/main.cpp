#include <exception>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/commands/commands.h"
#include "cli/commands/output.h"
#include "cli/commands/parser.h"
#include "cli/commands/process.h"
#include "vault/store/sql_memory.h"

namespace {

int run(const std::vector<std::string>& arguments) {
  using namespace coffer::cli;
  harden_process();
  coffer::stop_counting_sql_memory();
  Globals globals;
  const std::vector<Command> commands = all_commands(globals);
  const Command* command = parse(commands, global_options(globals), arguments);
  return command == nullptr ? exit_code::kOk : command->run();
}

}  // namespace

int main(int argc, char** argv) {
  using namespace coffer;
  try {
    return run({argv + 1, argv + argc});
  } catch (const Error& error) {
    cli::print_error(error);
    return cli::exit_code_of(error.code());
  } catch (const nlohmann::json::exception&) {
    cli::print_error(Error(ErrorCode::Unavailable, "the answer of the daemon is not understood",
                           "is the address that of a coffer daemon of this release?"));
    return cli::exit_code::kNoDaemon;
  } catch (const std::exception& error) {
    cli::print_error(Error(ErrorCode::Internal, std::string("unexpected: ") + error.what()));
    return cli::exit_code::kFailure;
  }
}
