#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.h"
#include "cli/commands/http_api.h"
#include "cli/commands/links.h"
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

std::string sentence(const Json& answer) {
  const std::string detail = text_of(answer, "detail");
  return text_of(answer, "result") + (detail.empty() ? "" : ": " + detail);
}

int run(const Globals& globals, const RefreshOptions& options) {
  HttpApi api(find_endpoint(globals));
  const Json answer = api.post("/_coffer/accounts/" + percent_encode(options.account) + "/refresh",
                               {{"force", !options.if_due}});
  options.json ? print_json(answer) : print_line(sentence(answer));
  const std::string result = text_of(answer, "result");
  if (result == "refreshed" || result == "unchanged") return exit_code::kOk;
  if (result == "rejected" || result == "not_active") {
    throw_with_link(
        Error(ErrorCode::NeedsConnection, "\"" + options.account + "\" is " + text_of(answer, "status")),
        [&] { return make_link_for_account(api, options.account); });
  }
  return exit_code::kFailure;
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
