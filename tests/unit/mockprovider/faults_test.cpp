#include <algorithm>

#include "tests/unit/mockprovider/mock_world.h"

using namespace coffer;
using namespace coffer::mock;
using namespace coffer::mock::testing;
using namespace std::chrono_literals;

namespace {

struct Connected : MockWorld {
  Json tokens = connect("mockidp");

  void plan(const Json& fault) { control("POST", "/_mock/faults", fault); }
  ServerResponse refresh_now() { return refresh("mockidp", tokens["refresh_token"]); }
};

}  // namespace

TEST_CASE("a fault answers in the handler's place and is used up", "[faults]") {
  Connected world;
  world.plan({{"endpoint", "refresh"},
              {"status", 503},
              {"body", {{"error", "busy"}}},
              {"headers", {{"X-Why", "test"}}}});
  const ServerResponse first = world.refresh_now();
  CHECK(first.status == 503);
  CHECK(first.body == R"({"error":"busy"})");
  CHECK(header_of(first, "X-Why") == "test");
  CHECK(world.refresh_now().status == 200);
}

TEST_CASE("a fault of refresh leaves the other token requests alone", "[faults]") {
  Connected world;
  world.plan({{"endpoint", "refresh"}, {"count", 0}});
  CHECK(world.connect("mockidp").contains("access_token"));
  CHECK(world.refresh_now().status == 500);
}

TEST_CASE("a fault hits the n-th of the requests that match, count times", "[faults]") {
  Connected world;
  world.plan({{"endpoint", "api:mock"}, {"nth", 2}, {"count", 2}});
  std::vector<int> statuses;
  for (int i = 0; i < 5; ++i) statuses.push_back(world.get(kWhoami, world.tokens["access_token"]).status);
  CHECK(statuses == std::vector<int>{200, 500, 500, 200, 200});
  const Json fault = world.control("GET", "/_mock/faults")["faults"][0];
  CHECK(fault["hits"] == 2);
  CHECK(fault["left"] == 0);
}

TEST_CASE("a fault can be for one account or one client", "[faults]") {
  Connected world;
  const Json bob = world.connect("mockidp", {}, "bob@example.com");
  world.plan({{"account", "bob@example.com"}, {"count", 0}, {"status", 502}});
  CHECK(world.get(kWhoami, world.tokens["access_token"]).status == 200);
  CHECK(world.get(kWhoami, bob["access_token"]).status == 502);
  CHECK(world.refresh("mockidp", bob["refresh_token"]).status == 502);
  CHECK(world.refresh_now().status == 200);
}

TEST_CASE("commit_then_reset rotates and loses the answer", "[faults]") {
  Connected world;
  world.plan({{"endpoint", "refresh"}, {"action", "commit_then_reset"}});
  CHECK(world.refresh_now().sabotage == Sabotage::ResetBeforeAnswer);
  CHECK(world.front.with_tenant([](Tenant& tenant) { return tenant.refreshes_granted; }) == 1);
  // The provider knows the old token as used.
  CHECK(world.refresh_now().status == 400);
}

TEST_CASE("reset does nothing at all before the connection goes", "[faults]") {
  Connected world;
  world.plan({{"endpoint", "refresh"}, {"action", "reset"}});
  CHECK(world.refresh_now().sabotage == Sabotage::ResetBeforeAnswer);
  CHECK(world.refresh_now().status == 200);
}

TEST_CASE("bodies can be cut, broken or be a page", "[faults]") {
  Connected world;
  world.plan({{"endpoint", "api"}, {"action", "cut_body"}});
  CHECK(world.get(kWhoami, world.tokens["access_token"]).sabotage == Sabotage::CutBody);
  world.plan({{"endpoint", "api"}, {"action", "malformed_json"}});
  const ServerResponse broken = world.get(kWhoami, world.tokens["access_token"]);
  CHECK(broken.status == 200);
  CHECK(Json::parse(broken.body, nullptr, false).is_discarded());
  world.plan({{"endpoint", "api"}, {"action", "html"}});
  const ServerResponse page = world.get(kWhoami, world.tokens["access_token"]);
  CHECK(page.status == 200);
  CHECK(header_of(page, "Content-Type").starts_with("text/html"));
}

