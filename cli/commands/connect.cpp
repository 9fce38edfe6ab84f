#include <unistd.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands/browser.h"
#include "cli/commands/commands.h"
#include "cli/commands/http_api.h"
#include "cli/commands/links.h"
#include "cli/commands/output.h"
#include "cli/commands/private_file.h"
#include "cli/commands/process.h"
#include "cli/commands/values.h"
#include "vault/base/error.h"
#include "vault/base/json.h"

namespace coffer::cli {
namespace {

constexpr Duration kPollInterval = std::chrono::seconds(1);
constexpr Duration kLongestWait = std::chrono::hours(24);

struct ConnectOptions {
  LinkRequest link;
  std::string wait = "120s";
  std::string from_file;
  std::vector<std::string> fields;
  bool verify = false;
  bool no_browser = false;
  bool json = false;
};

void print_account(const Json& account, bool as_json) {
  if (as_json) {
    print_json({{"id", text_of(account, "id")}, {"status", text_of(account, "status")}});
  } else {
    print_line(text_of(account, "id") + " " + text_of(account, "status"));
  }
}

// Credential and fields as the wire takes them: {"token": ...} for a bearer token, and so on.
Json credential_values(const std::string& scheme, const Secret& text) {
  if (text.expose().starts_with('{')) return parse_json(text.expose(), "credential");
  if (scheme == "API_KEY") return {{"generic_api_key", text.expose()}};
  if (scheme == "BEARER_TOKEN") return {{"token", text.expose()}};
  throw Error(ErrorCode::InvalidArgument, "a " + scheme + " credential is not one text",
              R"(write it as JSON, for example {"username": "..", "password": ".."})");
}

Json read_fields(const std::vector<std::string>& fields) {
  Json values = Json::object();
  for (const std::string& field : fields) {
    const std::size_t equals = field.find('=');
    if (equals == std::string::npos || equals == 0) {
      throw Error(ErrorCode::InvalidArgument, "--field needs NAME=VALUE",
                  "for example --field subdomain=acme");
    }
    values[field.substr(0, equals)] = field.substr(equals + 1);
  }
  return values;
}

bool is_plain_field(const Json& mode, const std::string& name) {
  const Json& fields = mode.at("fields").at("connected_account_initiation");
  for (const char* list : {"required", "optional"}) {
    for (const Json& field : fields.at(list)) {
      if (text_of(field, "name") == name) return !field.value("is_secret", true);
    }
  }
  return false;
}

// How the toolkit takes credentials of this scheme; null where it is not said.
Json mode_of(HttpApi& api, const std::string& toolkit, const std::string& scheme) {
  const Json known = api.get(api_path("toolkits", toolkit));
  for (const Json& mode : known.at("auth_config_details")) {
    if (text_of(mode, "mode") == scheme) return mode;
  }
  return nullptr;
}

// The daemon would make a link for them. What a client obtains by itself needs no secret.
void refuse_without_secret(const Json& mode, const std::string& toolkit, const Json& values) {
  if (mode.is_null() || text_of(mode, "mode") == "S2S_OAUTH2") return;
  for (const auto& [name, value] : values.items()) {
    if (!is_plain_field(mode, name)) return;
  }
  throw Error(ErrorCode::InvalidArgument,
              "nothing was stored: the credential has no field that is a secret of " + toolkit,
              "use the names that GET /api/v3/toolkits/" + toolkit + " lists");
}

// What stands in an argument is seen by every program of the machine.
void refuse_secret_fields(const Json& mode, const std::string& toolkit, const Json& fields) {
  for (const auto& [name, value] : fields.items()) {
    if (!mode.is_null() && is_plain_field(mode, name)) continue;
    throw Error(ErrorCode::InvalidArgument,
                "--field " + name + " is no field of " + toolkit + " that may stand in an argument",
                "write a secret into the file; GET /api/v3/toolkits/" + toolkit + " lists the others");
  }
}

// Stores a credential that is at hand: ACTIVE at once, no link.
int import_credential(HttpApi& api, const ConnectOptions& options) {
  const Secret text = read_private_file(options.from_file);
  if (text.empty()) {
    throw Error(ErrorCode::InvalidArgument, "\"" + options.from_file + "\" is empty",
                "write the credential into it");
  }
  const std::string auth_config = find_auth_config(api, options.link);
  const std::string scheme = text_of(api.get(api_path("auth_configs", auth_config)), "auth_scheme");
  Json values = credential_values(scheme, text);
  const Json mode = mode_of(api, options.link.toolkit, scheme);
  refuse_without_secret(mode, options.link.toolkit, values);
  const Json fields = read_fields(options.fields);
  refuse_secret_fields(mode, options.link.toolkit, fields);
  values.update(fields);
  values["status"] = "ACTIVE";
  Json connection = {{"user_id", options.link.user}, {"state", {{"authScheme", scheme}, {"val", values}}}};
  if (!options.link.alias.empty()) connection["alias"] = options.link.alias;
  Json body = {{"auth_config", {{"id", auth_config}}}, {"connection", connection}};
  if (options.verify) body["validate_credentials"] = true;
  const Json answer = api.post(std::string(kApi) + "/connected_accounts", body);
  wipe(values);
  wipe(connection);
  wipe(body);
  print_account(answer, options.json);
  return exit_code::kOk;
}

bool is_pending(const std::string& status) {
  return status == "INITIATED" || status == "INITIALIZING";
}

// The account once it is no longer pending. A reconnected account that stayed ACTIVE is done.
Json wait_until_settled(HttpApi& api, const std::string& id, Duration at_most, StopSignals& signals) {
  const auto deadline = std::chrono::steady_clock::now() + at_most;
  while (true) {
    Json account = api.get(api_path("connected_accounts", id));
    if (!is_pending(text_of(account, "status"))) return account;
    if (std::chrono::steady_clock::now() >= deadline) {
      throw Error(ErrorCode::Timeout, "\"" + id + "\" is not ACTIVE yet",
                  "the link stays open for 10 minutes: see `coffer accounts`");
    }
    if (signals.wait(kPollInterval))
      throw Error(ErrorCode::WrongState, "interrupted: \"" + id + "\" is not ACTIVE yet");
  }
}

void show_link(const Link& link, const ConnectOptions& options) {
  if (options.json) {
    print_json({{"id", link.account}, {"status", "INITIATED"}, {"redirect_url", link.url}});
  } else {
    print_line(link.url);
  }
  if (!options.no_browser && ::isatty(STDOUT_FILENO) != 0) open_browser(link.url);
}

int connect_by_link(HttpApi& api, const ConnectOptions& options) {
  const Duration wait = read_duration("--wait", options.wait, kLongestWait);
  StopSignals signals;
  const Link link = make_link(api, options.link);
  show_link(link, options);
  if (wait == Duration(0)) return exit_code::kOk;
  print_progress("waiting " + options.wait + " for the user to finish");
  const Json account = wait_until_settled(api, link.account, wait, signals);
  const std::string status = text_of(account, "status");
  if (status != "ACTIVE") {
    if (options.json) print_account(account, true);
    throw Error(ErrorCode::NeedsConnection,
                "\"" + link.account + "\" is " + status + ": " + text_of(account, "status_reason"),
                "run `coffer connect` again for a fresh link");
  }
  print_account(account, options.json);
  return exit_code::kOk;
}

int run(const Globals& globals, const ConnectOptions& options) {
  if (options.from_file.empty() && !options.fields.empty()) {
    throw Error(ErrorCode::InvalidArgument, "--field goes with --from-file",
                "leave it out: the link's page asks for the fields");
  }
  if (options.from_file.empty() && options.verify) {
    throw Error(ErrorCode::InvalidArgument, "--verify goes with --from-file",
                "leave it out: the link's page asks the service anyway");
  }
  HttpApi api(find_endpoint(globals));
  return options.from_file.empty() ? connect_by_link(api, options) : import_credential(api, options);
}

}  // namespace

Command connect_command(const Globals& globals) {
  auto options = std::make_shared<ConnectOptions>();
  LinkRequest& link = options->link;
  return {
      "connect",
      "Connect a user's account: print a link and wait, or store a key",
      {{"user", "Your own id of the user", &link.user, "USER", true},
       {"toolkit", "What to connect: gmail, tavily, ...", &link.toolkit, "TOOLKIT", true},
       {"--alias", "Name of this account among the user's", &link.alias, "NAME"},
       {"--auth-config", "Use this auth config in place of the managed one", &link.auth_config, "ID"},
       {"--callback", "Where the browser goes afterwards", &link.callback_url, "URL"},
       {"--wait", "How long to wait for the user; 0s: not at all [120s]", &options->wait, "DURATION"},
       {"--no-browser", "Only print the link", &options->no_browser},
       {"--from-file", "Store the credential in FILE at once; - reads standard input", &options->from_file,
        "FILE"},
       {"--field", "A field that is no secret, as NAME=VALUE; may be repeated", &options->fields, "FIELD"},
       {"--verify", "Show the file's credential to the service, and store none that it refuses",
        &options->verify},
       {"--json", "Print the link and the account as JSON, one line each", &options->json}},
      [&globals, options] { return run(globals, *options); }};
}

}  // namespace coffer::cli
