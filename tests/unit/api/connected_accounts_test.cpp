#include "tests/unit/api/api_world.h"
#include "vault/store/audit_log.h"
#include "vault/store/connection_store.h"

using namespace coffer;
using namespace coffer::api::testing;

namespace {

void require_account(const Json& account) {
  require_fields(account, {"id", "user_id", "status", "toolkit.slug", "auth_config.id",
                           "auth_config.auth_scheme", "created_at", "updated_at", "state.authScheme",
                           "state.val.status", "data", "experimental.account_type"});
  require_nulls(account, {"word_id"});
  CHECK(account.contains("alias"));
  CHECK(account.contains("status_reason"));
  CHECK(account.at("is_disabled").is_boolean());
  CHECK(account.at("auth_config").at("is_composio_managed").is_boolean());
  CHECK(account.at("auth_config").at("is_disabled").is_boolean());
}

Connection stored(ApiWorld& world, const std::string& id) {
  return *connection_store::find(*world.engine().database().read(), ConnectionId(id));
}

}  // namespace

TEST_CASE("an account shows all that SDKs need and no credential") {
  ApiWorld world;
  const Answer answer = world.get("/connected_accounts/" + world.oauth_account("user_1", "work"));
  require_account(answer.body);
  CHECK(answer["status"] == "ACTIVE");
  CHECK(answer["alias"] == "work");
  CHECK(answer["status_reason"].is_null());
  CHECK(answer["toolkit"].at("slug") == "gmail");
  CHECK(answer["auth_config"].at("is_composio_managed") == true);
  CHECK(answer["state"].at("val").at("access_token") == "REDACTED");
  CHECK(answer["state"].at("val").at("scope") == "mail.read mail.send");
  CHECK(answer["params"].is_object());
}

TEST_CASE("the masked state has the keys that its scheme and status require") {
  ApiWorld world;
  const auto account_with = [&](const std::string& toolkit, const std::string& scheme, const Json& values) {
    Json val = values;
    val["status"] = "ACTIVE";
    const Answer made = world.post(
        "/connected_accounts",
        {{"auth_config", {{"id", world.custom_config(toolkit, scheme)}}},
         {"connection", {{"user_id", "user_1"}, {"state", {{"authScheme", scheme}, {"val", val}}}}}});
    CAPTURE(made.text);
    REQUIRE(made.status == 201);
    return world.get("/connected_accounts/" + made["id"].get<std::string>())["state"];
  };
  const std::string secret = std::string("x-") + kSecretMark;
  const Json api_key = account_with("mock", "API_KEY", {{"generic_api_key", secret}});
  CHECK(api_key.at("authScheme") == "API_KEY");
  CHECK(api_key.at("val").at("generic_api_key").is_string());
  CHECK(account_with("mock", "BEARER_TOKEN", {{"token", secret}}).at("val").at("token").is_string());
  const Json basic = account_with("mock", "BASIC", {{"username", "a@example.com"}, {"password", secret}});
  CHECK(basic.at("val").at("username").is_string());
  CHECK(basic.at("val").at("password").is_string());
}

TEST_CASE("an initiated OAuth account has a redirectUrl, but not the link") {
  ApiWorld world;
  const Answer link = world.post("/connected_accounts/link",
                                 {{"auth_config_id", world.auth_config("gmail")}, {"user_id", "user_1"}});
  const Answer account = world.get("/connected_accounts/" + link["connected_account_id"].get<std::string>());
  require_account(account.body);
  CHECK(account["status"] == "INITIATED");
  CHECK(account["state"].at("val").at("redirectUrl").is_string());
  CHECK(account.text.find(link["link_token"].get<std::string>()) == std::string::npos);
}