TEST_CASE("members of a token answer can be changed and taken out", "[faults]") {
  Connected world;
  world.plan({{"endpoint", "refresh"},
              {"action", "change"},
              {"fields", {{"expires_in", "soon"}, {"refresh_token", nullptr}}}});
  const Json answer = parse_json(world.refresh_now().body);
  CHECK(answer["expires_in"] == "soon");
  CHECK_FALSE(answer.contains("refresh_token"));
  CHECK(answer.contains("access_token"));
}

TEST_CASE("a throttle says when to come back, as seconds or as a date", "[faults]") {
  Connected world;
  world.plan({{"endpoint", "api:mock"}, {"action", "throttle"}, {"retry_after", "2m"}});
  const ServerResponse seconds = world.get(kWhoami, world.tokens["access_token"]);
  CHECK(seconds.status == 429);
  CHECK(header_of(seconds, "Retry-After") == "120");
  CHECK(parse_json(seconds.body)["error"]["code"] == 429);  // the toolkit's own shape
  world.plan(
      {{"endpoint", "refresh"}, {"action", "throttle"}, {"retry_after", 60}, {"retry_after_as", "date"}});
  // kStartMs is 2026-11-22 12:00:00 UTC, a Sunday.
  CHECK(header_of(world.refresh_now(), "Retry-After") == "Sun, 22 Nov 2026 12:01:00 GMT");
}

TEST_CASE("latency and hang wait real time and leave the clock alone", "[faults]") {
  Connected world;
  const Timestamp before = world.clock.now();
  world.plan({{"endpoint", "refresh"}, {"action", "delay"}, {"latency", "2s"}});
  CHECK(world.refresh_now().status == 200);
  CHECK(world.paused == 2s);
  world.plan({{"endpoint", "api"}, {"action", "hang"}, {"for", "5s"}});
  CHECK(world.get(kWhoami).sabotage == Sabotage::ResetBeforeAnswer);
  CHECK(world.paused == 7s);
  CHECK(world.clock.now() == before);
}

TEST_CASE("a fault can be taken back", "[faults]") {
  Connected world;
  const Json fault = world.control("POST", "/_mock/faults", {{"endpoint", "api"}, {"count", 0}});
  world.plan({{"endpoint", "refresh"}, {"count", 0}});
  world.control("DELETE", "/_mock/faults/" + fault["id"].get<std::string>());
  CHECK(world.get(kWhoami, world.tokens["access_token"]).status == 200);
  CHECK(world.refresh_now().status == 500);
  world.control("DELETE", "/_mock/faults");
  CHECK(world.refresh_now().status == 200);
}

TEST_CASE("a fault that could not mean anything is refused by name", "[faults]") {
  MockWorld world;
  const auto refused = [&](const Json& fault) {
    const ServerResponse response = world.post_json("/_mock/faults", fault);
    CHECK(response.status >= 400);
    CHECK(response.status < 500);
    return parse_json(response.body)["message"].get<std::string>();
  };
  CHECK(refused({{"endpoint", "refesh"}}).find("endpoint") != std::string::npos);
  CHECK(refused({{"acton", "hang"}}).find("acton") != std::string::npos);
  CHECK(refused({{"action", "explode"}}).find("action") != std::string::npos);
  CHECK(refused({{"status", 42}}).find("status") != std::string::npos);
  CHECK(refused({{"latency", "61s"}}).find("latency") != std::string::npos);
  CHECK(refused({{"action", "change"}}).find("fields") != std::string::npos);
  CHECK(refused({{"headers", {{"X", "a\r\nb"}}}}).find("headers") != std::string::npos);
  CHECK(refused({{"provider", "nowhere"}}).find("nowhere") != std::string::npos);
  CHECK(refused(Json::array()).find("object") != std::string::npos);
}

