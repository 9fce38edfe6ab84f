#include <algorithm>
#include <set>

#include "tests/unit/legacy/legacy_world.h"

using namespace coffer;
using namespace coffer::api::testing;

namespace {

void require_schema(const Json& schema) {
  CHECK(schema.at("title").is_string());
  CHECK(schema.at("type") == "object");
  for (const auto& [name, property] : schema.at("properties").items()) {
    CAPTURE(name);
    CHECK(property.at("type").is_string());
  }
}

// What the Python SDK refuses an action without, and `appKey`, which the JavaScript SDK needs.
void require_action(const Json& action) {
  CAPTURE(action.dump());
  for (const char* key : {"name", "description", "appName", "appId", "appKey", "version"}) {
    CHECK(action.at(key).is_string());
  }
  CHECK(action.at("available_versions").is_array());
  CHECK(action.at("tags").is_array());
  require_schema(action.at("parameters"));
  require_schema(action.at("response"));
}

std::vector<std::string> names(LegacyWorld& world, const std::string& query) {
  return ids_of(world.call("GET", "/v2/actions?" + query), "name");
}

const Json kNoInput = Json::object();

Answer raw_call(LegacyWorld& world, const std::string& account, const Json& more = Json::object()) {
  Json body = {{"connectedAccountId", account}, {"endpoint", "/gmail/v1/x"}, {"method", "GET"}};
  body.update(more);
  return world.call("POST", "/v2/actions/proxy", body);
}

}  // namespace

TEST_CASE("every action has what the first SDKs need of it") {
  LegacyWorld world;
  std::set<std::string> apps;
  for (const Toolkit& toolkit : world.engine().catalog().toolkits()) apps.insert(toolkit.slug);
  const Answer all = world.call("GET", "/v2/actions");
  REQUIRE(all.status == 200);
  REQUIRE(all["items"].size() > 20);
  CHECK(all["totalPages"] == 1);
  for (const Json& action : all["items"]) {
    require_action(action);
    CHECK(apps.contains(action.at("appName")));
  }
}

TEST_CASE("actions are listed by app, name and tag in any case") {
  LegacyWorld world;
  const std::size_t of_gmail = names(world, "apps=GMAIL").size();
  CHECK(of_gmail >= 6);
  CHECK(names(world, "apps=gmail,tavily").size() > of_gmail);
  CHECK(names(world, "actions=gmail_get_profile") == std::vector<std::string>{"GMAIL_GET_PROFILE"});
  CHECK(names(world, "apps=gmail&tags=readOnlyHint").size() < of_gmail);
  CHECK(names(world, "apps=gmail&limit=2").size() == 2);
  CHECK(names(world, "apps=nothing").empty());
}

TEST_CASE("actions are found by what somebody wants to do, the best first") {
  LegacyWorld world;
  const Answer found =
      world.call("GET", "/v2/actions/search/advanced?apps=github&limit=2", {{"useCase", "create an issue"}});
  CAPTURE(found.text);
  REQUIRE(found.status == 200);
  REQUIRE(found["items"].size() == 2);
  CHECK(found["items"][0].at("app") == "github");
  CHECK(found["items"][0].at("actions") == Json{"GITHUB_CREATE_AN_ISSUE"});
  CHECK(found["items"][0].at("description").is_string());
  CHECK(found["items"][0].at("order") == 0);
  CHECK(world.call("GET", "/v2/actions/search/advanced?useCase=send%20an%20email")["items"][0].at(
            "actions") == Json{"GMAIL_SEND_EMAIL"});
  require_flat_error(world.call("GET", "/v2/actions/search/advanced"), 400, "BadRequestError", "useCase");
  CHECK(names(world, "apps=gmail,slack&useCase=send%20an%20email&usecaseLimit=1") ==
        std::vector<std::string>{"GMAIL_SEND_EMAIL"});
}

TEST_CASE("an action is found by its name in any case") {
  LegacyWorld world;
  CHECK(world.call("GET", "/v2/actions/gmail_get_profile?version=latest")["name"] == "GMAIL_GET_PROFILE");
  require_flat_error(world.call("GET", "/v2/actions/NO_SUCH"), 404, "ActionNotFoundError", "NO_SUCH");
}

TEST_CASE("an action runs by the connected account alone, as the JavaScript SDK asks") {
  LegacyWorld world;
  const std::string account = world.oauth_account("alice");
  world.outside().http.answer(200, R"({"emailAddress":"alice@example.com"})",
                              {{"content-type", "application/json"}});
  const Answer answer = world.call("POST", "/v2/actions/GMAIL_GET_PROFILE/execute",
                                   {{"connectedAccountId", account},
                                    {"input", kNoInput},
                                    {"appName", "gmail"},
                                    {"text", ""},
                                    {"sessionInfo", Json::object()},
                                    {"allowTracing", false}});
  CAPTURE(answer.text);
  REQUIRE(answer.status == 200);
  CHECK(answer["successful"] == true);
  CHECK(answer["successfull"] == true);
  CHECK(answer["error"].is_null());
  CHECK(answer["data"].at("emailAddress") == "alice@example.com");
}

