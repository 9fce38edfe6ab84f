#include "tests/unit/api/api_world.h"
#include "vault/store/auth_config_store.h"
#include "vault/store/connection_store.h"

using namespace coffer;
using namespace coffer::api::testing;

namespace {

Json custom_oauth(const std::string& toolkit) {
  return {{"toolkit", {{"slug", toolkit}}},
          {"auth_config",
           {{"type", "use_custom_auth"},
            {"name", "Own app"},
            {"authScheme", "OAUTH2"},
            {"credentials",
             {{"client_id", "own-client"},
              {"client_secret", std::string("own-") + kSecretMark},
              {"scopes", "mail.read,mail.send"}}}}}};
}

ClientCredentials stored_client(ApiWorld& world, const std::string& id) {
  return auth_config_store::open_client(*world.engine().database().read(), AuthConfigId(id));
}

}  // namespace

TEST_CASE("creating a managed auth config twice gives the same one") {
  ApiWorld world;
  const Answer first = world.post("/auth_configs", {{"toolkit", {{"slug", "gmail"}}}});
  REQUIRE(first.status == 201);
  require_fields(first.body, {"toolkit.slug", "auth_config.id", "auth_config.auth_scheme"});
  CHECK(first["auth_config"].at("is_composio_managed") == true);
  const Answer second = world.post(
      "/auth_configs",
      {{"toolkit", {{"slug", "gmail"}}}, {"auth_config", {{"type", "use_composio_managed_auth"}}}});
  CHECK(second["auth_config"].at("id") == first["auth_config"].at("id"));
  require_page(world.get("/auth_configs?toolkit_slug=gmail"), 1);
}

TEST_CASE("name and scopes asked for are given to the managed auth config") {
  ApiWorld world;
  const std::string id = world.auth_config("gmail");
  const Answer again = world.post("/auth_configs", {{"toolkit", {{"slug", "gmail"}}},
                                                    {"auth_config",
                                                     {{"type", "use_composio_managed_auth"},
                                                      {"name", "Gmail Auth Config 2"},
                                                      {"credentials", {{"scopes", {"mail.read"}}}}}}});
  REQUIRE(again.status == 201);
  const Answer config = world.get("/auth_configs/" + id);
  CHECK(config["name"] == "Gmail Auth Config 2");
  CHECK(config["credentials"].at("scopes") == Json::array({"mail.read"}));
}

TEST_CASE("a toolkit without managed auth says how to configure a client") {
  ApiWorld world({.managed = {}});
  const Answer answer = world.post("/auth_configs", {{"toolkit", {{"slug", "gmail"}}}});
  require_error(answer, 400, "no managed auth");
  CHECK(answer["error"].at("suggested_fix").get<std::string>().find("client") != std::string::npos);
}

TEST_CASE("a custom auth config keeps its client and shows only the public half") {
  ApiWorld world;
  const Answer created = world.post("/auth_configs", custom_oauth("gmail"));
  REQUIRE(created.status == 201);
  CHECK(created["auth_config"].at("is_composio_managed") == false);
  const std::string id = created["auth_config"].at("id");
  const Answer config = world.get("/auth_configs/" + id);
  require_fields(config.body, {"id", "uuid", "name", "type", "status", "auth_scheme", "no_of_connections",
                               "toolkit.slug", "toolkit.logo", "tool_access_config", "created_at"});
  CHECK(config["type"] == "custom");
  CHECK(config["status"] == "ENABLED");
  CHECK(config["credentials"].at("client_id") == "own-client");
  CHECK(config["credentials"].at("client_secret") == "REDACTED");
  CHECK(config["credentials"].at("scopes") == Json::array({"mail.read", "mail.send"}));
  const ClientCredentials stored = stored_client(world, id);
  CHECK(stored.client_id == "own-client");
  CHECK(stored.client_secret.expose() == std::string("own-") + kSecretMark);
}

TEST_CASE("optional parts of an auth config are absent, not null") {
  ApiWorld world;
  const Answer config = world.get("/auth_configs/" + world.auth_config("tavily"));
  for (const auto& [key, value] : config.body.items()) {
    CAPTURE(key);
    CHECK_FALSE(value.is_null());
  }
  CHECK(config["expected_input_fields"][0].at("name").is_string());
}