TEST_CASE("a fault hits within its window of time alone", "[faults]") {
  Connected world;
  world.plan({{"endpoint", "api"}, {"from", "5m"}, {"until", "2026-11-22T12:10:00Z"}, {"count", 0}});
  const auto status_after = [&](Duration time) {
    world.clock.advance(time);
    return world.get(kWhoami, world.tokens["access_token"]).status;
  };
  CHECK(status_after(4min) == 200);
  CHECK(status_after(1min) == 500);
  CHECK(status_after(4min) == 500);
  CHECK(status_after(1min) == 200);
}

TEST_CASE("a fault of some probability hits the same requests for the same seed", "[faults]") {
  const auto hits_of = [](int seed) {
    Connected world;
    world.plan({{"endpoint", "api"}, {"probability", 0.3}, {"seed", seed}, {"count", 0}});
    std::string hits;
    for (int i = 0; i < 300; ++i) {
      hits += world.get(kWhoami, world.tokens["access_token"]).status == 500 ? 'x' : '.';
    }
    return hits;
  };
  const std::string first = hits_of(1);
  CHECK(hits_of(1) == first);
  CHECK(hits_of(2) != first);
  // 300 draws at 0.3: 90 expected, standard deviation 7.9; five of them to each side.
  const auto count = std::count(first.begin(), first.end(), 'x');
  CHECK(count > 50);
  CHECK(count < 130);
}

TEST_CASE("named faults take members out of the token answer, and the grant was made", "[faults]") {
  const auto [action, member] = GENERATE(table<const char*, const char*>(
      {{"no_access_token", "access_token"}, {"no_refresh_token", "refresh_token"}}));
  CAPTURE(action);
  Connected world;
  world.plan({{"endpoint", "refresh"}, {"action", action}});
  const ServerResponse response = world.refresh_now();
  CHECK(response.status == 200);
  CHECK_FALSE(parse_json(response.body).contains(member));
  CHECK(world.control("GET", "/_mock/grants")["refreshes_granted"] == 1);
}

TEST_CASE("expires_in can be a text, zero, negative or absent", "[faults]") {
  const Json value = GENERATE(Json("soon"), Json(0), Json(-1), Json("3600"), Json(nullptr));
  CAPTURE(value);
  Connected world;
  world.plan({{"endpoint", "refresh"}, {"action", "odd_expires_in"}, {"value", value}});
  const Json answer = parse_json(world.refresh_now().body);
  CHECK(answer.value("expires_in", Json(nullptr)) == value);
}

TEST_CASE("an odd member is found inside a nested answer", "[faults]") {
  MockWorld world;
  world.control("POST", "/_mock/faults", {{"endpoint", "token"}, {"action", "no_access_token"}});
  const std::string code = world.code_of("slack", {{"user_scope", "chat:write"}});
  const Json answer = parse_json(world.redeem("slack", code).body);
  REQUIRE(answer.contains("authed_user"));
  CHECK_FALSE(answer["authed_user"].contains("access_token"));
}

TEST_CASE("a member is found under the provider's own name for it", "[faults]") {
  const auto answer_with = [](const std::string& provider, const Json& fault) {
    MockWorld world;
    Json planned = fault;
    planned["endpoint"] = "token";
    world.control("POST", "/_mock/faults", planned);
    const std::string code = world.code_of(provider);
    const Client client = world.client_of(provider);
    const ServerResponse response =
        world.post_json(MockWorld::path_of(provider) + "/token", {{"grant_type", "authorization_code"},
                                                                  {"code", code},
                                                                  {"redirect_uri", kCallback},
                                                                  {"code_verifier", kVerifier},
                                                                  {"client_id", client.client_id},
                                                                  {"client_secret", client.client_secret}});
    CHECK(world.control("GET", "/_mock/faults")["faults"][0]["hits"] == 1);
    return parse_json(response.body);
  };
  const Json odd = {{"action", "odd_expires_in"}};
  CHECK_FALSE(answer_with("sentry", {{"action", "no_access_token"}}).contains("token"));
  CHECK_FALSE(answer_with("sentry", {{"action", "no_refresh_token"}}).contains("refreshToken"));
  const Json sentry = answer_with("sentry", odd);
  CHECK(sentry["expiresAt"] == "soon");
  CHECK_FALSE(sentry.contains("expires_in"));
  const Json square = answer_with("square", odd);
  CHECK(square["expires_at"] == "soon");
  CHECK_FALSE(square.contains("expires_in"));
}

