#include "tests/unit/api/api_world.h"
#include "vault/store/sql_query.h"

using namespace coffer;
using namespace coffer::api::testing;

namespace {

// What SDKs look for to tell this refusal from others.
constexpr const char* kOnlyShared = "acl_config_for_shared is only valid on SHARED";

Json shared_with(const Json& list) {
  return {{"account_type", "SHARED"}, {"acl_config_for_shared", list}};
}

std::string shared_account(ApiWorld& world, const std::string& creator, const Json& list,
                           const std::string& alias = {}) {
  const Json val = {{"status", "ACTIVE"}, {"access_token", std::string("shared-") + kSecretMark}};
  const Answer made =
      world.post("/connected_accounts", {{"auth_config", {{"id", world.auth_config("gmail")}}},
                                         {"connection",
                                          {{"user_id", creator},
                                           {"alias", alias},
                                           {"state", {{"authScheme", "OAUTH2"}, {"val", val}}},
                                           {"experimental", shared_with(list)}}}});
  CAPTURE(made.text);
  REQUIRE(made.status == 201);
  return made["id"];
}

Answer run(ApiWorld& world, const std::string& user, const Json& more = Json::object()) {
  Json body = {{"user_id", user}, {"arguments", Json::object()}};
  body.update(more);
  return world.post("/tools/execute/GMAIL_GET_PROFILE", body);
}

Answer change_list(ApiWorld& world, const std::string& id, const Json& list) {
  return world.patch("/connected_accounts/" + id, {{"experimental", {{"acl_config_for_shared", list}}}});
}

}  // namespace

TEST_CASE("a SHARED account is shown with its list, and listed only where it is asked for") {
  ApiWorld world;
  const std::string own = world.oauth_account("maker");
  const std::string id = shared_account(world, "maker", {{"allowed_user_ids", {"user_1"}}});
  CHECK(world.get("/connected_accounts/" + id)["experimental"] ==
        shared_with({{"allow_all_users", false},
                     {"allowed_user_ids", {"user_1"}},
                     {"not_allowed_user_ids", Json::array()}}));
  CHECK(world.get("/connected_accounts/" + own)["experimental"] == Json({{"account_type", "PRIVATE"}}));
  using Ids = std::vector<std::string>;
  CHECK(ids_of(world.get("/connected_accounts")) == Ids{own});
  CHECK(ids_of(world.get("/connected_accounts?account_type=PRIVATE")) == Ids{own});
  CHECK(ids_of(world.get("/connected_accounts?account_type=SHARED&user_ids=maker")) == Ids{id});
  CHECK(ids_of(world.get("/connected_accounts?account_type=ALL")) == Ids{id, own});
}

TEST_CASE("a link makes a SHARED account, and says with whom") {
  ApiWorld world;
  const std::string gmail = world.auth_config("gmail");
  const Json experimental = shared_with({{"allow_all_users", true}});
  const Answer link =
      world.post("/connected_accounts/link",
                 {{"auth_config_id", gmail}, {"user_id", "maker"}, {"experimental", experimental}});
  REQUIRE(link.status == 201);
  CHECK(link["experimental"].at("account_type") == "SHARED");
  CHECK(link["experimental"].at("acl_config_for_shared").at("allow_all_users") == true);
  const std::string session = world.session("maker");
  const Answer again = world.post("/tool_router/session/" + session + "/link",
                                  {{"toolkit", "gmail"}, {"experimental", experimental}});
  REQUIRE(again.status == 201);
  CHECK(again["experimental"] == link["experimental"]);
  CHECK(again["connected_account_id"] != link["connected_account_id"]);
}

TEST_CASE("a SHARED account is made in one commit: a crash leaves none or all of it") {
  ApiWorld world;
  const std::string gmail = world.auth_config("gmail");
  const std::string session = world.session("maker");
  const Json experimental = shared_with({{"allow_all_users", true}});
  const auto commits = [&] {
    const auto tx = world.engine().database().read();
    SqlQuery row(*tx, "SELECT commits FROM set_digest");
    row.step();
    return row.number();
  };
  const std::int64_t before = commits();
  SECTION("by a link") {
    world.post("/connected_accounts/link",
               {{"auth_config_id", gmail}, {"user_id", "maker"}, {"experimental", experimental}});
  }
  SECTION("by a session's link") {
    world.post("/tool_router/session/" + session + "/link",
               {{"toolkit", "gmail"}, {"experimental", experimental}});
  }
  SECTION("by import") {
    shared_account(world, "maker", {{"allow_all_users", true}});
  }
  CHECK(commits() - before == 1);
  CHECK(ids_of(world.get("/connected_accounts?account_type=SHARED")).size() == 1);
}

