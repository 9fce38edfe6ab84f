#include "vault/engine/views.h"

#include "tests/unit/api/api_world.h"

using namespace coffer;
using namespace coffer::api::testing;

namespace {

Connection account(AuthScheme scheme, ConnectionStatus status) {
  Connection connection;
  connection.id = ConnectionId("ca_AAAAAAAAAAAA");
  connection.user = UserId("user_1");
  connection.toolkit = "gmail";
  connection.auth_config = AuthConfigId("ac_AAAAAAAAAAAA");
  connection.scheme = scheme;
  connection.status = status;
  connection.redacted_credential = "\u2022\u2022\u2022\u20229f3a";
  connection.fields = {{"subdomain", "acme"}};
  connection.identity = "alice@example.com";
  return connection;
}

}  // namespace

TEST_CASE("each scheme and status has the keys of state.val that SDKs require") {
  using enum ConnectionStatus;
  using Keys = std::vector<std::string>;
  const auto [scheme, status, keys] = GENERATE(table<AuthScheme, ConnectionStatus, Keys>({
      {AuthScheme::OAuth2, Initiated, {"redirectUrl"}},
      {AuthScheme::OAuth2, Active, {"access_token"}},
      {AuthScheme::OAuth2, Inactive, {"access_token"}},
      {AuthScheme::OAuth2, Failed, {"error", "error_description"}},
      {AuthScheme::OAuth2, Expired, {"expired_at"}},
      {AuthScheme::OAuth2, Revoked, {"revoked_at"}},
      {AuthScheme::BearerToken, Active, {"token"}},
      {AuthScheme::BearerToken, Inactive, {"token"}},
      {AuthScheme::Basic, Active, {"username", "password"}},
      {AuthScheme::Basic, Inactive, {"username", "password"}},
      {AuthScheme::Basic, Failed, {"username", "password", "error"}},
      {AuthScheme::Basic, Expired, {"username", "password", "expired_at"}},
      {AuthScheme::ApiKey, Active, {"generic_api_key"}},
      {AuthScheme::NoAuth, Active, {}},
      {AuthScheme::BasicWithJwt, Active, {"username", "password"}},
      {AuthScheme::BasicWithJwt, Failed, {"username", "password", "error", "error_description"}},
      {AuthScheme::BasicWithJwt, Expired, {"username", "password", "expired_at"}},
      {AuthScheme::GoogleServiceAccount, Initiated, {"redirectUrl"}},
      {AuthScheme::GoogleServiceAccount, Active, {"credentials_json"}},
      {AuthScheme::ServiceAccount, Active, {"application_id", "installation_id", "private_key"}},
      {AuthScheme::ServiceAccount, Inactive, {"application_id", "installation_id", "private_key"}},
      {AuthScheme::BillcomAuth, Initiated, {"redirectUrl"}},
      {AuthScheme::BillcomAuth, Active, {"sessionId", "devKey"}},
      {AuthScheme::OAuth1, Initiated, {"authUri", "oauth_token", "oauth_token_secret", "redirectUrl"}},
      {AuthScheme::OAuth1, Active, {"oauth_token", "oauth_token_secret"}},
      {AuthScheme::OAuth1, Failed, {"error", "error_description"}},
      {AuthScheme::DcrOAuth, Initiated, {"client_id", "redirectUrl"}},
      {AuthScheme::DcrOAuth, Active, {"access_token", "client_id"}},
      {AuthScheme::S2sOAuth2, Revoked, {"revoked_at"}},
      {AuthScheme::Saml, Active, {}},
      {AuthScheme::CalcomAuth, Expired, {"expired_at"}},
  }));
  const Json view = connection_view(account(scheme, status), nullptr, std::nullopt);
  CHECK(view["state"]["authScheme"] == to_string(scheme));
  const Json& val = view["state"]["val"];
  CHECK(val["status"] == to_string(status));
  CHECK(val["subdomain"] == "acme");
  CHECK(val["displayName"] == "alice@example.com");
  for (const std::string& key : keys) {
    CAPTURE(key);
    REQUIRE(val.contains(key));
    CHECK(val[key].is_string());
  }
}

TEST_CASE(
    "where SDKs know no such ending of a scheme, the state tells the nearest one, the account its own") {
  using enum ConnectionStatus;
  using Keys = std::vector<std::string>;
  const Keys parts = {"application_id", "installation_id", "private_key"};
  const auto [scheme, status, told, keys] =
      GENERATE_COPY(table<AuthScheme, ConnectionStatus, ConnectionStatus, Keys>({
          {AuthScheme::ServiceAccount, Failed, Inactive, parts},
          {AuthScheme::ServiceAccount, Expired, Inactive, parts},
          {AuthScheme::ServiceAccount, Revoked, Inactive, parts},
          {AuthScheme::DcrOAuth, Revoked, Expired, {"expired_at"}},
          {AuthScheme::OAuth1, Revoked, Expired, {"expired_at"}},
          {AuthScheme::Basic, Revoked, Expired, {"username", "password", "expired_at"}},
          {AuthScheme::ApiKey, Revoked, Expired, {"expired_at"}},
      }));
  const Json view = connection_view(account(scheme, status), nullptr, std::nullopt);
  CHECK(view["status"] == to_string(status));
  const Json& val = view["state"]["val"];
  CHECK(val["status"] == to_string(told));
  for (const std::string& key : keys) {
    CAPTURE(key);
    REQUIRE(val.contains(key));
    CHECK(val[key].is_string());
  }
}

TEST_CASE("not even the last characters of a credential are shown") {
  const Json view =
      connection_view(account(AuthScheme::OAuth2, ConnectionStatus::Active), nullptr, std::nullopt);
  CHECK(view.dump().find("9f3a") == std::string::npos);
}

TEST_CASE("an account whose auth config is gone counts as disabled there") {
  const Json view =
      connection_view(account(AuthScheme::OAuth2, ConnectionStatus::Active), nullptr, std::nullopt);
  CHECK(view["auth_config"]["is_disabled"] == true);
  CHECK(view["auth_config"]["is_composio_managed"] == false);
}

TEST_CASE("the expired event has every field that the SDK's verifier demands") {
  ApiWorld world;
  const std::string id = world.oauth_account("user_1");
  auto tx = world.engine().database().read();
  Connection connection = *connection_store::find(*tx, ConnectionId(id));
  connection.status = ConnectionStatus::Expired;
  connection.status_reason = "the provider refused the refresh token";
  const Json event =
      parse_json(expired_event_body(*tx, connection, "msg_1", world.outside().clock.now(), "pr_1", "ok_1"));
  require_fields(
      event, {"id", "timestamp", "type", "metadata.project_id", "metadata.org_id", "data.id", "data.user_id",
              "data.status", "data.status_reason", "data.toolkit.slug", "data.auth_config.id",
              "data.auth_config.auth_scheme", "data.created_at", "data.updated_at", "data.state.authScheme",
              "data.state.val", "data.data", "data.params"});
  CHECK(event["id"] == "msg_1");
  CHECK(event["type"] == "composio.connected_account.expired");
  CHECK(event["data"]["status"] == "EXPIRED");
  CHECK(event["data"]["is_disabled"] == false);
  CHECK(event["data"]["auth_config"]["is_composio_managed"] == true);
  CHECK(event["data"]["auth_config"]["is_disabled"] == false);
  CHECK(event.dump().find(kSecretMark) == std::string::npos);
}
