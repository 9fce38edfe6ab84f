#include "vault/api/v3/auth_config_input.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/base/text.h"
#include "vault/connect/credentials.h"

namespace coffer::api::v3 {
namespace {

constexpr std::size_t kMostScopes = 200;
constexpr std::size_t kMostNameBytes = 200;
constexpr std::size_t kMostAllowedTools = 1000;

// An account here is a user's: where the provider asks for a user's scopes apart from a bot's (Slack), it is
// they that `scopes` of an auth config mean.
const char* scopes_member(const ObjectReader& body, const Provider* provider) {
  if (!body.has("user_scopes")) return "scopes";
  if (provider == nullptr || provider->scope_param != "user_scope") {
    body.fail("user_scopes", "is not taken apart from the scopes", "name them in scopes");
  }
  if (body.has("scopes")) {
    body.fail("scopes", "beside user_scopes are a bot's, and accounts here are of users alone",
              "name the user's in one of them");
  }
  return "user_scopes";
}

// A list, or one string with commas or spaces between them.
std::optional<std::vector<std::string>> read_scopes(const ObjectReader& body, const Provider* provider) {
  const char* member = scopes_member(body, provider);
  if (!body.has(member)) return std::nullopt;
  std::vector<std::string> scopes;
  for (const std::string& part : body.texts(member)) {
    for (std::string& scope : split(part, ' ')) scopes.push_back(std::move(scope));
  }
  if (scopes.size() > kMostScopes) body.fail(member, "has more than 200 entries");
  return scopes;
}

void refuse(const ObjectReader& body, std::string_view key) {
  throw Error(ErrorCode::Unsupported, in_quotes(body.name_of(key)) + " is not offered here", "leave it out");
}

// Silence would look like consent: a restriction that nothing enforces must not be accepted.
void refuse_what_is_not_enforced(const ObjectReader& body) {
  if (body.has("proxy_config")) refuse(body, "proxy_config");
  if (body.boolean("is_enabled_for_tool_router") == false) refuse(body, "is_enabled_for_tool_router");
}

std::optional<std::vector<std::string>> read_tools(const ObjectReader& body, std::string_view key) {
  if (!body.has(key)) return std::nullopt;
  std::vector<std::string> tools = body.texts(key);
  if (tools.size() > kMostAllowedTools) body.fail(key, "has more than 1000 entries");
  return tools;
}

// `restrict_to_following_tools` is the older name of the same restriction.
void read_tool_access(const ObjectReader& body, AuthConfigInput& input) {
  input.tools_for_execution = read_tools(body, "restrict_to_following_tools");
  const auto access = body.object("tool_access_config");
  if (!access) return;
  if (auto tools = read_tools(*access, "tools_available_for_execution")) {
    input.tools_for_execution = std::move(tools);
  }
  input.tools_for_creation = read_tools(*access, "tools_for_connected_account_creation");
}

void require_own_endpoint(const ObjectReader& credentials, std::string_view key,
                          const std::string& own_endpoint) {
  const std::string given = credentials.text(key);
  if (given.empty() || given == own_endpoint) return;
  credentials.fail(key, "cannot be chosen: the toolkit says where its provider is", "leave it out");
}

// Dropping it would look like keeping it.
void refuse_what_is_no_client(const ObjectReader& credentials) {
  constexpr std::string_view kKnown[] = {"client_id",   "client_secret",     "scopes",
                                         "user_scopes", "authorization_url", "token_url"};
  for (const std::string& key : credentials.keys()) {
    if (std::find(std::begin(kKnown), std::end(kKnown), key) != std::end(kKnown)) continue;
    credentials.fail(key, "is no part of an OAuth client",
                     "give what all accounts share as shared_credentials (v3), and a user's own "
                     "credential with the user's account");
  }
}

// Tokens are each user's own.
std::vector<ConnectionField> shareable_fields(const AuthMode& mode) {
  std::vector<ConnectionField> fields = asked_fields(mode);
  for (ConnectionField& part : credential_parts(mode)) fields.push_back(std::move(part));
  return fields;
}

}  // namespace

void read_client(ObjectReader credentials, const Provider* provider, AuthConfigInput& input) {
  if (credentials.has("oauth_redirect_uri")) {
    credentials.fail(
        "oauth_redirect_uri", "cannot be chosen: providers answer to this vault",
        "leave it out, and register this vault's /oauth/callback/{auth config id} at the provider");
  }
  refuse_what_is_no_client(credentials);
  require_own_endpoint(credentials, "authorization_url", provider ? provider->authorization_url : "");
  require_own_endpoint(credentials, "token_url", provider ? provider->token_url : "");
  input.client_id = credentials.optional_text("client_id");
  if (credentials.has("client_secret")) input.client_secret = credentials.secret("client_secret");
  if (auto scopes = read_scopes(credentials, provider)) input.scopes = std::move(scopes);
}

AuthConfigInput read_auth_config_input(const ObjectReader& body, const Provider* provider) {
  AuthConfigInput input;
  if (const auto credentials = body.object("credentials")) read_client(*credentials, provider, input);
  refuse_what_is_not_enforced(body);
  input.name = body.optional_text("name");
  if (input.name == "") body.fail("name", "is empty", "leave it out to keep the name");
  if (input.name && input.name->size() > kMostNameBytes) body.fail("name", "is longer than 200 bytes");
  if (auto scopes = read_scopes(body, provider)) input.scopes = std::move(scopes);
  read_tool_access(body, input);
  return input;
}

void read_shared_credentials(const ObjectReader& body, const AuthMode& mode, AuthConfigInput& input) {
  auto shared = body.object("shared_credentials");
  if (!shared) return;
  for (const ConnectionField& field : shareable_fields(mode)) {
    if (!shared->mentions(field.name) || input.shared.contains(field.name)) continue;
    input.shared[field.name] = shared->secret(field.name);
  }
  for (const std::string& name : shared->keys()) {
    if (!input.shared.contains(name)) {
      shared->fail(name, "is no field of scheme " + std::string(to_string(mode.scheme)));
    }
  }
}

AuthScheme read_custom_scheme(const ObjectReader& body, const Toolkit& toolkit) {
  const char* key = body.has("auth_scheme") ? "auth_scheme" : "authScheme";
  const auto scheme = parse_auth_scheme(body.required_text(key));
  if (scheme && toolkit.find_auth(*scheme) != nullptr) return *scheme;
  std::vector<std::string> offered;
  for (const AuthMode& mode : toolkit.auth) offered.emplace_back(to_string(mode.scheme));
  body.fail(key, "is no way of authenticating at " + toolkit.name, "use " + join(offered, ", "));
}

}  // namespace coffer::api::v3