TEST_CASE("accounts are listed by user, toolkit, auth config, status and id") {
  ApiWorld world;
  const std::string a1 = world.oauth_account("user_a", "work");
  world.outside().clock.advance(std::chrono::seconds(1));
  const std::string a2 = world.api_key_account("user_a");
  world.outside().clock.advance(std::chrono::seconds(1));
  const std::string b1 = world.api_key_account("user_b");
  const auto ids = [&](const std::string& query) {
    return ids_of(world.get("/connected_accounts?" + query));
  };
  using Ids = std::vector<std::string>;
  CHECK(ids("") == Ids{b1, a2, a1});
  CHECK(ids("order_direction=asc") == Ids{a1, a2, b1});
  CHECK(ids("user_ids=user_a") == Ids{a2, a1});
  CHECK(ids("user_ids=user_a,user_b") == Ids{b1, a2, a1});
  CHECK(ids("user_ids=user_a&user_ids=user_b") == Ids{b1, a2, a1});
  CHECK(ids("user_id=user_a") == Ids{a2, a1});
  CHECK(ids("user_id=user_a&user_ids=user_b") == Ids{b1, a2, a1});
  CHECK(ids("user_id=nobody").empty());
  CHECK(ids("user_ids=user_a&toolkit_slugs=GMAIL") == Ids{a1});
  CHECK(ids("auth_config_ids=" + world.auth_config("tavily")) == Ids{b1, a2});
  CHECK(ids("statuses=ACTIVE,EXPIRED") == Ids{b1, a2, a1});
  CHECK(ids("statuses=EXPIRED").empty());
  CHECK(ids("connected_account_ids=" + a1 + "," + b1) == Ids{b1, a1});
  CHECK(ids("account_type=ALL").size() == 3);
  CHECK(ids("account_type=SHARED").empty());
  CHECK(ids("user_ids=user_b&connected_account_ids=" + a1).empty());
}

TEST_CASE("a page of accounts has what SDKs need, without params") {
  ApiWorld world;
  world.oauth_account("user_a");
  const Answer page = world.get("/connected_accounts?user_ids=user_a&statuses=ACTIVE");
  require_page(page, 1);
  require_account(page["items"][0]);
  CHECK_FALSE(page["items"][0].contains("params"));
}

TEST_CASE("walking the cursors meets every account once") {
  ApiWorld world;
  for (int i = 0; i < 5; ++i) world.api_key_account("user_" + std::to_string(i));
  std::vector<std::string> seen;
  std::string cursor;
  for (int pages = 0; pages < 10; ++pages) {
    const Answer page =
        world.get("/connected_accounts?limit=2" + (cursor.empty() ? "" : "&cursor=" + cursor));
    for (const std::string& id : ids_of(page)) seen.push_back(id);
    if (page["next_cursor"].is_null()) break;
    cursor = page["next_cursor"];
  }
  REQUIRE(seen.size() == 5);
  std::sort(seen.begin(), seen.end());
  CHECK(std::unique(seen.begin(), seen.end()) == seen.end());
}

TEST_CASE("a filter that cannot be is refused by its name") {
  ApiWorld world;
  require_error(world.get("/connected_accounts?statuses=ACTIVE,SLEEPING"), 400, "SLEEPING");
  require_error(world.get("/connected_accounts?order_by=name"), 400, "order_by");
  require_error(world.get("/connected_accounts?user_id="), 400, "user_id");
  require_error(world.get("/connected_accounts?cursor=abc"), 400, "cursor");
  require_error(world.get("/connected_accounts?limit=0"), 400, "limit");
}

TEST_CASE("a disabled account is INACTIVE until it is enabled again") {
  ApiWorld world;
  const std::string id = world.oauth_account("user_1");
  const auto set = [&](bool enabled) {
    return world.patch("/connected_accounts/" + id + "/status", {{"enabled", enabled}});
  };
  CHECK(set(false).body == Json({{"success", true}}));
  const Answer disabled = world.get("/connected_accounts/" + id);
  require_account(disabled.body);
  CHECK(disabled["status"] == "INACTIVE");
  CHECK(disabled["is_disabled"] == true);
  CHECK(disabled["status_reason"].is_string());
  CHECK(stored(world, id).next_refresh_at == std::nullopt);
  CHECK(set(false).status == 200);
  CHECK(set(true).status == 200);
  CHECK(world.get("/connected_accounts/" + id)["status"] == "ACTIVE");
  CHECK(stored(world, id).next_refresh_at.has_value());
  CHECK(set(true).status == 200);
}

TEST_CASE("an account that is enabled after its link ended has ended too") {
  ApiWorld world;
  const Answer link = world.post("/connected_accounts/link",
                                 {{"auth_config_id", world.auth_config("gmail")}, {"user_id", "user_1"}});
  const std::string path = "/connected_accounts/" + link["connected_account_id"].get<std::string>();
  const auto set = [&](bool enabled) { return world.patch(path + "/status", {{"enabled", enabled}}).status; };
  REQUIRE(set(false) == 200);
  REQUIRE(set(true) == 200);
  CHECK(world.get(path)["status"] == "INITIATED");  // its link is open still
  REQUIRE(set(false) == 200);
  world.outside().clock.advance(kLinkLifetime);
  const bool is_swept = GENERATE(true, false);
  if (is_swept) world.engine().run_due();
  REQUIRE(set(true) == 200);
  const Answer account = world.get(path);
  CHECK(account["status"] == "EXPIRED");
  CHECK(account["status_reason"] == "not completed within 10 minutes");
}

