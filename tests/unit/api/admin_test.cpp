#include "vault/api/admin/admin.h"

#include "tests/unit/api/api_world.h"
#include "vault/base/error.h"
#include "vault/store/audit_log.h"

using namespace coffer;
using namespace coffer::api;
using namespace coffer::api::testing;

namespace {

ServerResponse send(Engine& engine, const std::string& method, const std::string& path,
                    const std::string& body = {}) {
  const Guard guard(engine);
  Router router;
  add_admin_routes(router, engine, guard);
  ServerRequest request;
  request.method = method;
  request.path = path;
  request.headers = {{"x-api-key", kApiKey}, {"content-type", "application/json"}};
  request.body = body;
  return router.handle(request);
}

constexpr const char* kPath = "/_coffer/subscriptions";
constexpr const char* kListener = R"({"url": "http://127.0.0.1:4321/"})";

Json listeners(Engine& engine) {
  return parse_json(send(engine, "GET", kPath).body).at("items");
}

// Somebody accepts connections at each of the next `count` URLs that are asked.
void answer_probes(ApiWorld& world, int count) {
  for (int i = 0; i < count; ++i) world.outside().http.answer(200, "");
}

}  // namespace

TEST_CASE("a member of the wrong type is told by its name, and is no fault of the daemon") {
  ApiWorld world;
  const auto [path, body, name] = GENERATE(table<std::string, std::string, std::string>({
      {"/_coffer/accounts/ca_AAAAAAAAAAAA/refresh", R"({"force": "yes"})", "force"},
      {"/_coffer/subscriptions", R"({"url": 5})", "url"},
      {"/_coffer/subscriptions", R"({"url": "http://127.0.0.1:1/", "events": 5})", "events"},
      {"/_coffer/subscriptions", R"({"url": "http://127.0.0.1:1/", "events": []})", "events"},
  }));
  CAPTURE(path, body);
  const ServerResponse response = send(world.engine(), "POST", path, body);
  CHECK(response.status == 400);
  CHECK(response.body.find(name) != std::string::npos);
}

TEST_CASE("refreshing an account that is absent names the way to those that are there") {
  ApiWorld world;
  const ServerResponse response = send(world.engine(), "POST", "/_coffer/accounts/ca_AAAAAAAAAAAA/refresh");
  CHECK(response.status == 404);
  const Json error = parse_json(response.body).at("error");
  CHECK(error.at("message") == "connected account \"ca_AAAAAAAAAAAA\" does not exist");
  CHECK(error.at("suggested_fix").get<std::string>().find("list the user's accounts") != std::string::npos);
}

TEST_CASE("what a listener cannot be is refused by the name of what is wrong") {
  ApiWorld world;
  const auto [body, fragment] = GENERATE(table<std::string, std::string>({
      {R"({"url": "http://app.example.com/"})", "http beyond this computer"},
      {R"({"url": "https://app.example.com/"})", "not on this computer"},
      {R"({"url": "http://127.0.0.1:1/", "events": ["composio.connected_account.born"]})",
       "composio.connected_account.born"},
  }));
  CAPTURE(body);
  const ServerResponse response = send(world.engine(), "POST", kPath, body);
  CHECK(response.status == 400);
  CHECK(response.body.find(fragment) != std::string::npos);
  CHECK(listeners(world.engine()).empty());
}

TEST_CASE("the owner of the vault sees listeners and subscriptions, without their secrets") {
  ApiWorld world;
  const Answer visible =
      world.post("/webhook_subscriptions", {{"webhook_url", "https://app.example.com/hook"},
                                            {"enabled_events", {"composio.connected_account.expired"}}});
  REQUIRE(visible.status == 201);
  const ServerResponse made = send(world.engine(), "POST", kPath, kListener);
  REQUIRE(made.status == 201);
  const std::string secret = parse_json(made.body).at("secret");
  const ServerResponse response = send(world.engine(), "GET", kPath);
  REQUIRE(response.status == 200);
  CHECK(response.body.find(secret) == std::string::npos);
  const Json items = listeners(world.engine());
  REQUIRE(items.size() == 2);
  CHECK(items[0].at("id") == visible["id"]);
  CHECK(items[0].at("hidden") == false);
  CHECK(items[1].at("hidden") == true);
  CHECK(items[1].at("url") == "http://127.0.0.1:4321/");
  CHECK(items[1].at("events") == Json::array({"composio.connected_account.expired"}));
  CHECK(items[1].at("enabled") == true);
}

TEST_CASE("the number of listeners is bounded, and the refusal names the way out") {
  ApiWorld world;
  for (int i = 0; i < 20; ++i) {
    answer_probes(world, i);
    REQUIRE(send(world.engine(), "POST", kPath, kListener).status == 201);
  }
  answer_probes(world, 20);
  const ServerResponse refused = send(world.engine(), "POST", kPath, kListener);
  CHECK(refused.status == 400);
  CHECK(refused.body.find("20 listeners") != std::string::npos);
  CHECK(refused.body.find("DELETE /_coffer/subscriptions") != std::string::npos);
  CHECK(listeners(world.engine()).size() == 20);
}

TEST_CASE("a new listener clears away those that were killed") {
  ApiWorld world;
  for (int i = 0; i < 3; ++i) {
    answer_probes(world, i);
    REQUIRE(send(world.engine(), "POST", kPath, kListener).status == 201);
  }
  REQUIRE(listeners(world.engine()).size() == 3);
  REQUIRE(send(world.engine(), "POST", kPath, kListener).status == 201);  // nobody answers at the others
  CHECK(listeners(world.engine()).size() == 1);
}

TEST_CASE(
    "a listener's subscription that was changed in the file can be deleted, and the audit log says so") {
  ApiWorld world;
  const std::string id = parse_json(send(world.engine(), "POST", kPath, kListener).body).at("id");
  world.edit("UPDATE subscription SET updated_at_ms = 1 WHERE id = '" + id + "'");
  CHECK(send(world.engine(), "DELETE", kPath + ("/" + id)).status == 200);
  CHECK(world.engine().database().check().empty());
  const auto entries = audit_log::list(*world.engine().database().read(), ConnectionId(), 1);
  REQUIRE(entries.size() == 1);
  CHECK(entries[0].action == "deleted");
  CHECK(entries[0].detail == "webhook subscription " + id + " failed authentication");
}

TEST_CASE("a shredded user is gone with all accounts, and can be shredded again") {
  ApiWorld world;
  const std::string id = world.oauth_account("user_1");
  const std::string other = world.oauth_account("user_2");
  const auto shred = [&] { return send(world.engine(), "DELETE", "/_coffer/users/user_1"); };
  CHECK(parse_json(shred().body) == Json({{"user_id", "user_1"}, {"accounts", 1}, {"sessions", 0}}));
  CHECK(world.get("/connected_accounts/" + id).status == 404);
  CHECK(world.get("/connected_accounts/" + other).status == 200);
  CHECK(parse_json(shred().body).at("accounts") == 0);
}

TEST_CASE("a token is not given out while its auth config is disabled, in the words of a tool call") {
  ApiWorld world;
  const std::string account = world.oauth_account("user_1");
  const std::string config = world.get("/connected_accounts/" + account)["auth_config"].at("id");
  REQUIRE(world.patch("/auth_configs/" + config + "/DISABLED", Json::object()).status == 200);
  const Answer executed =
      world.post("/tools/execute/GMAIL_GET_PROFILE", {{"user_id", "user_1"}, {"arguments", Json::object()}});
  try {
    world.engine().lease(ConnectionId(account));
    FAIL("a token was given out");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::WrongState);
    CHECK(executed["error"].at("message") == error.what());
  }
  REQUIRE(world.patch("/auth_configs/" + config + "/ENABLED", Json::object()).status == 200);
  CHECK_NOTHROW(world.engine().lease(ConnectionId(account)));
}