TEST_CASE("an auth config that cannot be is refused by the name of what is wrong") {
  ApiWorld world;
  const auto [body, fragment] = GENERATE(table<std::string, std::string>({
      {"{}", "toolkit"},
      {R"({"toolkit":{}})", "toolkit.slug"},
      {R"({"toolkit":{"slug":"nothing"}})", "nothing"},
      {R"({"toolkit":{"slug":"gmail"},"auth_config":{"type":"other"}})", "auth_config.type"},
      {R"({"toolkit":{"slug":"gmail"},"auth_config":{"type":"use_custom_auth"}})", "authScheme"},
      {R"({"toolkit":{"slug":"gmail"},"auth_config":{"type":"use_custom_auth","authScheme":"API_KEY"}})",
       "Gmail"},
      {R"({"toolkit":{"slug":"gmail"},"auth_config":{"type":"use_custom_auth","authScheme":"NONSENSE"}})",
       "Gmail"},
      {R"({"toolkit":{"slug":"gmail"},"auth_config":{"type":"use_custom_auth","authScheme":"OAUTH2"}})",
       "client_id"},
      {R"({"toolkit":{"slug":"gmail"},"auth_config":{"type":"use_custom_auth","authScheme":"OAUTH2",)"
       R"("credentials":{"client_id":"c","client_secret":5}}})",
       "client_secret"},
  }));
  CAPTURE(body);
  const HttpHeaders headers = {{"x-api-key", kApiKey}, {"content-type", "application/json"}};
  require_error(world.send_raw("POST", "/api/v3/auth_configs", headers, body), 400, fragment);
  require_page(world.get("/auth_configs?show_disabled=true"), 0);
}

TEST_CASE("restrictions that nothing would enforce are refused") {
  ApiWorld world;
  const auto key_value =
      GENERATE(R"("is_enabled_for_tool_router":false)", R"("proxy_config":{"proxy_url":"x"})");
  const std::string body = std::string(R"({"toolkit":{"slug":"gmail"},"auth_config":{)") + key_value + "}}";
  const HttpHeaders headers = {{"x-api-key", kApiKey}, {"content-type", "application/json"}};
  require_error(world.send_raw("POST", "/api/v3/auth_configs", headers, body), 501, "not offered");
}

TEST_CASE("a redirect URI of the application's own is refused: providers answer to the vault") {
  ApiWorld world;
  const Json credentials = {{"client_id", "id"},
                            {"client_secret", kSecretMark},
                            {"oauth_redirect_uri", "https://app.example.com/redirect"}};
  require_error(
      world.post("/auth_configs",
                 {{"toolkit", {{"slug", "gmail"}}},
                  {"auth_config",
                   {{"type", "use_custom_auth"}, {"authScheme", "OAUTH2"}, {"credentials", credentials}}}}),
      400, "oauth_redirect_uri");
  const std::string own = world.custom_config("gmail", "OAUTH2");
  require_error(world.patch("/auth_configs/" + own, {{"type", "custom"}, {"credentials", credentials}}), 400,
                "oauth_redirect_uri");
}

TEST_CASE("the tools that an auth config lets run are kept by their slugs") {
  ApiWorld world;
  const Json access = {{"tools_available_for_execution", {"gmail_get_profile", "GMAIL_LIST_LABELS"}},
                       {"tools_for_connected_account_creation", {"GMAIL_GET_PROFILE"}}};
  const Json slugs = {"GMAIL_GET_PROFILE", "GMAIL_LIST_LABELS"};
  const Answer made = world.post(
      "/auth_configs", {{"toolkit", {{"slug", "gmail"}}}, {"auth_config", {{"tool_access_config", access}}}});
  REQUIRE(made.status == 201);
  CHECK(made["auth_config"].at("restrict_to_following_tools") == slugs);
  const std::string path = "/auth_configs/" + made["auth_config"].at("id").get<std::string>();
  Json config = world.get(path).body;
  CHECK(config["tool_access_config"]["tools_available_for_execution"] == slugs);
  CHECK(config["tool_access_config"]["tools_for_connected_account_creation"] == Json{"GMAIL_GET_PROFILE"});
  CHECK(config["restrict_to_following_tools"] == slugs);

  // SDKs send {} with every update: that changes nothing.
  CHECK(world.patch(path, {{"tool_access_config", Json::object()}, {"name", "n"}}).status == 200);
  CHECK(world.get(path)["restrict_to_following_tools"] == slugs);
  for (const char* tool : {"GMAIL_NOPE", "SLACK_SEND_MESSAGE"}) {
    require_error(world.patch(path, {{"tool_access_config", {{"tools_available_for_execution", {tool}}}}}),
                  400, tool);
  }
  CHECK(world.patch(path, {{"tool_access_config", {{"tools_available_for_execution", Json::array()}}}})
            .status == 200);
  config = world.get(path).body;
  CHECK_FALSE(config.contains("restrict_to_following_tools"));
  CHECK_FALSE(config["tool_access_config"].contains("tools_available_for_execution"));
}