TEST_CASE("an account that was changed in the file can be deleted, and the audit log says so") {
  ApiWorld world;
  const std::string id = world.oauth_account("user_1");
  const std::string sound = world.oauth_account("user_1", "other");
  const std::string edit =
      GENERATE(as<std::string>(), "status = 'REVOKED'", "toolkit = 'github'", "scheme = 'nonsense'");
  world.edit("UPDATE connection SET " + edit + " WHERE id = '" + id + "'");
  const std::string path = "/connected_accounts/" + id;
  CHECK(world.get(path).status == 500);
  CHECK(world.remove(path + "?revoke_on_delete=true").status == 500);  // its tokens cannot be read
  CHECK(world.remove(path).status == 200);
  require_error(world.get(path), 404, id);
  require_error(world.remove(path), 404, id);
  CHECK(world.engine().database().check().empty());
  const auto entries = audit_log::list(*world.engine().database().read(), ConnectionId(id), 1);
  REQUIRE(entries.size() == 1);
  CHECK(entries[0].action == "deleted");
  CHECK(entries[0].detail == "failed authentication");
  CHECK(world.get("/connected_accounts/" + sound)["status"] == "ACTIVE");
}

TEST_CASE("an account that is not connected cannot be enabled") {
  ApiWorld world;
  const Answer link = world.post("/connected_accounts/link",
                                 {{"auth_config_id", world.auth_config("gmail")}, {"user_id", "user_1"}});
  const std::string path =
      "/connected_accounts/" + link["connected_account_id"].get<std::string>() + "/status";
  require_error(world.patch(path, {{"enabled", true}}), 422, "INITIATED");
  require_error(world.patch(path, Json::object()), 400, "enabled");
  require_error(world.patch(path, {{"enabled", "yes"}}), 400, "enabled");
}

TEST_CASE("an alias is set, cleared and unique among a user's accounts of a toolkit") {
  ApiWorld world;
  const std::string first = world.api_key_account("user_1", "work");
  const std::string second = world.api_key_account("user_1", "home");
  const std::string foreign = world.api_key_account("user_2");
  const auto rename = [&](const std::string& id, const std::string& alias) {
    return world.patch("/connected_accounts/" + id, {{"alias", alias}});
  };
  require_error(rename(second, "work"), 400, "work");
  CHECK(rename(foreign, "work").status == 200);
  const Answer cleared = rename(first, "");
  CHECK(cleared.body == Json({{"id", first}, {"status", "ACTIVE"}, {"success", true}}));
  CHECK(world.get("/connected_accounts/" + first)["alias"].is_null());
  CHECK(rename(second, "work").status == 200);
  require_error(rename(first, "ca_AAAAAAAAAAAA"), 400, "alias");
  require_error(rename(first, std::string(65, 'a')), 400, "alias");
  require_error(rename(first, "a\nb"), 400, "alias");
}

TEST_CASE("a key is replaced under the same id, an OAuth token is not") {
  ApiWorld world;
  const std::string id = world.api_key_account("user_1");
  const std::string fresh = std::string("fresh-") + kSecretMark;
  const auto state = [](const char* scheme, const Json& val) {
    return Json{{"connection", {{"state", {{"authScheme", scheme}, {"val", val}}}}}};
  };
  CHECK(world.patch("/connected_accounts/" + id, state("API_KEY", {{"generic_api_key", fresh}})).status ==
        200);
  const auto opened = connection_store::open(*world.engine().database().read(), ConnectionId(id));
  REQUIRE(opened);
  CHECK(std::get<ApiKeyCredential>(opened->credential).key.expose() == fresh);
  require_error(world.patch("/connected_accounts/" + id, state("API_KEY", Json::object())), 400, "val");
  require_error(world.patch("/connected_accounts/" + id, state("API_KEY", {{"password", fresh}})), 400,
                "password");
  require_error(world.patch("/connected_accounts/" + id, state("BASIC", {{"password", fresh}})), 400,
                "authScheme");
  const std::string oauth = world.oauth_account("user_1");
  require_error(world.patch("/connected_accounts/" + oauth, state("OAUTH2", {{"access_token", fresh}})), 400,
                "authScheme");
}

