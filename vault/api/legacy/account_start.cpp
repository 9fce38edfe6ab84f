#include <nlohmann/json.hpp>

#include "vault/api/legacy/account_view.h"
#include "vault/api/legacy/integration_choice.h"
#include "vault/api/legacy/routes.h"
#include "vault/api/v3/account_start.h"
#include "vault/api/v3/account_view.h"
#include "vault/api/v3/credential_input.h"
#include "vault/api/v3/toolkit_view.h"
#include "vault/api/wire/secret_answer.h"
#include "vault/base/json.h"
#include "vault/store/connection_store.h"
#include "vault/store/shared_account_store.h"

namespace coffer::api::legacy {
namespace {

constexpr std::string_view kDefaultEntity = "default";

UserId entity_of(const ObjectReader& body) {
  for (const char* key : {"entityId", "userUuid"}) {
    if (!body.text(key).empty()) return user_id_of(body, key);
  }
  return UserId(std::string(kDefaultEntity));
}

Json start_view(const v3::ConnectionStart& start) {
  return {{"connectionStatus", account_status(start.connection.status)},
          {"connectedAccountId", start.connection.id.str()},
          {"redirectUrl", start.redirect_url.empty() ? Json() : Json(start.redirect_url)}};
}

AuthConfigId integration_named(Engine& engine, const ObjectReader& body) {
  const ObjectReader app = body.required_object("app");
  if (!app.text("integrationId").empty()) return AuthConfigId(app.text("integrationId"));
  IntegrationRequest wanted;
  wanted.toolkit = &v3::toolkit_or_not_found(engine.catalog(), app.required_text("uniqueKey"));
  if (const auto config = body.object("config")) {
    // Its useComposioAuth says whether secrets were given, not whose app is meant.
    wanted.scheme = read_scheme(*config, *wanted.toolkit);
    wanted.input = read_own_client(config->object("integrationSecrets"));
  }
  return choose_integration(engine, std::move(wanted)).id;
}

ServerResponse initiate_connection(Engine& engine, const ServerRequest& request) {
  RequestBody parsed(request);
  const ObjectReader body = parsed.root();
  const ObjectReader connection = body.required_object("connection");
  ConnectRequest connect;
  connect.user = entity_of(connection);
  if (const auto extra = connection.object("extra")) connect.callback_url = extra->text("redirectURL");
  const v3::ModeOfConfig known = v3::mode_of_config(engine, integration_named(engine, body));
  connect.auth_config = known.config.id;
  const auto start =
      v3::connect_account(engine, known, std::move(connect), connection.object("initiateData"));
  return secret_answer(200, {{"connectionResponse", start_view(start)}});
}

// The account that waits for what the user has now given to the application.
std::optional<ConnectionId> waiting_account(Engine& engine, const ConnectRequest& connect) {
  connection_store::Query query;
  query.users = {connect.user};
  query.auth_configs = {connect.auth_config};
  query.statuses = {ConnectionStatus::Initiated};
  query.page.limit = 1;
  const auto found = shared_account_store::list(*engine.database().read(), query,
                                                shared_account_store::AccountType::Private);
  if (found.items.empty()) return std::nullopt;
  return found.items.front().id;
}

// Also what saves the user's data of a connection request that SDKs wait for: that one it is then.
ServerResponse create_account(Engine& engine, const ServerRequest& request) {
  RequestBody parsed(request);
  const ObjectReader body = parsed.root();
  const v3::ModeOfConfig known =
      v3::mode_of_config(engine, AuthConfigId(body.required_text("integrationId")));
  ConnectRequest connect;
  connect.user = entity_of(body);
  connect.auth_config = known.config.id;
  connect.callback_url = body.text("redirectUri");
  const auto data = body.object("data");
  if (data && !data->keys().empty()) connect.reconnect = waiting_account(engine, connect);
  return secret_answer(200, start_view(v3::connect_account(engine, known, std::move(connect), data)));
}

// Takes a new credential at once, and makes a link where none is given.
ServerResponse reinitiate_connection(Engine& engine, const ServerRequest& request) {
  RequestBody parsed(request);
  const ObjectReader body = parsed.root();
  const Connection account =
      v3::account_or_not_found(*engine.database().read(), ConnectionId(request.param("account")));
  ConnectRequest connect;
  connect.user = account.user;
  connect.auth_config = account.auth_config;
  connect.reconnect = account.id;
  connect.callback_url = body.text("redirectUri");
  const v3::ModeOfConfig known = v3::mode_of_config(engine, account.auth_config);
  const auto start = v3::connect_account(engine, known, std::move(connect), body.object("data"));
  return secret_answer(200, start_view(start));
}

}  // namespace

std::vector<RouteEntry> account_start_routes() {
  return {{"POST",
           "/v2/connectedAccounts/initiateConnection",
           initiate_connection,
           "Connect an entity: a link, or ACTIVE at once by the data given",
           "an entity connects by a link that its account waits for",
           {},
           Support::Partial,
           "labels are accepted and dropped"},
          {"POST",
           "/v1/connectedAccounts",
           create_account,
           "Connect an entity by an integration",
           "the data that a connection request waits for completes that very account",
           {},
           Support::Partial,
           "labels are accepted and dropped"},
          {"POST", "/v1/connectedAccounts/:account/reinitiate", reinitiate_connection,
           "Connect an account again", "an account is connected again under its own id"}};
}

}  // namespace coffer::api::legacy
