#include "mockprovider/toolkit_routes.h"
#include "tests/unit/mockprovider/mock_world.h"

using namespace coffer;
using namespace coffer::mock;
using namespace coffer::mock::testing;
using namespace std::chrono_literals;

namespace {

constexpr const char* kItems = "/mock/mockidp/mock/items";

HttpHeaders bearer(const Json& tokens) {
  return {{"Authorization", "Bearer " + tokens["access_token"].get<std::string>()}};
}

Json keys_of(MockWorld& world, const std::string& toolkit, const std::string& account) {
  return world.control("GET", "/_mock/keys?toolkit=" + toolkit + "&account=" + account);
}

}  // namespace

TEST_CASE("what is created is listed, for its own account only", "[toolkits]") {
  MockWorld world;
  const Json alice = world.connect("mockidp");
  const Json bob = world.connect("mockidp", {}, "bob@example.com");
  const ServerResponse created = world.post_json(kItems, {{"title", "Sixth"}}, bearer(alice));
  CHECK(created.status == 201);
  CHECK(parse_json(created.body)["id"] == 6);
  const auto total = [&](const Json& tokens) {
    return parse_json(world.get(kItems, tokens["access_token"]).body)["total"];
  };
  CHECK(total(alice) == 6);
  CHECK(total(bob) == 5);
}

TEST_CASE("what an account has outlives its tokens and is the same by any scheme", "[toolkits]") {
  MockWorld world;
  world.post_json(kItems, {{"title", "Sixth"}}, bearer(world.connect("mockidp")));
  const Json keys = keys_of(world, "mock", "alice@example.com");
  const ServerResponse response =
      world.send("GET", kItems, {{"X-API-Key", keys["generic_api_key"].get<std::string>()}});
  CHECK(parse_json(response.body)["total"] == 6);
}

TEST_CASE("a request without a credential is challenged without an error code", "[toolkits]") {
  MockWorld world;
  const ServerResponse response = world.get(kItems);
  CHECK(response.status == 401);
  const std::string challenge = header_of(response, "WWW-Authenticate");
  CHECK(challenge.starts_with("Bearer realm=\"mock\", "));
  CHECK(challenge.find("error=") == std::string::npos);
}

TEST_CASE("a token that was never given, is revoked or has expired is refused", "[toolkits]") {
  MockWorld world;
  const Json tokens = world.connect("mockidp");
  const auto challenge = [&](const std::string& token) {
    const ServerResponse response = world.get(kItems, token);
    CHECK(response.status == 401);
    return header_of(response, "WWW-Authenticate");
  };
  const std::string invalid =
      "Bearer realm=\"mock\", error=\"invalid_token\", resource_metadata=\"http://127.0.0.1:4000"
      "/.well-known/oauth-protected-resource/mock/mockidp/mock\"";
  CHECK(challenge("unknown") == invalid);
  CHECK(challenge(tokens["refresh_token"]) == invalid);
  world.clock.advance(1h);
  CHECK(challenge(tokens["access_token"]) == invalid);
  CHECK(parse_json(world.get(kItems, tokens["access_token"]).body)["error"]["message"] ==
        "the access token has expired");
  const Json next = parse_json(world.refresh("mockidp", tokens["refresh_token"]).body);
  CHECK(world.get(kItems, next["access_token"]).status == 200);
  world.control("POST", "/_mock/grants/revoke", {{"provider", "mockidp"}});
  CHECK(challenge(next["access_token"]) == invalid);
}

TEST_CASE("the scheme's name counts in any case, its place does not", "[toolkits]") {
  MockWorld world;
  const std::string token = world.connect("mockidp")["access_token"];
  CHECK(world.send("GET", kItems, {{"Authorization", "bearer " + token}}).status == 200);
  CHECK(world.send("GET", kItems, {{"Authorization", token}}).status == 401);
  CHECK(world.send("GET", kItems, {{"X-API-Key", token}}).status == 401);
  CHECK(world.get(std::string(kItems) + "?access_token=" + token).status == 401);
}