namespace {

Json credential_patch(const std::string& scheme, const Json& val) {
  return {{"connection", {{"state", {{"authScheme", scheme}, {"val", val}}}}}};
}

Credential stored_credential(ApiWorld& world, const std::string& id) {
  auto opened = connection_store::open(*world.engine().database().read(), ConnectionId(id));
  REQUIRE(opened);
  return std::move(opened->credential);
}

std::string import_mock(ApiWorld& world, const std::string& scheme, const Json& val) {
  const Answer made = world.post(
      "/connected_accounts",
      {{"auth_config", {{"id", world.custom_config("mock", scheme)}}},
       {"connection", {{"user_id", "user_1"}, {"state", {{"authScheme", scheme}, {"val", val}}}}}});
  CAPTURE(made.text);
  REQUIRE(made.status == 201);
  return made["id"];
}

}  // namespace

TEST_CASE("a PATCH replaces the parts of a credential that it names and keeps the rest") {
  ApiWorld world;
  const std::string old_key = std::string("old-") + kSecretMark;
  const std::string fresh = std::string("fresh-") + kSecretMark;
  SECTION("of a service account") {
    const std::string id =
        import_mock(world, "SERVICE_ACCOUNT",
                    {{"application_id", "app_1"}, {"installation_id", "i_1"}, {"private_key", old_key}});
    const std::string path = "/connected_accounts/" + id;
    CHECK(world.patch(path, credential_patch("SERVICE_ACCOUNT", {{"private_key", fresh}})).status == 200);
    Credential stored = stored_credential(world, id);
    CHECK(std::get<FieldsCredential>(stored).secrets.at("private_key").expose() == fresh);
    CHECK(std::get<FieldsCredential>(stored).names.at("application_id") == "app_1");
    require_error(world.patch(path, credential_patch("SERVICE_ACCOUNT", {{"private_key", nullptr}})), 400,
                  "private_key");
    require_error(world.patch(path, credential_patch("SERVICE_ACCOUNT", {{"password", fresh}})), 400,
                  "password");
    stored = stored_credential(world, id);
    CHECK(std::get<FieldsCredential>(stored).secrets.at("private_key").expose() == fresh);
  }
  SECTION("of a user name and password") {
    const std::string id =
        import_mock(world, "BASIC", {{"username", "alice@example.com"}, {"password", old_key}});
    const std::string path = "/connected_accounts/" + id;
    CHECK(world.patch(path, credential_patch("BASIC", {{"password", fresh}})).status == 200);
    Credential stored = stored_credential(world, id);
    CHECK(std::get<BasicCredential>(stored).username == "alice@example.com");
    CHECK(std::get<BasicCredential>(stored).password.expose() == fresh);
    // RFC 7617 section 2: "Aladdin:open sesame".
    CHECK(world.patch(path, credential_patch("BASIC", {{"basic_encoded", "QWxhZGRpbjpvcGVuIHNlc2FtZQ=="}}))
              .status == 200);
    stored = stored_credential(world, id);
    CHECK(std::get<BasicCredential>(stored).username == "Aladdin");
    CHECK(std::get<BasicCredential>(stored).password.expose() == "open sesame");
    require_error(world.patch(path, credential_patch("BASIC", {{"basic_encoded", "QWxhZGRpbg=="}})), 400,
                  "basic_encoded");
    require_error(world.patch(path, credential_patch("BASIC", {{"username", nullptr}})), 400, "username");
  }
}

TEST_CASE("a deleted account is absent everywhere") {
  ApiWorld world;
  const std::string id = world.oauth_account("user_1");
  CHECK(world.remove("/connected_accounts/" + id).body == Json({{"success", true}}));
  require_error(world.get("/connected_accounts/" + id), 404, id);
  require_error(world.remove("/connected_accounts/" + id), 404, id);
  require_page(world.get("/connected_accounts?user_ids=user_1"), 0);
  require_error(world.post("/tools/execute/GMAIL_GET_PROFILE", {{"user_id", "user_1"}}), 400,
                "No connected account");
}

TEST_CASE("revoking asks the provider and tells what ended") {
  ApiWorld world;
  const std::string id = world.oauth_account("user_1");
  world.outside().http.answer(200, "");
  world.outside().http.answer(200, "");
  const Answer answer = world.post("/connected_accounts/" + id + "/revoke", Json::object());
  CAPTURE(answer.text);
  REQUIRE(answer.status == 200);
  CHECK_FALSE(answer["revoked_tokens"].empty());
  CHECK(answer["connected_account"] == Json({{"id", id}, {"status", "REVOKED"}}));
  CHECK(world.get("/connected_accounts/" + id)["status"] == "REVOKED");
  CHECK_FALSE(world.outside().http.seen().empty());
  const Answer again = world.post("/connected_accounts/" + id + "/revoke", Json::object());
  CHECK(again.status == 200);
  CHECK(again["revoked_tokens"].empty());
}

