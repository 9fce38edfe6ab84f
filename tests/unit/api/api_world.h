#pragma once

#include <catch2/catch.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/test_env.h"
#include "vault/api/wire/guard.h"
#include "vault/base/json.h"
#include "vault/engine/engine.h"
#include "vault/net/router.h"

namespace coffer::api::testing {

inline constexpr const char* kMockUrl = "http://127.0.0.1:4000";
inline constexpr const char* kPublicUrl = "http://127.0.0.1:9900";
inline constexpr const char* kApiKey = "cok_key_of_the_tests";
// Each credential that a test puts in holds this mark: no answer and no log line may.
inline constexpr const char* kSecretMark = "s3cr3tmark";

struct Answer {
  int status = 0;
  std::string text;
  HttpHeaders headers;
  Json body;

  const Json& operator[](const char* key) const { return body.at(key); }
};

struct WorldOptions {
  // Toolkits whose managed OAuth client is at hand.
  std::vector<std::string> managed = {"gmail", "mock"};
  bool has_free_toolkit = false;  // tests/support/free_toolkit.h
};

// The v3 dialect and MCP over a real vault in a temporary directory; no sockets, scripted services.
class ApiWorld {
 public:
  explicit ApiWorld(const WorldOptions& options = {});

  // Sends with the API key and checks that no marked credential comes back. A null body is none.
  Answer send(const std::string& method, const std::string& path, const Json& body = nullptr);
  Answer get(const std::string& path) { return send("GET", path); }
  Answer post(const std::string& path, const Json& body) { return send("POST", path, body); }
  Answer patch(const std::string& path, const Json& body) { return send("PATCH", path, body); }
  Answer remove(const std::string& path) { return send("DELETE", path); }
  Answer send_raw(const std::string& method, const std::string& target, HttpHeaders headers,
                  const std::string& body);

  // Ready things, by their ids.
  std::string auth_config(const std::string& toolkit);
  std::string custom_config(const std::string& toolkit, const std::string& scheme);
  std::string api_key_account(const std::string& user, const std::string& alias = {});  // tavily, ACTIVE
  std::string oauth_account(const std::string& user, const std::string& alias = {});    // gmail, ACTIVE
  std::string session(const std::string& user, Json config = Json::object());

  // One statement that changes rows, past the stores: their MACs no longer fit.
  void edit(const std::string& sql);

  Engine& engine() { return *engine_; }
  coffer::testing::TestEnv& outside() { return outside_; }

 private:
  coffer::testing::TempDir directory_;
  coffer::testing::TestEnv outside_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<Guard> guard_;
  Router router_;
  std::mutex assertions_;  // guards Catch2, which takes one thread at a time
};

// Each path ("auth_config.id", "items.0.slug") must lead to a value that is not null.
void require_fields(const Json& value, const std::vector<std::string>& paths);
// ... and must be there as an explicit null.
void require_nulls(const Json& value, const std::vector<std::string>& paths);
// {items, next_cursor, total_pages, current_page, total_items} in the types that SDKs check.
void require_page(const Answer& answer, std::size_t items);
// The error envelope: contract section 2.
void require_error(const Answer& answer, int status, const std::string& fragment);

void set_status(ApiWorld& world, const std::string& account, ConnectionStatus status);

// Runs the calls on a thread each; none is at its write before all are on their way.
void at_once(Engine& engine, const std::vector<std::function<void()>>& calls);

std::vector<std::string> ids_of(const Answer& page, const char* key = "id");

// What GMAIL_GET_PROFILE is answered next.
inline void answer_profile(ApiWorld& world) {
  world.outside().http.answer(200, R"({"emailAddress":"alice@example.com"})",
                              {{"content-type", "application/json"}});
}

}  // namespace coffer::api::testing