TEST_CASE("a missing scope is told apart from a bad token", "[toolkits]") {
  MockWorld world;
  const Json tokens = world.connect("mockidp", {{"scope", "read"}});
  CHECK(world.get(kItems, tokens["access_token"]).status == 200);
  const ServerResponse response = world.post_json(kItems, {{"title", "x"}}, bearer(tokens));
  CHECK(response.status == 403);
  CHECK(header_of(response, "WWW-Authenticate") ==
        "Bearer realm=\"mock\", error=\"insufficient_scope\", scope=\"write\"");
  CHECK(parse_json(response.body)["error"]["needed"] == Json::array({"write"}));
}

TEST_CASE("keys, tokens and passwords of the mock are believed as the toolkit takes them", "[toolkits]") {
  MockWorld world;
  const Json keys = keys_of(world, "mock", "bob@example.com");
  const std::string password = keys["password"];
  const HttpHeaders good = GENERATE_COPY(values<HttpHeaders>({
      {{"X-API-Key", keys["generic_api_key"].get<std::string>()}},
      {{"Authorization", "Bearer " + keys["token"].get<std::string>()}},
      {{"Authorization", "Basic " + to_base64("bob@example.com:" + password)}},
  }));
  const ServerResponse response = world.send("GET", "/mock/mockidp/mock/whoami", good);
  CHECK(response.status == 200);
  CHECK(parse_json(response.body)["email"] == "bob@example.com");
  HttpHeaders wrong = good;
  wrong[0].value += "x";
  CHECK(world.send("GET", "/mock/mockidp/mock/whoami", wrong).status == 401);
}

TEST_CASE("one account's name with another's password is nobody", "[toolkits]") {
  MockWorld world;
  const std::string password = keys_of(world, "mock", "bob@example.com")["password"];
  const HttpHeaders headers = {{"Authorization", "Basic " + to_base64("alice@example.com:" + password)}};
  CHECK(world.send("GET", "/mock/mockidp/mock/whoami", headers).status == 401);
}

TEST_CASE("a key is good at its own toolkit and until it is rotated", "[toolkits]") {
  MockWorld world;
  const auto search = [&](const std::string& key) {
    return world
        .post_json("/mock/api/tavily/search", {{"query", "vaults"}}, {{"Authorization", "Bearer " + key}})
        .status;
  };
  const std::string key = keys_of(world, "tavily", "alice@example.com")["generic_api_key"];
  CHECK(search(key) == 200);
  CHECK(search(keys_of(world, "mock", "alice@example.com")["generic_api_key"]) == 401);
  const Json rotated =
      world.control("POST", "/_mock/keys/rotate", {{"toolkit", "tavily"}, {"account", "alice@example.com"}});
  CHECK(search(key) == 401);
  CHECK(search(rotated["generic_api_key"]) == 200);
}

TEST_CASE("gmail finds the message that was sent", "[toolkits]") {
  MockWorld world;
  const Json tokens = world.connect("google", {{"scope", "https://www.googleapis.com/auth/gmail.modify"}});
  const std::string mail = "To: ann@example.com\r\nSubject: Lighthouse\r\n\r\nSee you there";
  const ServerResponse sent = world.post_json("/mock/google/gmail/gmail/v1/users/me/messages/send",
                                              {{"raw", to_base64url(mail)}}, bearer(tokens));
  REQUIRE(sent.status == 200);
  const std::string id = parse_json(sent.body)["id"];
  const ServerResponse found = world.get(
      "/mock/google/gmail/gmail/v1/users/me/messages?q=subject%3Alighthouse", tokens["access_token"]);
  REQUIRE(parse_json(found.body)["messages"].size() == 1);
  CHECK(parse_json(found.body)["messages"][0]["id"] == id);
  CHECK(world.get("/mock/google/gmail/gmail/v1/users/me/messages/" + id, tokens["access_token"]).status ==
        200);
  CHECK(world.get("/mock/google/gmail/gmail/v1/users/me/messages/nothing", tokens["access_token"]).status ==
        404);
}

TEST_CASE("a body that is not what it says is refused", "[toolkits]") {
  MockWorld world;
  HttpHeaders headers = bearer(world.connect("mockidp"));
  headers.push_back({"Content-Type", "application/json"});
  CHECK(world.send("POST", kItems, headers, "{\"title\":").status == 400);
}

