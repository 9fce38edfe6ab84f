#include "tests/unit/api/session_calls.h"

using namespace coffer;
using namespace coffer::api::testing;

TEST_CASE("the meta tool tells what is connected and makes links for the rest") {
  ApiWorld world;
  const std::string account = world.oauth_account("user_1", "work");
  const std::string id = world.session("user_1");
  const Json data = manage(world, id, {{"toolkits", {"gmail", "tavily", "nothing"}}});
  require_fields(data, {"message", "summary", "session.id", "results"});
  const Json& gmail = data.at("results").at("gmail");
  CHECK(gmail.at("status") == "active");
  CHECK(gmail.at("connected_account_id") == account);
  CHECK_FALSE(gmail.contains("redirect_url"));
  CHECK(gmail.at("accounts")[0] == Json({{"id", account},
                                         {"alias", "work"},
                                         {"status", "ACTIVE"},
                                         {"is_default", true},
                                         {"created_at", to_rfc3339(world.outside().clock.now())}}));
  const Json& tavily = data.at("results").at("tavily");
  CHECK(tavily.at("status") == "initiated");
  CHECK(tavily.at("redirect_url").get<std::string>().starts_with(std::string(kPublicUrl) + "/link/lk_"));
  const Json& nothing = data.at("results").at("nothing");
  CHECK(nothing.at("status") == "failed");
  CHECK(nothing.at("error_message").get<std::string>().find("nothing") != std::string::npos);
  CHECK(data.at("summary") == Json({{"total_toolkits", 3},
                                    {"active_connections", 1},
                                    {"initiated_connections", 1},
                                    {"failed_connections", 1}}));
}

TEST_CASE("reinitiating makes a link for the account that is connected, which stays at work") {
  ApiWorld world;
  const std::string account = world.oauth_account("user_1");
  const Json data =
      manage(world, world.session("user_1"), {{"toolkits", {"gmail"}}, {"reinitiate_all", true}});
  const Json& gmail = data.at("results").at("gmail");
  CHECK(gmail.at("status") == "initiated");
  CHECK(gmail.at("connected_account_id") == account);
  CHECK(gmail.at("has_active_connection") == true);
  CHECK(world.get("/connected_accounts/" + account)["status"] == "ACTIVE");
}

TEST_CASE("calling the meta tool again links the account that waits, once for a toolkit in any case") {
  ApiWorld world;
  const std::string id = world.session("user_1");
  const Json first = manage(world, id, {{"toolkits", {"gmail", "GMAIL"}}});
  CHECK(first.at("results").size() == 1);
  CHECK(first.at("summary").at("total_toolkits") == 1);
  const Json second = manage(world, id, {{"toolkits", {"gmail"}}}).at("results").at("gmail");
  const Json& waiting = first.at("results").at("gmail").at("connected_account_id");
  CHECK(second.at("connected_account_id") == waiting);
  CHECK(world.get("/connected_accounts?user_ids=user_1")["items"].size() == 1);
  world.patch("/connected_accounts/" + waiting.get<std::string>(), {{"alias", "work"}});
  const Json third = manage(world, id, {{"toolkits", {"gmail"}}}).at("results").at("gmail");
  CHECK(third.at("connected_account_id") != waiting);
}

TEST_CASE("attempts to connect that came to nothing are not listed by the meta tool") {
  ApiWorld world;
  const std::string id = world.session("user_1");
  const std::string spent =
      manage(world, id, {{"toolkits", {"gmail"}}}).at("results").at("gmail").at("connected_account_id");
  set_status(world, spent, ConnectionStatus::Expired);
  CHECK(manage(world, id, {{"toolkits", {"gmail"}}}).at("results").at("gmail").at("connected_account_id") !=
        spent);
  const Json again = manage(world, id, {{"toolkits", {"gmail"}}}).at("results").at("gmail");
  CHECK(again.at("accounts").size() == 1);
}

TEST_CASE("a session of several accounts makes links up to its number of them") {
  ApiWorld world;
  world.oauth_account("user_1", "work");
  const auto session = [&](const Json& several) {
    return world.session("user_1", {{"multi_account", several}});
  };
  const auto link = [&](const std::string& id) {
    return world.post(path_of(id, "/link"), {{"toolkit", "gmail"}, {"alias", "next"}});
  };
  const std::string two = session({{"enable", true}, {"max_accounts_per_toolkit", 2}});
  CHECK(link(two).status == 201);
  second_account(world, "user_1", "home");
  require_error(link(two), 400, "gmail");
  CHECK(link(session({{"enable", true}})).status == 201);
  CHECK(manage(world, two, {{"toolkits", {"gmail"}}, {"reinitiate_all", true}})
            .at("results")
            .at("gmail")
            .at("status") == "initiated");
}

