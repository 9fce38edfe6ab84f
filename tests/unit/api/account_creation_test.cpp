#include "tests/unit/api/api_world.h"
#include "vault/base/encoding.h"
#include "vault/store/auth_config_store.h"
#include "vault/store/connection_store.h"

using namespace coffer;
using namespace coffer::api::testing;

namespace {

Answer create(ApiWorld& world, const std::string& config, Json connection) {
  return world.post("/connected_accounts",
                    {{"auth_config", {{"id", config}}}, {"connection", std::move(connection)}});
}

Credential credential_of(ApiWorld& world, const std::string& id) {
  auto opened = connection_store::open(*world.engine().database().read(), ConnectionId(id));
  REQUIRE(opened);
  return std::move(opened->credential);
}

const std::string kSecret = std::string("value-") + kSecretMark;

}  // namespace

TEST_CASE("a link leads to the hosted page and names its account") {
  ApiWorld world;
  const Answer link =
      world.post("/connected_accounts/link", {{"auth_config_id", world.auth_config("gmail")},
                                              {"user_id", "user_1"},
                                              {"callback_url", "https://app.example.com/done?x=1"},
                                              {"alias", "work"}});
  REQUIRE(link.status == 201);
  require_fields(link.body, {"link_token", "redirect_url", "expires_at", "connected_account_id"});
  const std::string token = link["link_token"];
  CHECK(token.starts_with("lk_"));
  CHECK(link["redirect_url"] == std::string(kPublicUrl) + "/link/" + token);
  CHECK(link["expires_at"] == "2026-11-22T12:10:00.000Z");
  const Answer account = world.get("/connected_accounts/" + link["connected_account_id"].get<std::string>());
  CHECK(account["status"] == "INITIATED");
  CHECK(account["alias"] == "work");
  CHECK(account["user_id"] == "user_1");
}

TEST_CASE("a link that cannot be is refused by the name of what is wrong") {
  ApiWorld world;
  const std::string config = world.auth_config("gmail");
  const auto refuse = [&](Json change, int status, const char* fragment) {
    Json body = {{"auth_config_id", config}, {"user_id", "user_1"}};
    body.update(change);
    require_error(world.post("/connected_accounts/link", body), status, fragment);
  };
  refuse({{"auth_config_id", nullptr}}, 400, "auth_config_id");
  refuse({{"auth_config_id", "ac_unknown"}}, 404, "ac_unknown");
  refuse({{"user_id", ""}}, 400, "user_id");
  refuse({{"user_id", std::string(257, 'u')}}, 400, "user_id");
  refuse({{"callback_url", "http://app.example.com/"}}, 400, "callback_url");
  refuse({{"callback_url", "javascript:alert(1)"}}, 400, "callback_url");
  refuse({{"alias", 5}}, 400, "alias");
  refuse({{"experimental", {{"account_type", "PUBLIC"}}}}, 400, "account_type");
  require_page(world.get("/connected_accounts"), 0);
}

TEST_CASE("a link does not take credentials") {
  ApiWorld world;
  const auto [toolkit, key] = GENERATE(table<const char*, const char*>(
      {{"gmail", "access_token"}, {"gmail", "refresh_token"}, {"tavily", "api_key"}}));
  CAPTURE(key);
  const Json values = {{key, kSecret}};
  for (const Json& data : {values, Json{{"authScheme", "OAUTH2"}, {"val", values}}}) {
    const Answer refused = world.post(
        "/connected_accounts/link",
        {{"auth_config_id", world.auth_config(toolkit)}, {"user_id", "user_1"}, {"connection_data", data}});
    require_error(refused, 400, key);
  }
  const Answer answer =
      world.post("/connected_accounts/link", {{"auth_config_id", world.auth_config("tavily")},
                                              {"user_id", "user_1"},
                                              {"connection_data", {{"generic_api_key", kSecret}}}});
  require_error(answer, 400, "generic_api_key");
}

TEST_CASE("the older create makes a link for an OAuth account") {
  ApiWorld world;
  const Answer made = create(world, world.auth_config("gmail"),
                             {{"user_id", "user_1"},
                              {"callback_url", "https://app.example.com/"},
                              {"state", {{"authScheme", "OAUTH2"}, {"val", {{"status", "INITIALIZING"}}}}}});
  REQUIRE(made.status == 201);
  require_fields(made.body, {"id", "connectionData.authScheme", "connectionData.val.status",
                             "connectionData.val.redirectUrl", "status", "redirect_url", "redirect_uri"});
  CHECK(made["status"] == "INITIATED");
  CHECK(made["connectionData"].at("val").at("status") == "INITIATED");
  CHECK(made["connectionData"].at("val").at("redirectUrl") == made["redirect_url"]);
  CHECK(made["redirect_url"].get<std::string>().starts_with(std::string(kPublicUrl) + "/link/lk_"));
}

