#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.h"
#include "cli/commands/http_api.h"
#include "cli/commands/output.h"
#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/base/text.h"
#include "vault/model/event.h"

namespace coffer::cli {
namespace {

struct TriggerOptions {
  std::string event;
  std::string account;
  bool list = false;
  bool json = false;
};

Json post(HttpApi& api, const TriggerOptions& options) {
  try {
    return api.post("/_coffer/trigger", {{"event", options.event}, {"connected_account", options.account}});
  } catch (const Error& error) {
    const bool is_state = error.code() == ErrorCode::WrongState;
    if (is_state && text_of(api.get(api_path("connected_accounts", options.account)), "status") != "ACTIVE") {
      throw_refusal(error);
    }
    throw;
  }
}

int run(const Globals& globals, const TriggerOptions& options) {
  if (options.list) {
    options.json ? print_json(Json::array({kExpiredEvent})) : print_line(std::string(kExpiredEvent));
    return exit_code::kOk;
  }
  if (options.event.empty() || options.account.empty()) {
    throw Error(ErrorCode::InvalidArgument, "an event and an account are needed",
                "run `coffer trigger composio.connected_account.expired ca_..`");
  }
  if (options.event != kExpiredEvent) {
    throw Error(ErrorCode::InvalidArgument, in_quotes(options.event) + " is no event that can be triggered",
                "use " + std::string(kExpiredEvent));
  }
  HttpApi api(find_endpoint(globals));
  require_test_controls(api);
  const Json answer = post(api, options);
  options.json ? print_json(answer) : print_line(text_of(answer, "id") + " " + text_of(answer, "status"));
  return exit_code::kOk;
}

}  // namespace

Command trigger_command(const Globals& globals) {
  auto options = std::make_shared<TriggerOptions>();
  return {"trigger",
          "Make an event really happen (dev and --test-controls only)",
          {{"event", "The event: composio.connected_account.expired", &options->event, "EVENT"},
           {"account", "The connected account it happens to", &options->account, "ACCOUNT"},
           {"--list", "Print the events that can be triggered", &options->list},
           {"--json", "Print the account's new status as JSON", &options->json}},
          [&globals, options] { return run(globals, *options); }};
}

}  // namespace coffer::cli