TEST_CASE(
    "accounts on the way count among those that a session may have: one that waits gets the next link") {
  ApiWorld world;
  world.oauth_account("user_1", "work");
  const std::string id =
      world.session("user_1", {{"multi_account", {{"enable", true}, {"max_accounts_per_toolkit", 3}}}});
  const auto link = [&](const std::string& alias) {
    return world.post(path_of(id, "/link"), {{"toolkit", "gmail"}, {"alias", alias}});
  };
  std::set<std::string> waiting;
  for (int i = 0; i < 4; ++i) waiting.insert(link("")["connected_account_id"].get<std::string>());
  CHECK(waiting.size() == 2);
  CHECK(waiting.contains(link("home")["connected_account_id"].get<std::string>()));
  CHECK(waiting.contains(link("school")["connected_account_id"].get<std::string>()));
  require_error(link("club"), 400, "2 on the way");  // the others go by names of their own now
  CHECK(world.get("/connected_accounts?user_ids=user_1")["total_items"] == 3);
}

TEST_CASE("a session of several accounts has five of a toolkit where it does not say how many") {
  ApiWorld world;
  const std::string id = world.session("user_1", {{"multi_account", {{"enable", true}}}});
  std::set<std::string> made;
  for (int i = 0; i < 7; ++i) {
    const Answer link = world.post(path_of(id, "/link"), {{"toolkit", "gmail"}});
    made.insert(link["connected_account_id"].get<std::string>());
  }
  CHECK(made.size() == 5);
}

TEST_CASE("a session pins no more accounts of a toolkit than it may have") {
  ApiWorld world;
  const Json pins = {{"gmail", {world.oauth_account("user_1"), second_account(world, "user_1", "home")}}};
  const auto make = [&](const Json& several) {
    return world.post("/tool_router/session",
                      {{"user_id", "user_1"}, {"connected_accounts", pins}, {"multi_account", several}});
  };
  require_error(make(nullptr), 400, "gmail");
  require_error(make({{"enable", false}, {"max_accounts_per_toolkit", 3}}), 400, "gmail");
  const Answer made = make({{"enable", true}});
  REQUIRE(made.status == 201);
  require_error(world.patch(path_of(made["session_id"], ""), {{"multi_account", nullptr}}), 400, "gmail");
}

TEST_CASE("the meta tool keeps to the session's toolkits") {
  ApiWorld world;
  const std::string id = world.session("user_1", {{"toolkits", {{"enable", {"gmail"}}}}});
  CHECK(manage(world, id, {{"toolkits", {"tavily"}}}).at("results").at("tavily").at("status") == "failed");
}

TEST_CASE("a call of the meta tool that cannot be is refused") {
  ApiWorld world;
  const std::string id = world.session("user_1");
  const std::string meta = "COMPOSIO_MANAGE_CONNECTIONS";
  require_error(execute(world, id, meta), 400, "toolkits");
  require_error(execute(world, id, meta, {{"arguments", {{"toolkits", 5}}}}), 400, "toolkits");
  require_error(execute(world, id, meta, {{"arguments", {{"toolkits", Json(21, "gmail")}}}}), 400,
                "toolkits");
  const std::string without = world.session("user_1", {{"manage_connections", {{"enable", false}}}});
  require_error(execute(world, without, meta, {{"arguments", {{"toolkits", {"gmail"}}}}}), 403, meta);
}

TEST_CASE("an account whose auth config is disabled is not called connected, and another one is used") {
  ApiWorld world;
  const std::string session = world.session("user_1");
  const std::string first = world.api_key_account("user_1", "first");
  const std::string config = world.custom_config("tavily", "API_KEY");
  world.outside().clock.advance(std::chrono::seconds(1));
  const Json state = {{"authScheme", "API_KEY"},
                      {"val", {{"status", "ACTIVE"}, {"generic_api_key", "tvly-2"}}}};
  const std::string second = world.post(
      "/connected_accounts",
      {{"auth_config", {{"id", config}}}, {"connection", {{"user_id", "user_1"}, {"state", state}}}})["id"];
  const auto told = [&] {
    return manage(world, session, {{"toolkits", {"tavily"}}}).at("results").at("tavily");
  };
  CHECK(told().at("connected_account_id") == second);

  REQUIRE(world.patch("/auth_configs/" + config + "/DISABLED", Json::object()).status == 200);
  CHECK(told().at("connected_account_id") == first);
  CHECK(
      world.engine()
          .executor()
          .select_connection(*world.engine().catalog().find_toolkit("tavily"), UserId("user_1"), std::nullopt)
          .id == ConnectionId(first));

  const std::string other = world.get("/connected_accounts/" + first)["auth_config"].at("id");
  REQUIRE(world.patch("/auth_configs/" + other + "/DISABLED", Json::object()).status == 200);
  CHECK(told().at("status") == "failed");
  CHECK(told().at("error_message").get<std::string>().find("disabled") != std::string::npos);
  CHECK(told().at("has_active_connection") == false);
}