TEST_CASE("credentials of each scheme are imported as they were given") {
  ApiWorld world;
  const auto import = [&](const char* scheme, Json val) {
    val["status"] = "ACTIVE";
    const Answer made = create(world, world.custom_config("mock", scheme),
                               {{"user_id", "user_1"}, {"state", {{"authScheme", scheme}, {"val", val}}}});
    CAPTURE(made.text);
    REQUIRE(made.status == 201);
    CHECK(made["status"] == "ACTIVE");
    CHECK(made["connectionData"].at("val").at("status") == "ACTIVE");
    require_nulls(made.body, {"redirect_url", "redirect_uri"});
    return credential_of(world, made["id"]);
  };
  CHECK(std::get<ApiKeyCredential>(import("API_KEY", {{"generic_api_key", kSecret}})).key.expose() ==
        kSecret);
  CHECK(std::get<ApiKeyCredential>(import("API_KEY", {{"api_key", kSecret}})).key.expose() == kSecret);
  CHECK(std::get<BearerCredential>(import("BEARER_TOKEN", {{"token", kSecret}})).token.expose() == kSecret);
  const auto basic = import("BASIC", {{"username", "a@example.com"}, {"password", kSecret}});
  CHECK(std::get<BasicCredential>(basic).username == "a@example.com");
  CHECK(std::get<BasicCredential>(basic).password.expose() == kSecret);
}

TEST_CASE("a credential of several fields is imported whole") {
  ApiWorld world;
  const std::string pem = "-----BEGIN KEY-----\n" + kSecret + "\n-----END KEY-----\n";
  const auto [scheme, val] = GENERATE_COPY(table<std::string, Json>({
      {"BASIC_WITH_JWT", {{"username", "a@example.com"}, {"password", kSecret}}},
      {"GOOGLE_SERVICE_ACCOUNT", {{"credentials_json", "{\"private_key\": \"" + kSecret + "\"}"}}},
      {"SERVICE_ACCOUNT", {{"application_id", "app_1"}, {"installation_id", "i_1"}, {"private_key", pem}}},
      {"BILLCOM_AUTH", {{"sessionId", kSecret}, {"devKey", "dev-" + kSecret}}},
      {"SAML", {{"saml_assertion", kSecret}}},
      {"CALCOM_AUTH", {{"calcom_key", kSecret}}},
      {"OAUTH1", {{"oauth_token", kSecret}, {"oauth_token_secret", "x-" + kSecret}}},
  }));
  CAPTURE(scheme);
  const std::string config = world.custom_config("mock", scheme);
  const auto connection = [&](Json values) {
    values["status"] = "ACTIVE";
    return Json{{"user_id", "user_1"}, {"state", {{"authScheme", scheme}, {"val", std::move(values)}}}};
  };
  const Answer made = create(world, config, connection(val));
  CAPTURE(made.text);
  REQUIRE(made.status == 201);
  CHECK(made["status"] == "ACTIVE");
  const Credential credential = credential_of(world, made["id"]);
  const auto& fields = std::get<FieldsCredential>(credential);
  CHECK(fields.names.size() + fields.secrets.size() == val.size());
  for (const auto& [name, value] : val.items()) {
    CAPTURE(name);
    const auto secret = fields.secrets.find(name);
    CHECK((secret == fields.secrets.end() ? fields.names.at(name) : secret->second.expose()) == value);
    const Json account = world.get("/connected_accounts/" + made["id"].get<std::string>()).body;
    CHECK(account["state"]["val"].value(name, Json("REDACTED")) == "REDACTED");

    Json half = val;
    half.erase(name);
    const Answer refused = create(world, config, connection(half));
    // With nothing left there is a form to fill in.
    if (half.empty()) CHECK(refused["status"] == "INITIATED");
    if (!half.empty()) require_error(refused, 400, name);
  }
}

TEST_CASE("an imported grant keeps its expiry, scopes and refresh token") {
  ApiWorld world;
  const auto import = [&](const Json& expires_in, const Json& scope) {
    const Json val = {{"status", "ACTIVE"},     {"access_token", kSecret},  {"refresh_token", "r-" + kSecret},
                      {"token_type", "bearer"}, {"expires_in", expires_in}, {"scope", scope}};
    const Answer made = create(world, world.auth_config("gmail"),
                               {{"user_id", "user_1"}, {"state", {{"authScheme", "OAUTH2"}, {"val", val}}}});
    CAPTURE(made.text);
    REQUIRE(made.status == 201);
    return std::get<TokenSet>(credential_of(world, made["id"]));
  };
  const Timestamp in_an_hour = world.outside().clock.now() + std::chrono::hours(1);
  for (const Json& hour : {Json(3600), Json("3600"), Json(3600.0)}) {
    const TokenSet tokens = import(hour, "a b");
    CHECK(tokens.expires_at == in_an_hour);
    CHECK(tokens.scopes == std::vector<std::string>{"a", "b"});
    CHECK(tokens.access_token.expose() == kSecret);
    CHECK(tokens.refresh_token.expose() == "r-" + kSecret);
  }
  CHECK(import(nullptr, Json::array({"a", "b"})).expires_at == std::nullopt);
}

