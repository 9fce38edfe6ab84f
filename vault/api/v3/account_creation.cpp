#include <algorithm>
#include <nlohmann/json.hpp>

#include "vault/api/v3/account_change.h"
#include "vault/api/v3/account_start.h"
#include "vault/api/v3/account_view.h"
#include "vault/api/v3/credential_input.h"
#include "vault/api/v3/project_config.h"
#include "vault/api/v3/routes.h"
#include "vault/api/v3/shared_input.h"
#include "vault/api/v3/toolkit_view.h"
#include "vault/api/wire/body.h"
#include "vault/api/wire/secret_answer.h"
#include "vault/base/error.h"
#include "vault/connect/blueprint.h"
#include "vault/engine/views.h"

namespace coffer::api::v3 {
namespace {

Json link_view(Engine& engine, const ConnectLink& link, const std::optional<SharedAccess>& shared) {
  return {{"link_token", link.token.expose()},
          {"redirect_url", engine.link_url(link.token)},
          {"expires_at", to_rfc3339(link.expires_at)},
          {"connected_account_id", link.connection.id.str()},
          {"experimental", experimental_view(shared)}};
}

ServerResponse create_link(Engine& engine, const ServerRequest& request) {
  RequestBody parsed(request);
  const ObjectReader body = parsed.root();
  ConnectRequest connect;
  connect.shared = read_shared_access(body);
  connect.auth_config = AuthConfigId(body.required_text("auth_config_id"));
  connect.user = user_id_of(body, "user_id");
  connect.callback_url = body.text("callback_url");
  connect.alias = alias_of(body);
  const ModeOfConfig known = mode_of_config(engine, connect.auth_config);
  if (const auto data = body.object("connection_data")) {
    const ObjectReader values = data->object("val").value_or(*data);
    refuse_secrets(values, *known.mode);
    connect.fields = take_fields(values, *known.mode);
  }
  return secret_answer(201, link_view(engine, engine.connector().authorize(connect), connect.shared));
}

// The older create: `connectionData` is camelCase there, and its `val` is all that SDKs read.
ServerResponse created(const ConnectionStart& start) {
  const Connection& connection = start.connection;
  Json val = {{"status", to_string(connection.status)}};
  for (const auto& [name, value] : connection.fields) val[name] = value;
  Json redirect;
  if (!start.redirect_url.empty()) val["redirectUrl"] = redirect = start.redirect_url;
  Json body = {{"id", connection.id.str()},
               {"connectionData", {{"authScheme", to_string(connection.scheme)}, {"val", std::move(val)}}},
               {"status", to_string(connection.status)},
               {"redirect_url", redirect},
               {"redirect_uri", redirect}};
  return secret_answer(201, std::move(body));
}

void check_scheme(const ObjectReader& state, AuthScheme scheme) {
  const std::string text = state.text("authScheme");
  if (text.empty() || parse_auth_scheme(text) == scheme) return;
  state.fail("authScheme", "is not the scheme of the auth config", "it is " + std::string(to_string(scheme)));
}

// In the words by which SDKs know it.
void check_not_retired(Engine& engine, const AuthConfig& config) {
  if (!config.is_managed || config.scheme != AuthScheme::OAuth2) return;
  if (!refuses_managed_create(*engine.database().read())) return;
  throw Error(ErrorCode::InvalidArgument,
              "Creating connections on this endpoint for Composio-managed OAuth auth configs is no longer "
              "supported. Use POST /api/v3/connected_accounts/link instead.",
              "or allow it with PATCH /api/v3/org/project/config {\"refuse_managed_oauth_create\": false}");
}

// Where the values stand: in connection.state.val, or flat in connection.data.
std::optional<ObjectReader> values_of(const ObjectReader& connection, AuthScheme scheme) {
  if (const auto state = connection.object("state")) {
    check_scheme(*state, scheme);
    return state->required_object("val");
  }
  return connection.object("data");
}

// A link's form asks the service anyway; only a toolkit that cannot be asked has to say so.
bool asks_to_validate(Engine& engine, const ObjectReader& body, const std::string& toolkit) {
  if (body.boolean("validate_credentials") != true) return false;
  require_verifying_call(toolkit_or_not_found(engine.catalog(), toolkit));
  return true;
}

ConnectRequest read_connect_request(const ObjectReader& connection, const AuthConfigId& auth_config) {
  ConnectRequest connect;
  connect.auth_config = auth_config;
  connect.user = user_id_of(connection, "user_id");
  connect.callback_url = connection.text("callback_url");
  if (connect.callback_url.empty()) connect.callback_url = connection.text("redirect_uri");
  connect.alias = alias_of(connection);
  return connect;
}

ServerResponse create_account(Engine& engine, const ServerRequest& request) {
  RequestBody parsed(request);
  const ObjectReader body = parsed.root();
  const ObjectReader connection = body.required_object("connection");
  const auto shared = read_shared_access(body.has("experimental") ? body : connection);
  const AuthConfigId id(body.required_object("auth_config").required_text("id"));
  const ModeOfConfig known = mode_of_config(engine, id);
  check_not_retired(engine, known.config);
  ConnectRequest connect = read_connect_request(connection, id);
  const auto values = values_of(connection, known.mode->scheme);
  connect.shared = shared;
  connect.asks_service = asks_to_validate(engine, body, known.config.toolkit);
  return created(connect_account(engine, known, std::move(connect), values));
}

// Despite its name not a token refresh: it asks the user to sign in again. The account keeps its
// id, and while it is ACTIVE also its status and token until the new grant is there.
ServerResponse reauthorize(Engine& engine, const ServerRequest& request) {
  RequestBody parsed(request);
  const ObjectReader body = parsed.root();
  const Connection known = account_or_not_found(*engine.database().read(), ConnectionId(request.param("id")));
  refuse_without_auth_config(*engine.database().read(), known);
  std::string callback_url(request.query_value("redirect_url"));
  if (callback_url.empty()) callback_url = body.text("redirect_url");
  asks_to_validate(engine, body, known.toolkit);
  const ConnectionStart start = reconnect_account(engine, known, callback_url);
  const Json redirect = start.redirect_url.empty() ? Json() : Json(start.redirect_url);
  return secret_answer(
      200,
      {{"id", known.id.str()}, {"status", to_string(start.connection.status)}, {"redirect_url", redirect}});
}

}  // namespace

std::vector<RouteEntry> account_creation_routes() {
  return {{"POST", "/connected_accounts/link", create_link, "Make a Connect Link for a user",
           "a link leads to the hosted page and names its account"},
          {"POST",
           "/connected_accounts",
           create_account,
           "Import a credential, or make a Connect Link",
           "a credential of several fields is imported whole",
           {},
           Support::Partial,
           "OAUTH1 and SAML tokens are imported or entered, no sign-in of theirs is walked"},
          {"POST", "/connected_accounts/:id/refresh", reauthorize,
           "Make a Connect Link that reconnects an account",
           "refresh makes a link for the same account and leaves an ACTIVE one at work", "redirect_url",
           Support::Partial, "an ACTIVE account stays ACTIVE until the new grant is there"}};
}

}  // namespace coffer::api::v3