TEST_CASE("a list of users is refused on everything but a SHARED account, in the words SDKs know") {
  ApiWorld world;
  const Json bare = {{"acl_config_for_shared", {{"allow_all_users", true}}}};
  const std::string gmail = world.auth_config("gmail");
  require_error(world.post("/connected_accounts/link",
                           {{"auth_config_id", gmail}, {"user_id", "u"}, {"experimental", bare}}),
                400, kOnlyShared);
  const std::string session = world.session("u");
  require_error(
      world.post("/tool_router/session/" + session + "/link", {{"toolkit", "gmail"}, {"experimental", bare}}),
      400, kOnlyShared);
  const std::string own = world.oauth_account("u");
  require_error(change_list(world, own, {{"allow_all_users", true}}), 400, kOnlyShared);
  require_error(world.patch("/connected_accounts/" + own, {{"experimental", {{"account_type", "SHARED"}}}}),
                400, "account_type");
}

TEST_CASE("lists of users are bounded and hold user ids") {
  ApiWorld world;
  const std::string id = shared_account(world, "maker", Json::object());
  const auto refuse = [&](const Json& list, const char* fragment) {
    require_error(change_list(world, id, list), 400, fragment);
  };
  refuse({{"allowed_user_ids", Json(1001, "u")}}, "1000");
  refuse({{"allowed_user_ids", {""}}}, "allowed_user_ids");
  refuse({{"not_allowed_user_ids", {std::string(257, 'u')}}}, "not_allowed_user_ids");
  refuse({{"allow_all_users", "yes"}}, "allow_all_users");
  CHECK(change_list(world, id, {{"allowed_user_ids", Json(1000, "u")}}).status == 200);
}

TEST_CASE("a denial wins over all but the maker, and who is not let in stays out") {
  ApiWorld world;
  const std::string id = shared_account(world, "maker", Json::object());
  const auto status_for = [&](const char* user, const Json& list) {
    REQUIRE(change_list(world, id, list).status == 200);
    answer_profile(world);
    return run(world, user, {{"connected_account_id", id}}).status;
  };
  const Json nobody = {{"allow_all_users", false},
                       {"allowed_user_ids", Json::array()},
                       {"not_allowed_user_ids", Json::array()}};
  CHECK(status_for("maker", nobody) == 200);
  CHECK(status_for("user_1", nobody) == 403);
  CHECK(status_for("user_1", {{"allowed_user_ids", {"user_1"}}}) == 200);
  CHECK(status_for("user_2", Json::object()) == 403);  // what is not mentioned stays
  CHECK(status_for("user_2", {{"allow_all_users", true}}) == 200);
  CHECK(status_for("user_1", {{"not_allowed_user_ids", {"user_1", "maker"}}}) == 403);
  CHECK(status_for("maker", Json::object()) == 200);
}

TEST_CASE("a SHARED account is never taken unasked") {
  ApiWorld world;
  const std::string id = shared_account(world, "maker", {{"allow_all_users", true}});
  const Answer answer = run(world, "maker");
  require_error(answer, 400, "No connected account found");
  const std::string session = world.session("maker");
  require_error(world.post("/tool_router/session/" + session + "/execute",
                           {{"tool_slug", "GMAIL_GET_PROFILE"}, {"arguments", Json::object()}}),
                400, "No connected account found");
  require_error(
      world.post("/tool_router/session/" + session + "/execute",
                 {{"tool_slug", "GMAIL_GET_PROFILE"}, {"arguments", Json::object()}, {"account", id}}),
      404, id);
  CHECK(world.outside().http.seen().empty());
}