TEST_CASE("the members of a form-encoded answer are spoiled, too", "[faults]") {
  const auto answer_with = [](const Json& fault) {
    MockWorld world;
    world.control("POST", "/_mock/faults", fault);
    return MockWorld::answer_of_redirect("?" + world.redeem("github-app", world.code_of("github-app")).body);
  };
  CHECK(find_field(answer_with({{"endpoint", "refresh"}}), "expires_in") == "28800");
  const Fields no_access = answer_with({{"action", "no_access_token"}, {"endpoint", "token"}});
  CHECK_FALSE(find_field(no_access, "access_token"));
  CHECK(find_field(no_access, "refresh_token"));
  CHECK_FALSE(
      find_field(answer_with({{"action", "no_refresh_token"}, {"endpoint", "token"}}), "refresh_token"));
  CHECK(find_field(answer_with({{"action", "odd_expires_in"}, {"value", -1}, {"endpoint", "token"}}),
                   "expires_in") == "-1");
  CHECK(find_field(
            answer_with({{"action", "change"}, {"fields", {{"token_type", "mac"}}}, {"endpoint", "token"}}),
            "token_type") == "mac");
}

TEST_CASE("a fault that finds nothing to spoil waits for an answer that has it", "[faults]") {
  Connected world;
  const char* action = GENERATE("no_access_token", "no_refresh_token", "odd_expires_in");
  CAPTURE(action);
  world.plan({{"endpoint", "refresh"}, {"action", action}, {"headers", {{"X-Spoiled", "yes"}}}});
  const auto hits = [&] { return world.control("GET", "/_mock/faults")["faults"][0]["hits"]; };
  const ServerResponse refused = world.refresh("mockidp", "unknown");
  CHECK(parse_json(refused.body)["error"] == "invalid_grant");
  CHECK_FALSE(parse_json(refused.body).contains("expires_in"));
  CHECK(header_of(refused, "X-Spoiled").empty());
  CHECK(hits() == 0);
  const Json entries = world.control("GET", "/_mock/journal?endpoint=refresh")["entries"];
  CHECK(entries.back().value("fault", "") == "");
  CHECK(header_of(world.refresh_now(), "X-Spoiled") == "yes");
  CHECK(hits() == 1);
}

TEST_CASE("a redirect, a wrong type and false compression stand in the answer's head", "[faults]") {
  Connected world;
  world.plan({{"endpoint", "api"}, {"action", "redirect"}, {"status", 307}, {"location", "/elsewhere"}});
  world.plan({{"endpoint", "api"}, {"action", "wrong_content_type"}, {"content_type", "text/html"}});
  world.plan({{"endpoint", "api"}, {"action", "gzip_garbage"}});
  const auto next = [&] { return world.get(kWhoami, world.tokens["access_token"]); };
  const ServerResponse redirect = next();
  CHECK(redirect.status == 307);
  CHECK(header_of(redirect, "Location") == "/elsewhere");
  const ServerResponse typed = next();
  CHECK(header_of(typed, "Content-Type") == "text/html");
  CHECK(parse_json(typed.body)["email"] == "alice@example.com");
  const ServerResponse packed = next();
  CHECK(header_of(packed, "Content-Encoding") == "gzip");
  CHECK(packed.body.find("alice") == std::string::npos);
}

TEST_CASE("each named end of a connection sabotages the answer in its own way", "[faults]") {
  const auto [action, sabotage, refreshes] = GENERATE(
      table<const char*, Sabotage, int>({{"reset", Sabotage::ResetBeforeAnswer, 0},
                                         {"reset_after_head", Sabotage::ResetAfterHead, 1},
                                         {"reset_in_body", Sabotage::ResetInBody, 1},
                                         {"cut_body", Sabotage::CutBody, 1},
                                         {"commit_then_lose_answer", Sabotage::ResetBeforeAnswer, 1}}));
  CAPTURE(action);
  Connected world;
  world.plan({{"endpoint", "refresh"}, {"action", action}});
  CHECK(world.refresh_now().sabotage == sabotage);
  CHECK(world.control("GET", "/_mock/grants")["refreshes_granted"] == refreshes);
}

