#pragma once

#include <catch2/catch.hpp>
#include <fstream>
#include <memory>
#include <string>

#include "tests/support/test_env.h"
#include "vault/base/error.h"
#include "vault/connect/connector.h"
#include "vault/net/host_bound.h"
#include "vault/store/auth_config_store.h"
#include "vault/store/connection_store.h"

namespace coffer::testing {

// Made-up services: acme (OAuth, tells who signed in), tenant (OAuth, asks for a subdomain and has
// a cloud id to be found out), keyco (API key, checked), openco (API key, not checked), deskco
// (basic, with a subdomain), hookco (bearer).
void write_toolkits(const std::filesystem::path& directory);

inline constexpr const char* kTokens =
    R"({"access_token":"at-secret-1","refresh_token":"rt-secret-1","expires_in":3600,"scope":"read","token_type":"bearer"})";

// A vault with one auth config per made-up service and a connector on a scripted network.
class ConnectFixture {
 public:
  ConnectFixture();

  ConnectLink link(const std::string& toolkit, ConnectRequest request = {});
  ConnectRequest request(const std::string& toolkit, const std::string& user = "user_1") const;

  Connection account(const ConnectionId& id);
  std::optional<Connection> find(const ConnectionId& id);
  connection_store::Opened opened(const ConnectionId& id);
  void change(const ConnectionId& id, const std::function<void(Connection&)>& edit);
  void change(const std::string& toolkit, const std::function<void(AuthConfig&)>& edit);
  void remove(const ConnectionId& id);

  // Walks an acme link to its end: the exchange brings `tokens`, the verifying call `email`.
  BrowserStep sign_in(const ConnectLink& link, const std::string& email = "alice@example.com",
                      const std::string& tokens = kTokens);
  // An ACTIVE account of the toolkit acme.
  Connection connected(const std::string& user = "user_1");

  static AuthConfigId config_of(const std::string& toolkit) { return AuthConfigId("ac_" + toolkit); }
  static std::string url_parameter(const std::string& url, const std::string& name);
  // The provider's good answer to this step.
  static Fields answer_to(const BrowserStep& step, const std::string& code = "code-secret-1");
  BrowserStep complete(const BrowserStep& step, const std::string& toolkit = "acme");
  BrowserStep complete(const BrowserStep& step, const Fields& answer, const std::string& toolkit = "acme");

  TestEnv env;
  TempDir directory;
  Catalog catalog;
  std::unique_ptr<Database> database;
  std::string public_url = "http://127.0.0.1:9900";
  int connected_calls = 0;
  HostBound bound{{.per_origin = 1, .in_all = 8}};
  Connector connector;
};

// The code of the Error that `act` throws; fails the test if it throws none.
template <class Act>
ErrorCode code_of(Act act) {
  try {
    act();
  } catch (const Error& error) {
    return error.code();
  }
  FAIL("nothing was thrown");
  return ErrorCode::Internal;
}

}  // namespace coffer::testing
