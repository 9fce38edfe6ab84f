#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.h"
#include "cli/commands/http_api.h"
#include "cli/commands/output.h"
#include "vault/base/json.h"

namespace coffer::cli {
namespace {

struct AccountsOptions {
  std::string user;
  std::vector<std::string> toolkits;
  std::vector<std::string> statuses;
  bool json = false;
};

Fields filter(const AccountsOptions& options) {
  Fields query;
  if (!options.user.empty()) query.emplace_back("user_ids[]", options.user);  // one id, commas and all
  for (const std::string& toolkit : options.toolkits) query.emplace_back("toolkit_slugs", toolkit);
  for (const std::string& status : options.statuses) query.emplace_back("statuses", to_upper(status));
  return query;
}

std::string member_text(const Json& account, const std::string& object, const std::string& name) {
  const auto found = account.find(object);
  return found != account.end() && found->is_object() ? text_of(*found, name) : "";
}

Json summary(const Json& account) {
  return {{"id", text_of(account, "id")},
          {"user", text_of(account, "user_id")},
          {"toolkit", member_text(account, "toolkit", "slug")},
          {"status", text_of(account, "status")},
          {"status_reason", text_of(account, "status_reason")},
          {"alias", text_of(account, "alias")},
          {"auth_config", member_text(account, "auth_config", "id")},
          {"scheme", member_text(account, "auth_config", "auth_scheme")},
          {"created_at", text_of(account, "created_at")},
          {"updated_at", text_of(account, "updated_at")}};
}

void print_table(const Json& accounts) {
  Table table({"ACCOUNT", "USER", "TOOLKIT", "STATUS", "ALIAS", "REASON"});
  for (const Json& account : accounts) {
    table.add({account["id"], account["user"], account["toolkit"], account["status"], account["alias"],
               account["status_reason"]});
  }
  table.print();
}

int run(const Globals& globals, const AccountsOptions& options) {
  HttpApi api(find_endpoint(globals));
  Json accounts = Json::array();
  for (const Json& account : api.get_all(std::string(kApi) + "/connected_accounts", filter(options))) {
    accounts.push_back(summary(account));
  }
  options.json ? print_json(accounts) : print_table(accounts);
  return exit_code::kOk;
}

}  // namespace

Command accounts_command(const Globals& globals) {
  auto options = std::make_shared<AccountsOptions>();
  return {"accounts",
          "List connected accounts",
          {{"user", "Only this user's", &options->user, "USER"},
           {"--toolkit", "Only this toolkit's; may be repeated", &options->toolkits, "SLUG"},
           {"--status", "Only those in this status; may be repeated", &options->statuses, "STATUS"},
           {"--json", "Print a JSON array", &options->json}},
          [&globals, options] { return run(globals, *options); }};
}

}  // namespace coffer::cli