TEST_CASE("what a fault is planned with is listed with it", "[faults]") {
  Connected world;
  world.plan({{"endpoint", "refresh"},
              {"action", "odd_expires_in"},
              {"value", 0},
              {"probability", 0.5},
              {"seed", 9},
              {"until", "1h"}});
  const Json fault = world.control("GET", "/_mock/faults")["faults"][0];
  CHECK(fault["action"] == "odd_expires_in");
  CHECK(fault["value"] == 0);
  CHECK(fault["probability"] == 0.5);
  CHECK(fault["seed"] == 9);
  CHECK(fault["until"] == "2026-11-22T13:00:00.000Z");
}

TEST_CASE("a fault with a wrong member is refused and not planned", "[faults]") {
  MockWorld world;
  for (const Json& wrong :
       {Json{{"probability", 2}}, Json{{"probability", "often"}}, Json{{"from", "later"}},
        Json{{"latency", "2m"}}, Json{{"latency_by", "sun"}}, Json{{"action", "redirect"}, {"status", 200}},
        Json{{"action", "redirect"}, {"location", "/a\r\nX: y"}}}) {
    CAPTURE(wrong);
    CHECK(world.post_json("/_mock/faults", wrong).status == 400);
  }
  CHECK(world.control("GET", "/_mock/faults")["faults"].empty());
}

TEST_CASE("a fault finds its account and client at every endpoint", "[faults]") {
  MockWorld world;
  const std::string endpoint = GENERATE("userinfo", "login", "consent");
  const std::string matcher = GENERATE("account", "client_id");
  const std::string value = matcher == "account" ? "ALICE@example.com" : "coffer-dev-mockidp";
  CAPTURE(endpoint, matcher);
  const std::string token = world.connect("mockidp", {{"scope", "openid"}})["access_token"];
  const auto hits = [&] { return world.control("GET", "/_mock/faults")["faults"][0]["hits"]; };
  Json fault = {{"endpoint", endpoint}, {"action", "delay"}, {"count", 0}};
  fault[matcher] = value;
  world.control("POST", "/_mock/faults", fault);
  world.get("/mock/mockidp/userinfo", token);
  world.code_of("mockidp");
  CHECK(hits() == 1);
}

TEST_CASE("a fault finds the client of a device's code and of a registration", "[faults]") {
  MockWorld world;
  const Json device =
      parse_json(world.post_form("/mock/mockidp/device_authorization", {}, world.basic_of("mockidp")).body);
  const Json client = parse_json(
      world.post_json("/mock/mockidp/register", {{"redirect_uris", {"https://app.example/cb"}}}).body);
  world.control(
      "POST", "/_mock/faults",
      {{"endpoint", "device"}, {"client_id", "coffer-dev-mockidp"}, {"action", "answer"}, {"status", 418}});
  world.control("POST", "/_mock/faults",
                {{"endpoint", "registration"}, {"client_id", client["client_id"]}, {"status", 418}});
  CHECK(world.post_form("/mock/mockidp/device", {{"user_code", device["user_code"]}}).status == 418);
  CHECK(world.get("/mock/mockidp/register/" + client["client_id"].get<std::string>()).status == 418);
}

TEST_CASE("a header that HTTP does not know is refused when the fault is planned", "[faults]") {
  MockWorld world;
  const Json headers =
      GENERATE(Json{{"bad name", "x"}}, Json{{"", "x"}}, Json{{"X-A", std::string("a\0b", 3)}});
  const ServerResponse response = world.post_json("/_mock/faults", {{"headers", headers}});
  CHECK(response.status == 400);
  CHECK(response.body.find("headers") != std::string::npos);
}