TEST_CASE("a key scheme without a key gets a link with a form") {
  ApiWorld world;
  const Answer made = create(world, world.auth_config("tavily"), {{"user_id", "user_1"}});
  REQUIRE(made.status == 201);
  CHECK(made["status"] == "INITIATED");
  CHECK(made["redirect_url"].is_string());
}

TEST_CASE("what answers show in place of a credential is taken for none") {
  ApiWorld world;
  const auto [scheme, name] = GENERATE(table<std::string, std::string>({{"API_KEY", "generic_api_key"},
                                                                        {"BEARER_TOKEN", "token"},
                                                                        {"OAUTH2", "access_token"},
                                                                        {"OAUTH1", "oauth_token"}}));
  CAPTURE(scheme);
  const Json val = {{"status", "ACTIVE"}, {name, "REDACTED"}};
  const Answer refused = create(world, world.custom_config("mock", scheme),
                                {{"user_id", "user_1"}, {"state", {{"authScheme", scheme}, {"val", val}}}});
  require_error(refused, 400, name);
  CHECK(world.get("/connected_accounts")["items"].empty());
}

TEST_CASE("a credential that cannot be is refused and leaves no account behind") {
  ApiWorld world;
  const std::string gmail = world.auth_config("gmail");
  const std::string basic = world.custom_config("mock", "BASIC");
  const auto refuse = [&](const std::string& config, const char* scheme, Json val, const char* fragment) {
    CAPTURE(fragment);
    require_error(
        create(world, config, {{"user_id", "user_1"}, {"state", {{"authScheme", scheme}, {"val", val}}}}),
        400, fragment);
  };
  refuse(gmail, "API_KEY", {{"generic_api_key", kSecret}}, "authScheme");
  refuse(gmail, "OAUTH2", {{"refresh_token", kSecret}}, "access_token");
  refuse(gmail, "OAUTH2", {{"access_token", 5}}, "access_token");
  refuse(gmail, "OAUTH2", {{"access_token", kSecret}, {"expires_in", "soon"}}, "expires_in");
  refuse(gmail, "OAUTH2", {{"access_token", kSecret}, {"expires_in", -5}}, "expires_in");
  refuse(gmail, "OAUTH2", {{"access_token", kSecret}, {"expires_in", 1e300}}, "expires_in");
  refuse(basic, "BASIC", {{"password", kSecret}}, "username");
  refuse(basic, "BASIC", {{"username", "a@example.com"}}, "password");
  refuse(basic, "BASIC", {{"username", "a@example.com"}, {"password", ""}}, "password");
  refuse(basic, "BASIC",
         {{"username", "a@example.com"}, {"password", kSecret}, {"base_url", "https://other.example.com"}},
         "base_url");
  const std::string bearer = world.custom_config("mock", "BEARER_TOKEN");
  refuse(bearer, "BEARER_TOKEN", {{"status", "ACTIVE"}, {"token", ""}}, "token");
  refuse(bearer, "BEARER_TOKEN", {{"status", "ACTIVE"}, {"tokn", kSecret}}, "tokn");
  require_error(create(world, gmail, {{"state", Json::object()}}), 400, "user_id");
  require_error(create(world, "ac_unknown", {{"user_id", "u"}}), 404, "ac_unknown");
  require_error(world.post("/connected_accounts", {{"auth_config", {{"id", gmail}}}}), 400, "connection");
  require_page(world.get("/connected_accounts"), 0);
}

TEST_CASE("a credential is shown to the service before it is stored, where that is asked for") {
  ApiWorld world;
  const std::string config = world.custom_config("mock", "API_KEY");
  const auto validate = [&](int status, const std::string& body) {
    world.outside().http.answer(status, body);
    return world.post("/connected_accounts",
                      {{"auth_config", {{"id", config}}},
                       {"connection",
                        {{"user_id", "user_1"},
                         {"state", {{"authScheme", "API_KEY"}, {"val", {{"generic_api_key", kSecret}}}}}}},
                       {"validate_credentials", true}});
  };
  require_error(validate(401, "{}"), 400, "generic_api_key");
  require_error(validate(503, "{}"), 503, "could not be asked");
  require_page(world.get("/connected_accounts"), 0);
  const Answer made = validate(200, R"({"email":"alice@example.com"})");
  REQUIRE(made.status == 201);
  CHECK(made["status"] == "ACTIVE");
  const Answer account = world.get("/connected_accounts/" + made["id"].get<std::string>());
  CHECK(account["state"].at("val").at("displayName") == "alice@example.com");
  const auto asked = world.outside().http.seen().at(2);
  CHECK(asked.url == std::string(kMockUrl) + "/mock/mockidp/mock/whoami");
  CHECK(header_value(asked.headers, "x-api-key") == kSecret);
}