TEST_CASE("a tool that the account's auth config does not let run is refused everywhere") {
  ApiWorld world;
  const std::string account = world.oauth_account("user_1");
  const Json only_labels = {
      {"tool_access_config", {{"tools_available_for_execution", {"GMAIL_LIST_LABELS"}}}}};
  REQUIRE(world.patch("/auth_configs/" + world.auth_config("gmail"), only_labels).status == 200);
  const auto labels = [&] { world.outside().http.answer(200, R"({"labels":[]})"); };

  const Json by_user = {{"user_id", "user_1"}, {"arguments", Json::object()}};
  require_error(world.post("/tools/execute/GMAIL_GET_PROFILE", by_user), 403, "GMAIL_GET_PROFILE");
  labels();
  CHECK(world.post("/tools/execute/GMAIL_LIST_LABELS", by_user)["successful"] == true);

  const std::string session = "/tool_router/session/" + world.session("user_1");
  const auto in_session = [&](const char* tool) {
    return world.post(session + "/execute", {{"tool_slug", tool}, {"arguments", Json::object()}});
  };
  require_error(in_session("GMAIL_GET_PROFILE"), 403, "GMAIL_GET_PROFILE");
  labels();
  CHECK(in_session("GMAIL_LIST_LABELS").status == 200);
  const Answer several = world.post(
      session + "/execute",
      {{"tool_slug", "COMPOSIO_MULTI_EXECUTE_TOOL"},
       {"arguments", {{"tools", {{{"tool_slug", "GMAIL_GET_PROFILE"}, {"arguments", Json::object()}}}}}}});
  CHECK(several["data"].at("error_count") == 1);

  // A raw call could do anything.
  require_error(world.post("/tools/execute/proxy", {{"connected_account_id", account},
                                                    {"endpoint", "/gmail/v1/users/me/profile"},
                                                    {"method", "GET"},
                                                    {"parameters", Json::array()}}),
                403, "proxy");
  CHECK(world.outside().http.seen().size() == 2);
}

TEST_CASE("shared credentials stand for what an account does not give, and are shown to nobody") {
  ApiWorld world;
  const std::string shared = std::string("shared-") + kSecretMark;
  const std::string own = std::string("own-") + kSecretMark;
  const Answer made = world.post(
      "/auth_configs", {{"toolkit", {{"slug", "mock"}}},
                        {"auth_config",
                         {{"type", "use_custom_auth"},
                          {"authScheme", "SERVICE_ACCOUNT"},
                          {"shared_credentials", {{"application_id", "app_1"}, {"private_key", shared}}}}}});
  REQUIRE(made.status == 201);
  const std::string id = made["auth_config"].at("id");
  const auto connect = [&](Json val) {
    const Answer account =
        world.post("/connected_accounts",
                   {{"auth_config", {{"id", id}}},
                    {"connection",
                     {{"user_id", "user_1"}, {"state", {{"authScheme", "SERVICE_ACCOUNT"}, {"val", val}}}}}});
    CAPTURE(account.text);
    REQUIRE(account.status == 201);
    auto opened = connection_store::open(*world.engine().database().read(), ConnectionId(account["id"]));
    return std::get<FieldsCredential>(std::move(opened->credential));
  };
  const FieldsCredential by_default = connect({{"installation_id", "i_1"}});
  CHECK(by_default.names.at("application_id") == "app_1");
  CHECK(by_default.secrets.at("private_key").expose() == shared);
  CHECK(connect({{"installation_id", "i_1"}, {"private_key", own}}).secrets.at("private_key").expose() ==
        own);

  const std::string path = "/auth_configs/" + id;
  CHECK(world.get(path)["shared_credentials"] ==
        Json({{"application_id", "REDACTED"}, {"private_key", "REDACTED"}}));
  CHECK(world.patch(path, {{"shared_credentials", {{"private_key", nullptr}}}}).status == 200);
  CHECK(world.get(path)["shared_credentials"] == Json({{"application_id", "REDACTED"}}));
  require_error(world.patch(path, {{"shared_credentials", {{"password", own}}}}), 400, "password");
}

