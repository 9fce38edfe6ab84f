#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.h"
#include "cli/commands/http_api.h"
#include "cli/commands/output.h"
#include "vault/base/error.h"
#include "vault/base/json.h"

namespace coffer::cli {
namespace {

struct RefreshOptions {
  std::string account;
  bool if_due = false;
  bool json = false;
};

// The exit code is the error's; "refreshed" and "unchanged" are none.
void check(const Json& answer, const std::string& account) {
  const std::string result = text_of(answer, "result");
  const std::string detail = text_of(answer, "detail");
  if (result == "refreshed" || result == "unchanged") return;
  if (result == "postponed") {
    throw Error(ErrorCode::Throttled, "\"" + account + "\" was not refreshed: " + detail,
                "the next try is planned for " + text_of(answer, "retry_at"));
  }
  throw Error(ErrorCode::NeedsConnection,
              "\"" + account + "\" is " + text_of(answer, "status") + ": " + detail,
              text_of(answer, "suggested_fix"));
}

int run(const Globals& globals, const RefreshOptions& options) {
  HttpApi api(find_endpoint(globals));
  const Json answer = api.post("/_coffer/accounts/" + percent_encode(options.account) + "/refresh",
                               {{"force", !options.if_due}});
  if (options.json) print_json(answer);
  check(answer, options.account);
  if (!options.json) print_line(text_of(answer, "result"));
  return exit_code::kOk;
}

}  // namespace

Command refresh_command(const Globals& globals) {
  auto options = std::make_shared<RefreshOptions>();
  return {"refresh",
          "Refresh an account's access token now",
          {{"account", "The connected account", &options->account, "ACCOUNT", true},
           {"--if-due", "Only if it is about to expire", &options->if_due},
           {"--json", "Print the outcome as JSON", &options->json}},
          [&globals, options] { return run(globals, *options); }};
}

}  // namespace coffer::cli