TEST_CASE("a slow answer is held back and says so to nobody else", "[toolkits]") {
  MockWorld world;
  const Json tokens = world.connect("mockidp");
  CHECK(world.get("/mock/mockidp/mock/slow?delay_ms=1500", tokens["access_token"]).status == 200);
  CHECK(world.paused == 1500ms);
}

TEST_CASE("a path value is decoded once and may hold a slash", "[toolkits]") {
  MockWorld world;
  const ToolkitRoutes routes(*shipped_catalog().find_toolkit("github"));
  const auto match = routes.find("GET", {"repos", "octo/org", "hand%2Fbook"});
  REQUIRE(match.route);
  CHECK(match.route->tool == "GITHUB_GET_A_REPOSITORY");
  CHECK(match.path_values.at("owner") == "octo/org");
  CHECK(match.path_values.at("repo") == "hand%2Fbook");
  CHECK_FALSE(routes.find("DELETE", {"repos", "a", "b"}).route);
  CHECK_FALSE(routes.find("GET", {"repos", "a"}).route);
  CHECK_FALSE(routes.find("GET", {"repos", "a", ""}).route);
}

TEST_CASE("every tool, verifying call and discovery of every toolkit has an operation in the mock",
          "[toolkits]") {
  for (const auto& toolkit : shipped_catalog().toolkits()) {
    const ToolkitRoutes routes(toolkit);
    const auto is_served = [&](const RequestTemplate& request, bool is_root) {
      std::vector<std::string> segments;
      for (auto segment : split(request.path, '/')) {
        const std::size_t begin = segment.find("{{");
        if (begin != std::string::npos) segment.replace(begin, segment.rfind("}}") + 2 - begin, "x");
        segments.push_back(std::move(segment));
      }
      if (is_root) segments.insert(segments.begin(), "root");
      return routes.find(request.method, segments).route != nullptr;
    };
    for (const auto& tool : toolkit.tools) {
      CAPTURE(tool.slug);
      CHECK(is_served(tool.request, false));
      if (tool.each) CHECK(is_served(tool.each->request, false));
    }
    CAPTURE(toolkit.slug);
    if (toolkit.verify) CHECK(is_served(toolkit.verify->request, false));
    for (const auto& discovery : toolkit.discover)
      CHECK(is_served(discovery.request, !toolkit.api_root.empty()));
  }
}

TEST_CASE("Slack takes every method by GET and by POST, and its arguments from either", "[toolkits]") {
  MockWorld world;
  const std::string code = world.code_of(
      "slack", {{"user_scope", "chat:write,channels:read,channels:history,users:read"}, {"scope", ""}});
  const std::string token = parse_json(world.redeem("slack", code).body)["authed_user"]["access_token"];
  const HttpHeaders headers = {{"Authorization", "Bearer " + token}};
  for (const char* name :
       {"auth.test", "conversations.list", "conversations.history", "users.list", "chat.postMessage"}) {
    CAPTURE(name);
    const std::string path = std::string("/mock/slack/api/") + name;
    const Fields arguments = {{"channel", "C0001"}, {"text", "hello"}};
    CHECK(parse_json(world.post_form(path, arguments, headers).body)["ok"] == true);
    CHECK(parse_json(world.post_form(with_query(path, arguments), {}, headers).body)["ok"] == true);
    CHECK(parse_json(world.send("GET", with_query(path, arguments), headers).body)["ok"] == true);
  }
  const auto messages = [&] {
    return parse_json(
               world.send("GET", "/mock/slack/api/conversations.history?channel=C0001&limit=100", headers)
                   .body)["messages"]
        .size();
  };
  const std::size_t before = messages();
  world.send("HEAD", "/mock/slack/api/chat.postMessage?channel=C0001&text=hello", headers);
  CHECK(messages() == before);
}

TEST_CASE("another service's methods are its own", "[toolkits]") {
  MockWorld world;
  const Json tokens = world.connect("mockidp");
  CHECK(world.send("GET", "/mock/mockidp/mock/echo?message=x", bearer(tokens)).status == 404);
  CHECK(world.post_json("/mock/mockidp/mock/whoami", Json::object(), bearer(tokens)).status == 404);
}
