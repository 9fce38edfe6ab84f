#pragma once

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/flaky_database.h"
#include "tests/support/test_env.h"
#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/refresh/plan.h"
#include "vault/refresh/refresher.h"
#include "vault/store/audit_log.h"
#include "vault/store/auth_config_store.h"
#include "vault/store/connection_store.h"
#include "vault/store/outbox.h"
#include "vault/store/refresh_journal.h"

namespace coffer::testing {

// Providers that differ in rotation alone, each behind a toolkit of the same name: "plain",
// "grace" (60 s), "strict" and "unknown"; "service" and "errand" have accounts of
// S2S_OAUTH2 alone.
class RotationCatalog {
 public:
  explicit RotationCatalog(const std::filesystem::path& directory) {
    write_pair(directory, "plain", R"("rotation": "none",)");
    write_pair(directory, "grace", R"("rotation": "grace", "rotation_grace_s": 60,)");
    write_pair(directory, "strict", R"("rotation": "strict",)");
    write_pair(directory, "unknown", "");
    write_pair(directory, "scoped", R"("rotation": "strict", "refresh_params": {"scope": "read"},)");
    write_pair(directory, "service", "", "S2S_OAUTH2");
    write_pair(directory, "errand", "", "S2S_OAUTH2");
    CatalogOptions options;
    options.directories = {directory};
    catalog_ = Catalog::load(options);
  }
  const Catalog& catalog() const { return catalog_; }

 private:
  static void write(const std::filesystem::path& path, const std::string& text) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  static void write_pair(const std::filesystem::path& directory, const std::string& id,
                         const std::string& rules, const std::string& scheme = "OAUTH2") {
    write(directory / "providers" / (id + ".json"), R"({"format": 1, "id": ")" + id + R"(", "name": "P", )" +
                                                        rules + R"( "token_auth": "body",
             "authorization_url": "https://)" + id + R"(.example/authorize",
             "token_url": "https://)" + id + R"(.example/token"})");
    write(directory / "toolkits" / (id + ".json"), R"({"format": 1, "slug": ")" + id +
                                                       R"(", "name": "T", "description": "A toolkit.",
             "version": "20261101_00", "categories": [], "base_url": "https://api.)" +
                                                       id + R"(.example",
             "auth": [{"scheme": ")" + scheme + R"(", "provider": ")" +
                                                       id + R"(", "scopes": ["read"],
                       "headers": {"Authorization": "Bearer {{access_token}}"}}], "tools": []})");
  }
  Catalog catalog_;
};

struct Grant {
  std::string refresh_token = "rt1";
  std::optional<Duration> lifetime = std::chrono::hours(1);
  ConnectionStatus status = ConnectionStatus::Active;
  AuthScheme scheme = AuthScheme::OAuth2;
};

// A vault on disk with a frozen clock and a scripted provider.
struct RefreshFixture : TestEnv {
  RefreshFixture() { open(); }

