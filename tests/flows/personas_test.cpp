// The vault in front of providers that do not do as RFC 6749 says, at the mock.
#include <catch2/catch.hpp>
#include <fstream>

#include "tests/support/local_daemon.h"

using namespace coffer;
using namespace coffer::testing;

namespace {

// One toolkit whose OAuth is the persona's: TRY_ME answers whoever has a live token.
std::string toolkit_of(const std::string& persona) {
  Json file = parse_json(R"({
    "format": 1, "slug": "try", "name": "Try", "description": "What stands behind the provider.",
    "version": "20261101_00", "categories": ["testing"], "base_url": "https://try.invalid",
    "auth": [{"scheme": "OAUTH2", "scopes": ["read", "offline_access"],
              "headers": {"Authorization": "Bearer {{access_token}}"}}],
    "verify": {"request": {"method": "GET", "path": "/me"}, "identity": "/email"},
    "tools": [{
      "slug": "TRY_ME", "name": "Me", "description": "Tells whose token it is.",
      "tags": ["readOnlyHint"], "scopes_any": ["read"],
      "input": {"type": "object", "properties": {}},
      "output": {"type": "object", "properties": {"email": {"type": "string"}}},
      "request": {"method": "GET", "path": "/me"},
      "mock": {"reply": {"email": "{{account.email}}"}}
    }]
  })");
  file["mock_path"] = "/mock/" + persona + "/try";
  file["auth"][0]["provider"] = persona;
  return dump_json(file);
}

struct PersonaDaemon {
  TempDir directory;
  LocalDaemon daemon;
  std::string account = daemon.connect("user_1", "try", "alice@example.com");

  explicit PersonaDaemon(const std::string& persona) : daemon({}, {write(directory.path(), persona)}) {}

  static std::filesystem::path write(const std::filesystem::path& root, const std::string& persona) {
    std::filesystem::create_directories(root / "toolkits");
    std::ofstream(root / "toolkits" / "try.json") << toolkit_of(persona);
    return root;
  }
  bool works() {
    const ApiAnswer answer = daemon.execute("user_1", "TRY_ME", Json::object());
    return answer.status == 200 && answer.body["successful"] == true;
  }
  // What the mock was asked at its endpoints for tokens, oldest first.
  Json asked(const std::string& endpoint) {
    return daemon.mock_call("GET", "/_mock/journal?endpoint=" + endpoint).body["entries"];
  }
};

}  // namespace

TEST_CASE("the vault keeps a token alive that renews itself", "[flow]") {
  const std::string persona = GENERATE("instagram", "threads", "facebook");
  CAPTURE(persona);
  PersonaDaemon one(persona);
  one.daemon.advance("3h");  // the short token of the code is long dead
  CHECK(one.works());
  for (int i = 0; i < 4; ++i) one.daemon.advance("30d");
  CHECK(one.works());
  const Json refreshes = one.asked("refresh");
  REQUIRE_FALSE(refreshes.empty());
  CHECK(refreshes.back()["method"] == "GET");
  CHECK(refreshes.back()["status"] == 200);

  one.daemon.mock().revoke_grants(persona, "alice@example.com", true);
  one.daemon.advance("60d");
  CHECK(one.daemon.status_of(one.account) == "EXPIRED");
}

TEST_CASE("the vault refreshes where the provider wants it, and when", "[flow]") {
  struct Row {
    std::string persona;
    std::string lifetime;
  };
  const auto row = GENERATE(values<Row>({{"figma", "90d"}, {"exact-online", "10m"}, {"stripe-app", "1h"}}));
  CAPTURE(row.persona);
  PersonaDaemon one(row.persona);
  one.daemon.advance(row.lifetime);
  CHECK(one.works());
  const Json refreshes = one.asked("refresh");
  REQUIRE(refreshes.size() == 1);
  CHECK(refreshes[0]["status"] == 200);
  CHECK(one.daemon.status_of(one.account) == "ACTIVE");
}

TEST_CASE("the vault waits where a provider gives no more tokens for now", "[flow]") {
  PersonaDaemon one("zoho");
  const auto refresh = [&] {
    return one.daemon.call("POST", "/_coffer/accounts/" + one.account + "/refresh", {{"force", true}})
        .body["result"];
  };
  for (int i = 0; i < 10; ++i) CHECK(refresh() == "refreshed");
  CHECK(refresh() == "postponed");
  CHECK(one.works());
  one.daemon.advance("1h");
  CHECK(refresh() == "refreshed");
}

TEST_CASE("the vault knows a dead refresh token by the persona's own words", "[flow]") {
  const std::string persona = GENERATE("atlassian", "slack", "hubspot", "zoho");
  CAPTURE(persona);
  PersonaDaemon one(persona);
  one.daemon.mock().revoke_grants(persona, "alice@example.com", false);
  one.daemon.advance("25h");
  CHECK(one.daemon.status_of(one.account) == "EXPIRED");
}