TEST_CASE("an alias that an ACTIVE account has is refused without a retry") {
  ApiWorld world;
  world.oauth_account("user_1", "work");
  const Answer answer =
      world.post("/connected_accounts/link",
                 {{"auth_config_id", world.auth_config("gmail")}, {"user_id", "user_1"}, {"alias", "work"}});
  require_error(answer, 400, "work");
}

TEST_CASE("refresh makes a link for the same account and leaves an ACTIVE one at work") {
  ApiWorld world;
  const std::string id = world.oauth_account("user_1");
  const Answer answer =
      world.send("POST", "/connected_accounts/" + id + "/refresh?redirect_url=https%3A%2F%2Fa.example%2F",
                 Json::object());
  CAPTURE(answer.text);
  REQUIRE(answer.status == 200);
  CHECK(answer["id"] == id);
  CHECK(answer["status"] == "ACTIVE");
  CHECK(answer["redirect_url"].get<std::string>().find("/link/lk_") != std::string::npos);
  CHECK(world.get("/connected_accounts/" + id)["status"] == "ACTIVE");
  require_error(
      world.send("POST", "/connected_accounts/" + id + "/refresh?redirect_url=http%3A%2F%2Fa.example%2F",
                 Json::object()),
      400, "callback_url");
}

TEST_CASE("an account of S2S_OAUTH2 gets its token by its client, and none without one") {
  ApiWorld world;
  const std::string config = world.custom_config("mock", "S2S_OAUTH2");
  const auto connect = [&](Json val) {
    return create(world, config,
                  {{"user_id", "user_1"}, {"state", {{"authScheme", "S2S_OAUTH2"}, {"val", val}}}});
  };
  const Json own = {{"client_id", "machine-1"}, {"client_secret", kSecret}};
  world.outside().http.answer(401, R"({"error":"invalid_client"})");
  require_error(connect(own), 400, "invalid_client");
  require_page(world.get("/connected_accounts"), 0);

  world.outside().http.answer(200, R"({"access_token":"at-)" + kSecret + R"(","expires_in":3600})");
  const Answer made = connect(own);
  CAPTURE(made.text);
  REQUIRE(made.status == 201);
  CHECK(made["status"] == "ACTIVE");
  const Credential credential = credential_of(world, made["id"]);
  const auto& tokens = std::get<TokenSet>(credential);
  CHECK(tokens.access_token.expose() == "at-" + kSecret);
  CHECK(tokens.client.client_id == "machine-1");
  CHECK(tokens.is_client_grant);
  const auto request = parse_form(world.outside().http.seen().at(1).body);
  CHECK(find_field(*request, "grant_type") == "client_credentials");
  CHECK(find_field(*request, "scope") == "read write");
  const auto row = connection_store::find(*world.engine().database().read(), ConnectionId(made["id"]));
  CHECK(row->next_refresh_at.has_value());
}

TEST_CASE("an auth config of DCR_OAUTH without a client has one registered") {
  ApiWorld world;
  const Json body = {{"toolkit", {{"slug", "mock"}}},
                     {"auth_config", {{"type", "use_custom_auth"}, {"authScheme", "DCR_OAUTH"}}}};
  world.outside().http.answer(400, R"({"error":"invalid_redirect_uri"})");
  require_error(world.post("/auth_configs", body), 400, "invalid_redirect_uri");
  require_page(world.get("/auth_configs"), 0);

  world.outside().http.answer(201, R"({"client_id":"dcr-1","client_secret":")" + kSecret + "\"}");
  const Answer made = world.post("/auth_configs", body);
  CAPTURE(made.text);
  REQUIRE(made.status == 201);
  const std::string id = made["auth_config"].at("id");
  const auto client = auth_config_store::open_client(*world.engine().database().read(), AuthConfigId(id));
  CHECK(client.client_id == "dcr-1");
  CHECK(client.client_secret.expose() == kSecret);
  const auto seen = world.outside().http.seen().at(1);
  CHECK(seen.url == std::string(kMockUrl) + "/mock/mockidp/register");
  CHECK(parse_json(seen.body)["redirect_uris"] == Json{std::string(kPublicUrl) + "/oauth/callback/" + id});
  CHECK(world.get("/auth_configs/" + id)["credentials"].at("client_secret") == "REDACTED");
}