  void open() {
    refresher.reset();
    flaky.reset();
    database.reset();
    database = Database::open({dir.path() / "vault" / "vault.db", RawKey{test_key()}, true}, random, *log);
    flaky = std::make_unique<FlakyDatabase>(*database);
    refresher = std::make_unique<Refresher>(
        env(), *flaky, rotations.catalog(),
        [this](Transaction&, const Connection& connection, const std::string& event_id) {
          if (event_faults > 0 && event_faults-- > 0) throw Error(ErrorCode::Storage, "disk full");
          return R"({"id":")" + event_id + R"(","account":")" + connection.id.str() + R"(","reason":")" +
                 connection.status_reason + "\"}";
        },
        [this] { ++commits; }, &bound);
  }

  // An account of `toolkit` with access token "at1", connected now.
  ConnectionId connect(const std::string& toolkit, const std::string& id = "ca_1", const Grant& grant = {}) {
    const auto tx = database->write();
    const AuthConfigId config_id("ac_" + toolkit);
    if (!auth_config_store::find(*tx, config_id)) {
      AuthConfig config;
      config.id = config_id;
      config.toolkit = toolkit;
      config.scheme = grant.scheme;
      config.name = toolkit;
      config.client_id = "client";
      config.created_at = config.updated_at = clock.now();
      auth_config_store::insert(*tx, config, Secret(std::string_view("client-secret")));
    }
    Connection connection;
    connection.id = ConnectionId(id);
    connection.user = UserId("alice");
    connection.toolkit = toolkit;
    connection.auth_config = config_id;
    connection.scheme = grant.scheme;
    connection.status = grant.status;
    connection.scopes = {"read"};
    connection.created_at = connection.updated_at = clock.now();
    connection.connected_at = clock.now();
    connection_store::insert(*tx, connection);
    store_grant(*tx, connection, "at1", grant);
    tx->commit();
    return connection.id;
  }

  void store_grant(WriteTransaction& tx, Connection& connection, std::string_view access,
                   const Grant& grant) {
    TokenSet tokens;
    tokens.access_token = Secret(access);
    tokens.refresh_token = Secret(std::string_view(grant.refresh_token));
    if (grant.lifetime) tokens.expires_at = clock.now() + *grant.lifetime;
    tokens.scopes = connection.scopes;
    connection.expires_at = tokens.expires_at;
    connection.next_refresh_at = next_refresh_of(tokens, clock.now(), connection.id);
    REQUIRE(connection_store::commit_credential(tx, connection, Credential(std::move(tokens))));
  }

  void answer_tokens(const std::string& access, const std::string& refresh = "") {
    http.answer(200, token_body(access, refresh));
  }
  static std::string token_body(const std::string& access, const std::string& refresh = "") {
    return R"({"access_token":")" + access + R"(","expires_in":3600)" +
           (refresh.empty() ? "" : R"(,"refresh_token":")" + refresh + "\"") + "}";
  }
  void answer_error(int status, const std::string& error) {
    http.answer(status, R"({"error":")" + error + "\"}");
  }
  void lose_answer() { http.fail({HttpFailure::Sent::Maybe, HttpFailure::Kind::Broken, "connection reset"}); }

  Connection row(const ConnectionId& id) {
    auto found = connection_store::find(*database->read(), id);
    REQUIRE(found);
    return std::move(*found);
  }
  TokenSet tokens(const ConnectionId& id) {
    auto opened = connection_store::open(*database->read(), id);
    REQUIRE(opened);
    return std::move(std::get<TokenSet>(opened->credential));
  }
  std::string access_token(const ConnectionId& id) { return std::string(tokens(id).access_token.expose()); }
  std::string refresh_token(const ConnectionId& id) { return std::string(tokens(id).refresh_token.expose()); }
  std::optional<refresh_journal::Intent> intent(const ConnectionId& id) {
    return refresh_journal::find(*database->read(), id);
  }
  AuthConfig config(const std::string& toolkit) {
    auto found = auth_config_store::find(*database->read(), AuthConfigId("ac_" + toolkit));
    REQUIRE(found);
    return std::move(*found);
  }
  std::vector<Event> events() { return outbox::events(*database->read(), {}); }
  std::size_t requests() const { return http.seen().size(); }
  std::string last_presented() const {
    const auto fields = parse_form(http.seen().back().body);
    return std::string(find_field(*fields, "refresh_token").value_or(""));
  }
  void advance_past(const std::optional<Timestamp>& moment) {
    REQUIRE(moment);
    if (clock.now() < *moment) clock.set(*moment);
  }
  // The room that callers have left for this origin.
  std::vector<HostBound::Place> take_room(const std::string& url) {
    std::vector<HostBound::Place> places;
    while (auto place = bound.try_enter(url)) places.push_back(std::move(*place));
    return places;
  }
  // Runs what is due, moves the clock to what comes next, until `end`.
  void live_until(Timestamp end) {
    for (int rounds = 0; clock.now() < end; ++rounds) {
      REQUIRE(rounds < 100'000);
      const auto next = refresher->run_due();
      clock.set(next ? std::clamp(*next, clock.now() + Duration(1), end) : end);
    }
  }

  TempDir dir;
  RotationCatalog rotations{dir.path() / "catalog"};
  std::unique_ptr<Database> database;
  std::unique_ptr<FlakyDatabase> flaky;
  std::atomic<int> commits = 0;
  std::atomic<int> event_faults = 0;
  HostBound bound{{.per_origin = 8, .in_all = 16}};
  std::unique_ptr<Refresher> refresher;
};

}  // namespace coffer::testing
