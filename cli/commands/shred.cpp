#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.h"
#include "cli/commands/http_api.h"
#include "cli/commands/output.h"
#include "vault/base/json.h"

namespace coffer::cli {
namespace {

struct ShredOptions {
  std::string user;
  bool json = false;
};

std::string counted(const Json& answer, const char* member, const char* what) {
  const std::int64_t count = answer.value(member, std::int64_t{0});
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

int run(const Globals& globals, const ShredOptions& options) {
  HttpApi api(find_endpoint(globals));
  const Json answer = api.remove("/_coffer/users/" + percent_encode(options.user));
  if (options.json) {
    print_json(answer);
  } else {
    print_line("shredded " + counted(answer, "accounts", "account") + " and " +
               counted(answer, "sessions", "session"));
  }
  return exit_code::kOk;
}

}  // namespace

Command shred_command(const Globals& globals) {
  auto options = std::make_shared<ShredOptions>();
  return {"shred",
          "Forget a user for good: accounts, sessions and the key that they are sealed under",
          {{"user", "The user", &options->user, "USER", true},
           {"--json", "Print what was removed as JSON", &options->json}},
          [&globals, options] { return run(globals, *options); }};
}

}  // namespace coffer::cli