TEST_CASE("what cannot be revoked is refused in the SDK's own numbers") {
  ApiWorld world;
  const std::string key_account = world.api_key_account("user_1");
  require_error(world.post("/connected_accounts/" + key_account + "/revoke", Json::object()), 400, "revoke");
  const Answer link = world.post("/connected_accounts/link",
                                 {{"auth_config_id", world.auth_config("gmail")}, {"user_id", "user_1"}});
  const std::string pending = link["connected_account_id"];
  const Answer answer = world.post("/connected_accounts/" + pending + "/revoke", Json::object());
  require_error(answer, 409, "INITIATED");
  CHECK(header_value(answer.headers, "x-should-retry") == "false");
  require_error(world.post("/connected_accounts/ca_unknown/revoke", Json::object()), 404, "ca_unknown");
}

TEST_CASE("deleting with revocation deletes nothing where the provider cannot revoke") {
  ApiWorld world;
  const std::string id = world.api_key_account("user_1");
  const Answer refused = world.remove("/connected_accounts/" + id + "?revoke_on_delete=true");
  CHECK(refused.status >= 400);
  CHECK(world.get("/connected_accounts/" + id).status == 200);

  const std::string oauth = world.oauth_account("user_1");
  world.outside().http.answer(200, "");
  world.outside().http.answer(200, "");
  CHECK(world.remove("/connected_accounts/" + oauth + "?revoke_on_delete=true").status == 200);
  CHECK_FALSE(world.outside().http.seen().empty());
  CHECK(world.get("/connected_accounts/" + oauth).status == 404);
}

TEST_CASE("an account whose auth config was deleted can be deleted, and says why it cannot be revoked") {
  ApiWorld world;
  const std::string path = "/connected_accounts/" + world.oauth_account("user_1");
  const std::string config = world.get(path)["auth_config"].at("id");
  REQUIRE(world.remove("/auth_configs/" + config).status == 200);

  const Answer revoked = world.post(path + "/revoke", Json::object());
  require_error(revoked, 409, "its auth config was deleted");
  CHECK(revoked["error"].at("suggested_fix").get<std::string>().starts_with("delete the account here"));
  require_error(world.post(path + "/refresh", Json::object()), 422, "the auth config");
  CHECK(world.remove(path + "?revoke_on_delete=true").status == 200);
  CHECK(world.get(path).status == 404);
  CHECK(world.outside().http.seen().empty());
}

TEST_CASE("unknown accounts are absent for every verb") {
  ApiWorld world;
  const std::string path = "/connected_accounts/ca_unknown";
  require_error(world.get(path), 404, "ca_unknown");
  require_error(world.patch(path, {{"alias", "x"}}), 404, "ca_unknown");
  require_error(world.patch(path + "/status", {{"enabled", true}}), 404, "ca_unknown");
  require_error(world.post(path + "/refresh", Json::object()), 404, "ca_unknown");
  require_error(world.remove(path), 404, "ca_unknown");
}

TEST_CASE("a PATCH that is refused has changed nothing, whichever part of it was wrong") {
  ApiWorld world;
  const std::string fresh = std::string("fresh-") + kSecretMark;
  world.api_key_account("user_1", "taken");
  const std::string id = world.api_key_account("user_1", "mine");
  Json body = credential_patch("API_KEY", {{"generic_api_key", fresh}});
  body["alias"] = GENERATE("taken", "ca_x");
  require_error(world.patch("/connected_accounts/" + id, body), 400, "alias");
  const Credential kept = stored_credential(world, id);
  CHECK(std::get<ApiKeyCredential>(kept).key.expose() == std::string("key-") + kSecretMark);
  CHECK(stored(world, id).alias == "mine");

  body["alias"] = "other";
  CHECK(world.patch("/connected_accounts/" + id, body).status == 200);
  const Credential changed = stored_credential(world, id);
  CHECK(std::get<ApiKeyCredential>(changed).key.expose() == fresh);
  CHECK(stored(world, id).alias == "other");
}

TEST_CASE("a null alias is an absent one") {
  ApiWorld world;
  const std::string path = "/connected_accounts/" + world.api_key_account("user_1", "work");
  CHECK(world.patch(path, {{"alias", nullptr}}).status == 200);
  CHECK(world.get(path)["alias"] == "work");
}

TEST_CASE("a PATCH of what cannot be changed is refused by its name") {
  ApiWorld world;
  const std::string id = world.api_key_account("user_1", "work");
  require_error(world.patch("/connected_accounts/" + id, {{"alias", "other"}, {"user_id", "user_2"}}), 400,
                "user_id");
  CHECK(stored(world, id).alias == "work");
}