TEST_CASE("an action that the account's integration does not let run is refused") {
  LegacyWorld world;
  const std::string account = world.oauth_account("alice");
  const Json only_labels = {
      {"tool_access_config", {{"tools_available_for_execution", {"GMAIL_LIST_LABELS"}}}}};
  REQUIRE(world.patch("/auth_configs/" + world.auth_config("gmail"), only_labels).status == 200);
  const auto run = [&](const std::string& action, const Json& body) {
    return world.call("POST", "/v2/actions/" + action + "/execute", body);
  };
  const Json by_account = {{"connectedAccountId", account}, {"input", kNoInput}};
  const Json by_entity = {{"entityId", "alice"}, {"appName", "gmail"}, {"input", kNoInput}};
  for (const Json& body : {by_account, by_entity})
    require_flat_error(run("GMAIL_GET_PROFILE", body), 400, "BadRequestError", "GMAIL_GET_PROFILE");
  CHECK(world.outside().http.seen().empty());
  world.outside().http.answer(200, R"({"labels":[]})", {{"content-type", "application/json"}});
  CHECK(run("GMAIL_LIST_LABELS", by_account)["successful"] == true);
}

TEST_CASE("an action runs by entity and account, as the Python SDK asks") {
  LegacyWorld world;
  const std::string account = world.oauth_account("alice");
  world.outside().http.answer(500, "down", {});
  const Answer answer = world.call("POST", "/v2/actions/gmail_get_profile/execute",
                                   {{"connectedAccountId", account},
                                    {"entityId", "alice"},
                                    {"appName", "GMAIL"},
                                    {"input", kNoInput},
                                    {"text", nullptr},
                                    {"version", "latest:base"},
                                    {"authConfig", nullptr},
                                    {"sessionInfo", {{"sessionId", "s"}}},
                                    {"allowTracing", false}});
  CAPTURE(answer.text);
  REQUIRE(answer.status == 200);  // what the service answers is a result
  CHECK(answer["successful"] == false);
  CHECK(answer["error"].is_string());
  CHECK(answer["data"].is_object());
}

TEST_CASE("an action of an app without a login runs without account and entity, and for any entity") {
  LegacyWorld world({.managed = {}, .has_free_toolkit = true});
  CHECK(world.call("GET", "/v1/apps/free")["no_auth"] == true);
  for (const Json& who : {Json::object(), Json{{"entityId", "alice"}}}) {
    world.outside().http.answer(200, R"({"ok":true})", {{"content-type", "application/json"}});
    Json body = {{"input", kNoInput}, {"appName", "FREE"}};
    body.update(who);
    const Answer answer = world.call("POST", "/v2/actions/FREE_PING/execute", body);
    CAPTURE(answer.text);
    CHECK(answer["successful"] == true);
  }
}

TEST_CASE("an entity alone acts by its own account") {
  LegacyWorld world;
  world.oauth_account("alice");
  world.outside().http.answer(200, R"({"emailAddress":"alice@example.com"})",
                              {{"content-type", "application/json"}});
  const Json body = {{"entityId", "alice"}, {"input", kNoInput}};
  CHECK(world.call("POST", "/v2/actions/GMAIL_GET_PROFILE/execute", body)["successful"] == true);
}

TEST_CASE("an account of another entity is as absent as one that never was") {
  LegacyWorld world;
  const std::string account = world.oauth_account("alice");
  for (const std::string& id : {account, std::string("ca_AAAAAAAAAAAA")}) {
    const Json body = {{"connectedAccountId", id}, {"entityId", "bob"}, {"input", kNoInput}};
    require_flat_error(world.call("POST", "/v2/actions/GMAIL_GET_PROFILE/execute", body), 404,
                       "ConnectedAccountNotFoundError", "\"" + id + "\" does not exist");
  }
  require_flat_error(
      world.call("POST", "/v2/actions/GMAIL_GET_PROFILE/execute", {{"entityId", "bob"}, {"input", kNoInput}}),
      404, "ConnectedAccountNotFoundError", "bob");
}

TEST_CASE("what the vault does not hold or cannot read is refused") {
  LegacyWorld world;
  const std::string account = world.oauth_account("alice");
  world.outside().http.answer(200, "{}");  // for a request that must not come
  const auto run = [&](Json body) {
    body["connectedAccountId"] = account;
    return world.call("POST", "/v2/actions/GMAIL_GET_PROFILE/execute", body);
  };
  require_flat_error(run({{"authConfig", {{"base_url", "https://elsewhere.example"}}}}), 400,
                     "BadRequestError", "authConfig");
  require_flat_error(run({{"text", "read my mail"}}), 400, "BadRequestError", "text");
  require_flat_error(run({{"input", "text"}}), 400, "BadRequestError", "input");
  CHECK(world.outside().http.seen().empty());
}

