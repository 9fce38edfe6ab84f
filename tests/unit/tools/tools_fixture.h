#pragma once

#include <catch2/catch.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "tests/support/temp_vault.h"
#include "tests/support/test_env.h"
#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/refresh/plan.h"
#include "vault/refresh/refresher.h"
#include "vault/store/auth_config_store.h"
#include "vault/tools/executor.h"

namespace coffer::testing {

// A vault on disk, the built-in toolkits, and a scripted network for services and providers alike.
struct ToolsFixture : TestEnv {
  TempVault vault{*this};
  Catalog catalog = Catalog::load();
  Refresher refresher{env(), vault.database(), catalog,
                      [](Transaction&, const Connection&, const std::string&) { return std::string("{}"); },
                      [] {}};
  Executor executor{env(), vault.database(), catalog, refresher};

  // An ACTIVE account named "ca_<name>".
  ConnectionId connect(const std::string& name, const std::string& toolkit, Credential credential,
                       const std::string& user = "alice", std::map<std::string, std::string> fields = {}) {
    Connection connection = make_connection("ca_" + name, user, toolkit);
    connection.auth_config = auth_config(toolkit);
    connection.scheme = scheme_of(credential);
    connection.fields = std::move(fields);
    connection.status = ConnectionStatus::Active;
    connection.connected_at = clock.now();
    if (const auto* tokens = std::get_if<TokenSet>(&credential)) {
      connection.expires_at = tokens->expires_at;
      connection.next_refresh_at = next_refresh_of(*tokens, clock.now(), connection.id);
    }
    vault.write([&](WriteTransaction& tx) {
      connection_store::insert(tx, connection);
      REQUIRE(connection_store::commit_credential(tx, connection, credential));
    });
    return connection.id;
  }

  Connection find(const ConnectionId& id) {
    return vault.read([&](Transaction& tx) { return connection_store::find(tx, id).value(); });
  }
  void change(const ConnectionId& id, const std::function<void(Connection&)>& how) {
    vault.write([&](WriteTransaction& tx) {
      Connection connection = connection_store::find(tx, id).value();
      how(connection);
      REQUIRE(connection_store::update(tx, connection));
    });
  }
  void disable(const std::string& toolkit) {
    vault.write([&](WriteTransaction& tx) {
      AuthConfig config = auth_config_store::find(tx, AuthConfigId("ac_" + toolkit)).value();
      config.is_enabled = false;
      auth_config_store::update(tx, config);
    });
  }

  ToolResult run(const std::string& tool, Json arguments = Json::object(),
                 const std::optional<ConnectionId>& connection = std::nullopt,
                 const std::optional<std::string>& user = "alice") {
    ToolCall call;
    call.tool = tool;
    call.arguments = std::move(arguments);
    if (user) call.user = UserId(*user);
    call.connection = connection;
    return executor.execute(call);
  }

  // The error that the call ends with.
  template <class... Arguments>
  Error fault(Arguments&&... arguments) {
    try {
      run(std::forward<Arguments>(arguments)...);
    } catch (const Error& error) {
      return error;
    }
    FAIL("no error");
    return {ErrorCode::Internal, ""};
  }

  std::string sent_header(std::size_t exchange, std::string_view name) const {
    return std::string(header_value(http.seen().at(exchange).headers, name));
  }

  void answer_refresh(const std::string& access_token) {
    http.answer(200, R"({"access_token":")" + access_token + R"(","expires_in":3600,"token_type":"Bearer"})");
  }

 private:
  static AuthScheme scheme_of(const Credential& credential) {
    if (std::holds_alternative<std::monostate>(credential)) return AuthScheme::NoAuth;
    if (std::holds_alternative<TokenSet>(credential)) return AuthScheme::OAuth2;
    if (std::holds_alternative<ApiKeyCredential>(credential)) return AuthScheme::ApiKey;
    return std::holds_alternative<BearerCredential>(credential) ? AuthScheme::BearerToken : AuthScheme::Basic;
  }
  AuthConfigId auth_config(const std::string& toolkit) {
    const AuthConfigId id("ac_" + toolkit);
    vault.write([&](WriteTransaction& tx) {
      if (auth_config_store::find(tx, id)) return;
      AuthConfig config;
      config.id = id;
      config.toolkit = config.name = toolkit;
      config.client_id = "client";
      config.created_at = config.updated_at = clock.now();
      auth_config_store::insert(tx, config, Secret(std::string_view("client-secret")));
    });
    return id;
  }
};

inline TokenSet tokens(const std::string& access, const std::string& refresh = "refresh-token-1") {
  TokenSet set;
  set.access_token = Secret(access);
  if (!refresh.empty()) set.refresh_token = Secret(refresh);
  set.expires_at = from_ms(kStartMs) + std::chrono::hours(1);
  return set;
}

inline TokenSet endless_token(const std::string& access) {
  TokenSet set;
  set.access_token = Secret(access);
  return set;
}

}  // namespace coffer::testing
