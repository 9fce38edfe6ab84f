#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.h"
#include "cli/commands/http_api.h"
#include "cli/commands/output.h"
#include "vault/base/error.h"
#include "vault/base/json.h"

namespace coffer::cli {
namespace {

struct TokenOptions {
  std::string account;
  bool json = false;
};

void print_credential(const Json& credential, bool as_json) {
  if (as_json) {
    print_json(credential);
  } else if (credential.contains("fields")) {
    print_json(credential["fields"]);
  } else if (credential.contains("password")) {
    print_exact(text_of(credential, "username") + ":" + text_of(credential, "password"));
  } else {
    print_exact(text_of(credential, "token"));
  }
}

int run(const Globals& globals, const TokenOptions& options) {
  HttpApi api(find_endpoint(globals));
  try {
    Json credential = api.get("/_coffer/accounts/" + percent_encode(options.account) + "/token");
    print_credential(credential, options.json);
    wipe(credential);
  } catch (const Error& error) {
    throw_refusal(error);
  }
  return exit_code::kOk;
}

}  // namespace

Command token_command(const Globals& globals) {
  auto options = std::make_shared<TokenOptions>();
  return {"token",
          "Print an account's raw credential, fresh; the API key needs the scope \"tokens\"",
          {{"account", "The connected account", &options->account, "ACCOUNT", true},
           {"--json", "Print scheme, credential and expiry as JSON", &options->json}},
          [&globals, options] { return run(globals, *options); }};
}

}  // namespace coffer::cli