TEST_CASE("auth configs are listed by toolkit, kind and words") {
  ApiWorld world;
  const std::string managed = world.auth_config("gmail");
  const std::string custom = world.custom_config("gmail", "OAUTH2");
  const std::string other = world.auth_config("tavily");
  const auto ids = [&](const std::string& query) {
    auto found = ids_of(world.get("/auth_configs?" + query));
    std::sort(found.begin(), found.end());
    return found;
  };
  const auto sorted = [](std::vector<std::string> list) {
    std::sort(list.begin(), list.end());
    return list;
  };
  CHECK(ids("") == sorted({managed, custom, other}));
  CHECK(ids("toolkit_slug=gmail") == sorted({managed, custom}));
  CHECK(ids("toolkit_slug=GMAIL,tavily") == sorted({managed, custom, other}));
  CHECK(ids("toolkit_slug=gmail&is_composio_managed=true") == sorted({managed}));
  CHECK(ids("is_composio_managed=false") == sorted({custom}));
  CHECK(ids("search=tavily") == sorted({other}));
  CHECK(world.get("/auth_configs?limit=1")["total_pages"] == 3);
}

TEST_CASE("a disabled auth config is hidden from lists and comes back") {
  ApiWorld world;
  const std::string id = world.auth_config("gmail");
  CHECK(world.send("PATCH", "/auth_configs/" + id + "/DISABLED").status == 200);
  CHECK(world.get("/auth_configs/" + id)["status"] == "DISABLED");
  require_page(world.get("/auth_configs?toolkit_slug=gmail"), 0);
  require_page(world.get("/auth_configs?toolkit_slug=gmail&show_disabled=true"), 1);
  const Answer link = world.post("/connected_accounts/link", {{"auth_config_id", id}, {"user_id", "user_1"}});
  require_error(link, 422, "disabled");
  CHECK(world.send("PATCH", "/auth_configs/" + id + "/ENABLED").status == 200);
  require_page(world.get("/auth_configs?toolkit_slug=gmail"), 1);
  require_error(world.send("PATCH", "/auth_configs/" + id + "/SLEEPING"), 400, "SLEEPING");
}

TEST_CASE("updating changes what is named and nothing else") {
  ApiWorld world;
  const std::string id = world.custom_config("gmail", "OAUTH2");
  const Answer answer = world.patch(
      "/auth_configs/" + id,
      {{"type", "custom"}, {"credentials", {{"scopes", "a b"}}}, {"tool_access_config", Json::object()}});
  REQUIRE(answer.status == 200);
  const Answer config = world.get("/auth_configs/" + id);
  CHECK(config["credentials"].at("scopes") == Json::array({"a", "b"}));
  CHECK(config["credentials"].at("client_id") == "own-client");
  CHECK(stored_client(world, id).client_secret.expose() == std::string("own-") + kSecretMark);

  const std::string rotated = std::string("rotated-") + kSecretMark;
  CHECK(world.patch("/auth_configs/" + id, {{"credentials", {{"client_secret", rotated}}}}).status == 200);
  CHECK(stored_client(world, id).client_id == "own-client");
  CHECK(stored_client(world, id).client_secret.expose() == rotated);
}

TEST_CASE("the managed client cannot be replaced over the wire") {
  ApiWorld world;
  const std::string id = world.auth_config("gmail");
  require_error(world.patch("/auth_configs/" + id, {{"credentials", {{"client_id", "mine"}}}}), 400,
                "no client of its own");
  CHECK(stored_client(world, id).client_id == "gmail-client");
}

TEST_CASE("a deleted auth config is absent, and its accounts are switched off") {
  ApiWorld world;
  const std::string account = world.oauth_account("user_1");
  const std::string id = world.auth_config("gmail");
  CHECK(world.get("/auth_configs/" + id)["no_of_connections"] == 1);
  REQUIRE(world.remove("/auth_configs/" + id).status == 200);
  require_error(world.get("/auth_configs/" + id), 404, id);
  require_error(world.remove("/auth_configs/" + id), 404, id);
  const Answer orphan = world.get("/connected_accounts/" + account);
  CHECK(orphan["status"] == "INACTIVE");
  CHECK(orphan["status_reason"] == "auth config deleted");
  CHECK(orphan["auth_config"].at("is_disabled") == true);
  require_error(world.patch("/connected_accounts/" + account + "/status", {{"enabled", true}}), 422,
                "deleted");
  CHECK(world.auth_config("gmail") != id);
}