TEST_CASE("a session uses a SHARED account that it pins and that lets its user in") {
  ApiWorld world;
  const std::string id = shared_account(world, "maker", {{"allowed_user_ids", {"user_1"}}});
  const Json pins = {{"connected_accounts", {{"gmail", {id}}}}};
  const std::string session = world.session("user_1", pins);
  const auto call = [&] {
    return world.post("/tool_router/session/" + session + "/execute",
                      {{"tool_slug", "GMAIL_GET_PROFILE"}, {"arguments", Json::object()}});
  };
  answer_profile(world);
  const Answer answer = call();
  CAPTURE(answer.text);
  CHECK(answer["data"].at("emailAddress") == "alice@example.com");
  Json foreign = pins;
  foreign["user_id"] = "user_2";
  require_error(world.post("/tool_router/session", foreign), 400, id);
  REQUIRE(change_list(world, id, {{"not_allowed_user_ids", {"user_1"}}}).status == 200);
  require_error(call(), 422, id);
  const std::string path = "/tool_router/session/" + session;
  require_error(world.post(path + "/link", {{"toolkit", "gmail"}}), 422, id);
}

TEST_CASE("another's SHARED account that a session pins waits for its maker, not for the session's user") {
  ApiWorld world;
  const std::string id = shared_account(world, "maker", {{"allow_all_users", true}});
  const std::string session = world.session("user_1", {{"connected_accounts", {{"gmail", {id}}}}});
  const std::string path = "/tool_router/session/" + session;
  const Json again = {{"tool_slug", "COMPOSIO_MANAGE_CONNECTIONS"},
                      {"arguments", {{"toolkits", {"gmail"}}, {"reinitiate_all", true}}}};
  const auto told = [&] { return world.post(path + "/execute", again)["data"].at("results").at("gmail"); };
  CHECK(told().at("status") == "failed");
  CHECK(told().at("error_message").get<std::string>().find("not this user's") != std::string::npos);
  CHECK(told().at("has_active_connection") == true);
  set_status(world, id, ConnectionStatus::Expired);
  CHECK(told().at("has_active_connection") == false);
  require_error(world.post(path + "/execute", {{"tool_slug", "GMAIL_GET_PROFILE"}}), 422, "another user");
  require_error(world.post(path + "/link", {{"toolkit", "gmail"}}), 422, "another user");
}

TEST_CASE("a link of a session that pins another's SHARED account makes one of its own user's") {
  ApiWorld world;
  const std::string id = shared_account(world, "maker", {{"allow_all_users", true}});
  const std::string session = world.session("user_1", {{"connected_accounts", {{"gmail", {id}}}}});
  const Answer link = world.post("/tool_router/session/" + session + "/link", {{"toolkit", "gmail"}});
  REQUIRE(link.status == 201);
  const std::string made = link["connected_account_id"];
  CHECK(made != id);
  CHECK(world.get("/connected_accounts/" + made)["user_id"] == "user_1");
}

TEST_CASE("a session pins at most one SHARED account of a toolkit") {
  ApiWorld world;
  const std::string one = shared_account(world, "maker", {{"allow_all_users", true}});
  const std::string two = shared_account(world, "maker", {{"allow_all_users", true}});
  CHECK(one != two);
  require_error(world.post("/tool_router/session",
                           {{"user_id", "user_1"}, {"connected_accounts", {{"gmail", {one, two}}}}}),
                400, "more than one SHARED");
}

TEST_CASE("an alias is one for private and SHARED accounts, and a link never takes a SHARED one over") {
  ApiWorld world;
  const std::string id = shared_account(world, "maker", Json::object(), "team");
  require_error(
      world.post("/connected_accounts/link",
                 {{"auth_config_id", world.auth_config("gmail")}, {"user_id", "maker"}, {"alias", "team"}}),
      400, "team");
  const Answer link = world.post("/connected_accounts/link",
                                 {{"auth_config_id", world.auth_config("gmail")}, {"user_id", "maker"}});
  CHECK(link["connected_account_id"] != id);
  CHECK(world.remove("/connected_accounts/" + id).status == 200);
  require_page(world.get("/connected_accounts?account_type=SHARED"), 0);
}

TEST_CASE("a PATCH with an alias that is refused lets nobody in") {
  ApiWorld world;
  const std::string id = shared_account(world, "maker", Json::object());
  require_error(world.patch("/connected_accounts/" + id,
                            {{"experimental", {{"acl_config_for_shared", {{"allow_all_users", true}}}}},
                             {"alias", "ca_x"}}),
                400, "alias");
  CHECK(world.get("/connected_accounts/" + id)["experimental"]
            .at("acl_config_for_shared")
            .at("allow_all_users") == false);
}

TEST_CASE("a list of users with a member that is not known is refused") {
  ApiWorld world;
  const std::string id = shared_account(world, "maker", Json::object());
  require_error(change_list(world, id, {{"allow_all_user", true}}), 400, "allow_all_user");
}