TEST_CASE("an action runs by a credential that the program brings along") {
  LegacyWorld world;
  world.outside().http.answer(200, R"({"emailAddress":"alice@example.com"})",
                              {{"content-type", "application/json"}});
  const std::string header = std::string("Bearer ") + kSecretMark;
  const Json parameters = {{{"in", "header"}, {"name", "Authorization"}, {"value", header}}};
  const Answer answer = world.call(
      "POST", "/v2/actions/GMAIL_GET_PROFILE/execute",
      {{"entityId", "alice"},
       {"connectedAccountId", nullptr},
       {"input", kNoInput},
       {"authConfig", {{"base_url", nullptr}, {"body", Json::object()}, {"parameters", parameters}}}});
  CAPTURE(answer.text);
  REQUIRE(answer.status == 200);
  CHECK(answer["successful"] == true);
  CHECK(header_value(world.outside().http.seen().at(0).headers, "authorization") == header);
}

TEST_CASE("a raw call to an app's API is answered as an action is") {
  LegacyWorld world;
  const std::string account = world.oauth_account("alice");
  world.outside().http.answer(200, R"({"emailAddress":"alice@example.com"})",
                              {{"content-type", "application/json"}});
  const Json parameters = {{{"name", "fields"}, {"in", "query"}, {"value", "emailAddress"}},
                           {{"name", "X-Trace"}, {"in", "header"}, {"value", "7"}}};
  const Answer answer = raw_call(world, account, {{"parameters", parameters}});
  CAPTURE(answer.text);
  REQUIRE(answer.status == 200);
  CHECK(answer.body == Json({{"data", {{"emailAddress", "alice@example.com"}}},
                             {"error", nullptr},
                             {"successful", true},
                             {"successfull", true}}));
  const auto seen = world.outside().http.seen().at(0);
  CHECK(seen.url == std::string(kMockUrl) + "/mock/google/gmail/gmail/v1/x?fields=emailAddress");
  CHECK(header_value(seen.headers, "x-trace") == "7");
}

TEST_CASE("of a raw call data is an object, and a service's refusal is a result") {
  LegacyWorld world;
  const std::string account = world.oauth_account("alice");
  const auto answered = [&](int status, const char* body, const char* type) {
    world.outside().http.answer(status, body, {{"content-type", type}});
    return raw_call(world, account);
  };
  CHECK(answered(200, "[1,2]", "application/json")["data"] == Json({{"response_data", {1, 2}}}));
  CHECK(answered(200, "plain", "text/plain")["data"] == Json({{"response_data", "plain"}}));
  CHECK(answered(204, "", "text/plain")["data"] == Json::object());
  CHECK(answered(200, "\xFF\xFE", "image/png")["data"].at("binary_data").at("size") == 2);
  const Answer refused = answered(404, R"({"reason":"none"})", "application/json");
  CHECK(refused.status == 200);
  CHECK(refused["successful"] == false);
  CHECK(refused["error"] == "Gmail answered 404");
  CHECK(refused["data"].at("reason") == "none");
}

TEST_CASE("a raw call keeps to the app's own API and to the entity's account") {
  LegacyWorld world;
  const std::string account = world.oauth_account("alice");
  require_flat_error(raw_call(world, account, {{"endpoint", "https://evil.example/x"}}), 400,
                     "BadRequestError", "endpoint");
  require_flat_error(raw_call(world, account, {{"connectedAccountId", nullptr}}), 400, "BadRequestError",
                     "connectedAccountId");
  require_flat_error(raw_call(world, "ca_AAAAAAAAAAAA"), 404, "ConnectedAccountNotFoundError",
                     "ca_AAAAAAAAAAAA");
  require_flat_error(raw_call(world, account, {{"entityId", "bob"}}), 404, "ConnectedAccountNotFoundError",
                     account);
  CHECK(world.outside().http.seen().empty());
}

TEST_CASE("actions are listed under their older path, too, where programs read their enum") {
  LegacyWorld world;
  const Answer listed = world.call("GET", "/v2/actions/list/all?apps=gmail");
  CHECK(listed.body == world.call("GET", "/v2/actions?apps=gmail").body);
  REQUIRE_FALSE(listed["items"].empty());
  for (const Json& action : listed["items"]) CHECK(action.at("enum") == action.at("name"));
}

TEST_CASE("the tags of actions are a plain list, each once, of all apps or some") {
  LegacyWorld world;
  const auto tags = [&](const std::string& query) {
    return world.call("GET", "/v2/actions/list/tags" + query).body.get<std::vector<std::string>>();
  };
  const std::vector<std::string> all = tags("");
  CHECK(std::is_sorted(all.begin(), all.end()));
  CHECK(std::adjacent_find(all.begin(), all.end()) == all.end());
  CHECK(std::count(all.begin(), all.end(), "readOnlyHint") == 1);
  CHECK(std::count(all.begin(), all.end(), "destructiveHint") == 1);
  const std::vector<std::string> of_search = tags("?apps=TAVILY");
  CHECK(std::count(of_search.begin(), of_search.end(), "readOnlyHint") == 1);
  CHECK(std::count(of_search.begin(), of_search.end(), "destructiveHint") == 0);
}

TEST_CASE("the names of all actions are a plain list") {
  LegacyWorld world;
  const Answer listed = world.call("GET", "/v2/actions/list/enums");
  REQUIRE(listed.body.is_array());
  CHECK(listed.body.size() == world.call("GET", "/v2/actions")["items"].size());
}