TEST_CASE("unknown auth configs are absent for every verb") {
  ApiWorld world;
  require_error(world.get("/auth_configs/ac_unknown"), 404, "ac_unknown");
  require_error(world.patch("/auth_configs/ac_unknown", Json::object()), 404, "ac_unknown");
  require_error(world.send("PATCH", "/auth_configs/ac_unknown/ENABLED"), 404, "ac_unknown");
  require_error(world.remove("/auth_configs/ac_unknown"), 404, "ac_unknown");
}

TEST_CASE("a client secret that is written back as it was shown is refused, and the stored one stays") {
  ApiWorld world;
  const std::string path = "/auth_configs/" + world.custom_config("gmail", "OAUTH2");
  const Json shown = world.get(path)["credentials"];
  REQUIRE(shown.at("client_secret") == "REDACTED");
  require_error(world.patch(path, {{"type", "custom"}, {"credentials", shown}}), 400, "client_secret");
  CHECK(world.patch(path, {{"type", "custom"}, {"credentials", {{"client_id", "other"}}}}).status == 200);
}

TEST_CASE(
    "user_scopes are the scopes where the provider asks for the user's apart, and stand beside no bot's") {
  ApiWorld world;
  const auto make = [&](const std::string& toolkit, const Json& more) {
    Json body = custom_oauth(toolkit);
    body["auth_config"]["credentials"].erase("scopes");
    body["auth_config"]["credentials"].update(more);
    return world.post("/auth_configs", body);
  };
  const Json wanted = {"search:read", "chat:write"};
  const Answer made = make("slack", {{"user_scopes", wanted}});
  CAPTURE(made.text);
  REQUIRE(made.status == 201);
  const std::string path = "/auth_configs/" + made["auth_config"].at("id").get<std::string>();
  CHECK(world.get(path)["credentials"].at("scopes") == wanted);
  CHECK(world.patch(path, {{"type", "custom"}, {"user_scopes", "users:read"}}).status == 200);
  CHECK(world.get(path)["credentials"].at("scopes") == Json::array({"users:read"}));
  require_error(make("slack", {{"user_scopes", wanted}, {"scopes", {"chat:write"}}}), 400,
                "credentials.scopes");
  require_error(make("gmail", {{"user_scopes", wanted}}), 400, "credentials.user_scopes");
}

TEST_CASE("what an auth config would not honour is refused by its name") {
  ApiWorld world;
  const std::string own = world.custom_config("gmail", "OAUTH2");
  const std::string key = world.custom_config("mock", "API_KEY");
  const auto refused = [&](const std::string& id, const Json& body, const std::string& fragment) {
    const Json before = world.get("/auth_configs/" + id).body;
    require_error(world.patch("/auth_configs/" + id, body), 400, fragment);
    CHECK(world.get("/auth_configs/" + id).body == before);
  };
  refused(own, {{"user_scopes", {"a"}}}, "user_scopes");
  refused(own, {{"credentials", {{"user_scopes", {"a"}}}}}, "user_scopes");
  refused(own, {{"credentials", {{"token_url", "https://other.example.com/token"}}}}, "token_url");
  refused(own, {{"credentials", {{"authorization_url", "https://other.example.com/"}}}}, "authorization_url");
  refused(own, {{"type", "bogus"}}, "type");
  refused(own, {{"name", ""}}, "name");
  refused(own, {{"tool_access_config", {{"tools_for_connected_account_creation", {"GMAIL_NOPE"}}}}},
          "tools_for_connected_account_creation");
  refused(key, {{"credentials", {{"generic_api_key", kSecretMark}}}}, "generic_api_key");

  Json managed = custom_oauth("gmail");
  managed["auth_config"]["type"] = "use_composio_managed_auth";
  require_error(world.post("/auth_configs", managed), 400, "client_id");
  Json own_endpoint = custom_oauth("gmail");
  const Provider* google = world.engine().catalog().find_provider("google");
  REQUIRE(google != nullptr);
  own_endpoint["auth_config"]["credentials"]["token_url"] = google->token_url;
  CHECK(world.post("/auth_configs", own_endpoint).status == 201);
}
