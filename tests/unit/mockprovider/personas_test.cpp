#include "mockprovider/token_answer.h"
#include "tests/unit/mockprovider/jwt_reading.h"
#include "tests/unit/mockprovider/mock_world.h"

using namespace coffer;
using namespace coffer::mock;
using namespace coffer::mock::testing;
using namespace std::chrono_literals;

namespace {

constexpr const char* kOffline = "offline_access read";

// The managed client of one persona, in the manners that its file describes.
struct Persona {
  MockWorld world;
  std::string id;
  const Provider& provider = *shipped_catalog().find_provider(id);

  explicit Persona(std::string which) : id(std::move(which)) {}

  std::string code(const Fields& more = {}) {
    Fields changes = {{provider.scope_param, "read,write"}, {"scope", kOffline}};
    for (const auto& [name, value] : provider.authorize_params) changes.emplace_back(name, value);
    changes.insert(changes.end(), more.begin(), more.end());
    const Fields answer = MockWorld::answer_of_redirect(world.redirect_of(id, changes));
    const std::string name = shipped_profiles().at(id).name_of("code");
    const auto value = find_field(answer, name);
    REQUIRE(value);
    return std::string(*value);
  }
  ServerResponse ask(Fields form, const std::string& endpoint = "/token") {
    const Client client = world.client_of(id);
    HttpHeaders headers = {{"Accept", "application/json"}};
    if (provider.token_auth != Provider::TokenAuth::Body) {
      headers.push_back(world.basic_of(id).front());
    } else {
      form.emplace_back("client_id", client.client_id);
      form.emplace_back("client_secret", client.client_secret);
    }
    const std::string path = MockWorld::path_of(id) + endpoint;
    if (provider.body_format != Provider::BodyFormat::Json) return world.post_form(path, form, headers);
    Json body = Json::object();
    for (const auto& [name, value] : form) body[name] = value;
    return world.post_json(path, body, headers);
  }
  ServerResponse redeem(const std::string& code) {
    Fields form = {{"grant_type", "authorization_code"},
                   {shipped_profiles().at(id).name_of("code"), code},
                   {"redirect_uri", kCallback},
                   {"code_verifier", kVerifier}};
    for (const auto& [name, value] : provider.token_params) form.emplace_back(name, value);
    return ask(std::move(form));
  }
  ServerResponse refresh(const std::string& token) {
    Fields form = {{"grant_type", "refresh_token"}, {"refresh_token", token}};
    for (const auto& [name, value] : provider.refresh_params) form.emplace_back(name, value);
    return ask(std::move(form), provider.refresh_url.empty() ? "/token" : "/refresh");
  }
  Json connect(const Fields& more = {}) {
    const ServerResponse response = redeem(code(more));
    INFO(response.body);
    REQUIRE(response.status / 100 == 2);
    return parse_json(response.body);
  }
  Json refreshed(const std::string& token) { return parse_json(refresh(token).body); }
};

bool has_text(const Json& tree, const std::string& text) {
  return tree.dump().find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("every persona connects in its own manners and refuses a wrong code in its own words",
          "[personas]") {
  for (const auto& [id, profile] : shipped_profiles()) {
    if (id == "microsoft-spa") continue;  // for public clients
    CAPTURE(id);
    Persona persona(id);
    const Json answer = persona.connect();
    CHECK(answer.dump().find("{{") == std::string::npos);
    const std::string prefix = profile.has_jwt_access_tokens ? "eyJ" : profile.policy.access_prefix;
    CHECK(has_text(answer, "\"" + prefix));
    const ServerResponse refused = persona.redeem("wrong");
    CHECK_FALSE(has_text(parse_json(refused.body), "\"" + profile.policy.access_prefix + "_"));
    CHECK(header_of(refused, "Cache-Control") == "no-store");
  }
}

TEST_CASE("what a persona gives can be read by the names of its own description", "[personas]") {
  for (const auto& [id, provider] : shipped_catalog().providers()) {
    if (id == "microsoft-spa") continue;
    CAPTURE(id);
    Persona persona(id);
    const Json answer = persona.connect();
    const auto named = provider.token_response.find("access_token");
    const std::string pointer = named == provider.token_response.end() ? "/access_token" : named->second;
    REQUIRE(answer.contains(Json::json_pointer(pointer)));
    CHECK(answer[Json::json_pointer(pointer)].is_string());
  }
}

TEST_CASE("google-testing's grants die after seven days, used or not", "[personas]") {
  Persona persona("google-testing");
  const std::string token = persona.connect()["refresh_token"];
  persona.world.clock.advance(24h * 6);
  CHECK(persona.refresh(token).status == 200);
  persona.world.clock.advance(24h);
  CHECK(persona.refreshed(token)["error"] == "invalid_grant");
}

TEST_CASE("google-limit keeps the newest grants, and the oldest dies in silence", "[personas]") {
  Persona persona("google-limit");
  const std::string first = persona.connect()["refresh_token"];
  const std::string second = persona.connect()["refresh_token"];
  const std::string third = persona.connect()["refresh_token"];
  CHECK(persona.refresh(first).status == 400);
  CHECK(persona.refresh(second).status == 200);
  CHECK(persona.refresh(third).status == 200);
}

TEST_CASE("google-idle's grants die of half a year without use and of a new password", "[personas]") {
  Persona persona("google-idle");
  const std::string token = persona.connect()["refresh_token"];
  SECTION("idle") {
    persona.world.clock.advance(24h * 180);
  }
  SECTION("password") {
    persona.world.control("POST", "/_mock/accounts", {{"email", "alice@example.com"}, {"password", "new"}});
  }
  CHECK(persona.refresh(token).status == 400);
}

TEST_CASE("slack gives the bot's token and the person's, each with a refresh token of its own",
          "[personas]") {
  Persona persona("slack");
  const std::string code =
      persona.code({{"user_scope", "search:read"}, {"scope", "chat:write,channels:read"}});
  const Json answer = parse_json(persona.redeem(code).body);
  CHECK(answer["token_type"] == "bot");
  CHECK(answer["scope"] == "chat:write,channels:read");
  CHECK(answer["access_token"].get<std::string>().starts_with("xoxe.xoxb-1-"));
  CHECK(answer["authed_user"]["scope"] == "search:read");
  CHECK(answer["authed_user"]["access_token"].get<std::string>().starts_with("xoxe.xoxp-1-"));
  const Json bot = persona.refreshed(answer["refresh_token"]);
  CHECK(bot["token_type"] == "bot");
  CHECK(bot["scope"] == "chat:write,channels:read");
  CHECK(bot["access_token"].get<std::string>().starts_with("xoxe.xoxb-1-"));
  const Json person = persona.refreshed(answer["authed_user"]["refresh_token"]);
  CHECK(person["token_type"] == "user");
  CHECK(person["scope"] == "search:read");
  CHECK(parse_json(persona.redeem(code).body)["ok"] == false);
  // A code that comes twice ends both.
  CHECK(persona.refreshed(bot["refresh_token"])["ok"] == false);
  CHECK(persona.refreshed(person["refresh_token"])["ok"] == false);
}

TEST_CASE("slack gives only the token whose scopes were asked for", "[personas]") {
  Persona persona(GENERATE("slack", "slack-static"));
  const Json bot = persona.connect({{"user_scope", ""}, {"scope", "chat:write"}});
  CHECK(bot["scope"] == "chat:write");
  CHECK(bot["bot_user_id"].get<std::string>().starts_with("U"));
  CHECK_FALSE(bot["authed_user"].contains("access_token"));
  const Json person = persona.connect({{"scope", ""}, {"user_scope", "search:read"}});
  CHECK_FALSE(person.contains("access_token"));
  CHECK_FALSE(person.contains("token_type"));
  CHECK_FALSE(person.contains("bot_user_id"));
  CHECK(person["authed_user"]["scope"] == "search:read");
}

TEST_CASE("neither of two tokens stands in the journal", "[personas]") {
  Persona persona("slack");
  const Json answer = persona.connect({{"user_scope", "search:read"}, {"scope", "chat:write"}});
  const std::string journal = persona.world.get("/_mock/journal").body;
  for (const Json& part : {answer, answer["authed_user"]}) {
    CHECK(journal.find(part["access_token"].get<std::string>()) == std::string::npos);
    CHECK(journal.find(part["refresh_token"].get<std::string>()) == std::string::npos);
  }
}

TEST_CASE("slack-static gives a token for ever and nothing else", "[personas]") {
  Persona persona("slack-static");
  const Json answer = persona.connect();
  CHECK(answer["ok"] == true);
  CHECK_FALSE(has_text(answer, "expires_in"));
  CHECK_FALSE(has_text(answer, "refresh_token"));
}

TEST_CASE("github-app's refresh kills the old access token, and errors come under 200", "[personas]") {
  Persona persona("github-app");
  const Json first = persona.connect();
  CHECK(first["expires_in"] == 28800);
  CHECK(first["refresh_token_expires_in"] == 15897600);
  persona.refresh(first["refresh_token"]);
  const ServerResponse dead = persona.world.get("/mock/github-app/userinfo", first["access_token"]);
  CHECK(dead.status == 401);
  const ServerResponse again = persona.refresh(first["refresh_token"]);
  CHECK(again.status == 200);
  CHECK(parse_json(again.body)["error"] == "bad_refresh_token");
  CHECK(persona.refreshed("unknown")["error"] == "bad_refresh_token");
  CHECK(parse_json(persona.redeem("unknown").body)["error"] == "bad_verification_code");
}

TEST_CASE("atlassian refuses a dead refresh token with 403", "[personas]") {
  Persona persona("atlassian");
  const ServerResponse refused = persona.refresh("unknown");
  CHECK(refused.status == 403);
  CHECK(parse_json(refused.body)["error"] == "unauthorized_client");
}

TEST_CASE("microsoft keeps old refresh tokens good and never echoes offline_access", "[personas]") {
  Persona persona("microsoft");
  const Json first = persona.connect();
  CHECK(first["scope"] == "read");
  const Json second = persona.refreshed(first["refresh_token"]);
  CHECK(second["refresh_token"] != first["refresh_token"]);
  CHECK(persona.refresh(first["refresh_token"]).status == 200);
  persona.world.clock.advance(24h * 90);
  const Json refused = persona.refreshed(second["refresh_token"]);
  CHECK(refused["error"] == "invalid_grant");
  CHECK(refused["error_codes"] == Json::array({70008}));
}

TEST_CASE("microsoft gives no refresh token without offline_access", "[personas]") {
  Persona persona("microsoft");
  CHECK_FALSE(persona.connect({{"scope", "read"}}).contains("refresh_token"));
}

TEST_CASE("microsoft-v1 says its times as texts", "[personas]") {
  Persona persona("microsoft-v1");
  const Json answer = persona.connect();
  CHECK(answer["expires_in"] == "3600");
  CHECK(answer["expires_on"] == std::to_string(coffer::testing::kStartMs / 1000 + 3600));
}

TEST_CASE("microsoft-spa's whole chain ends a day after the sign-in", "[personas]") {
  MockWorld world;
  world.control("POST", "/_mock/clients",
                {{"provider", "microsoft-spa"}, {"client_id", "spa"}, {"redirect_uris", {kCallback}}});
  const auto token = [&](Fields form) {
    form.emplace_back("client_id", "spa");
    return world.post_form("/mock/microsoft-spa/token", form);
  };
  const Fields changes = {{"client_id", "spa"}, {"scope", kOffline}};
  const Json first = parse_json(token({{"grant_type", "authorization_code"},
                                       {"code", world.code_of("microsoft-spa", changes)},
                                       {"redirect_uri", kCallback},
                                       {"code_verifier", kVerifier}})
                                    .body);
  world.clock.advance(23h);
  const Json second =
      parse_json(token({{"grant_type", "refresh_token"}, {"refresh_token", first["refresh_token"]}}).body);
  REQUIRE(second.contains("refresh_token"));
  world.clock.advance(1h);
  CHECK(token({{"grant_type", "refresh_token"}, {"refresh_token", second["refresh_token"]}}).status == 400);
}

TEST_CASE("salesforce says when a token was issued and not when it ends", "[personas]") {
  Persona persona("salesforce");
  const Json answer = persona.connect();
  CHECK(answer["issued_at"] == std::to_string(coffer::testing::kStartMs));
  CHECK(answer["instance_url"] == "https://mock.my.salesforce.com");
  CHECK_FALSE(answer.contains("expires_in"));
}

TEST_CASE("tokens that end only on request", "[personas]") {
  const std::string id = GENERATE("zendesk", "shopify");
  Persona persona(id);
  const Json asked = persona.connect();
  CHECK(asked.contains("expires_in"));
  CHECK(asked.contains("refresh_token_expires_in"));
  Fields form = {{"grant_type", "authorization_code"},
                 {"code", persona.code()},
                 {"redirect_uri", kCallback},
                 {"code_verifier", kVerifier}};
  const Json unasked = parse_json(persona.ask(form).body);
  CHECK(unasked.contains("access_token"));
  CHECK_FALSE(unasked.contains("expires_in"));
  CHECK_FALSE(unasked.contains("refresh_token"));
}

TEST_CASE("xero takes the old refresh token for half an hour more", "[personas]") {
  Persona persona("xero");
  const std::string first = persona.connect()["refresh_token"];
  persona.refresh(first);
  persona.world.clock.advance(29min);
  CHECK(persona.refresh(first).status == 200);
  persona.world.clock.advance(1min);
  CHECK(persona.refresh(first).status == 400);
}

TEST_CASE("a grace gives the same successor, or many", "[personas]") {
  const bool is_same = GENERATE(true, false);
  Persona persona(is_same ? "grace-same" : "grace-many");
  const std::string first = persona.connect()["refresh_token"];
  const Json second = persona.refreshed(first);
  const Json again = persona.refreshed(first);
  CHECK((again["refresh_token"] == second["refresh_token"]) == is_same);
}

TEST_CASE("notion wants JSON and Basic, and its tokens do not end", "[personas]") {
  Persona persona("notion");
  CHECK_FALSE(persona.connect().contains("expires_in"));
  const ServerResponse form =
      persona.world.post_form("/mock/notion/token", {{"grant_type", "authorization_code"}, {"code", "x"}},
                              persona.world.basic_of("notion"));
  CHECK(form.status == 400);
}

TEST_CASE("tiktok wraps all in data, under 200, and calls the code auth_code", "[personas]") {
  Persona persona("tiktok-accounts");
  CHECK(persona.connect()["data"]["expires_in"] == 86400);
  const ServerResponse refused = persona.refresh("unknown");
  CHECK(refused.status == 200);
  CHECK(parse_json(refused.body)["code"] == 40105);
}

TEST_CASE("sentry answers 201 in camel case", "[personas]") {
  Persona persona("sentry");
  const ServerResponse response = persona.redeem(persona.code());
  CHECK(response.status == 201);
  const Json answer = parse_json(response.body);
  CHECK(answer["expiresAt"] == to_rfc3339(from_ms(coffer::testing::kStartMs) + 8h));
  CHECK(answer.contains("refreshToken"));
}

TEST_CASE("stripe's secret stands alone as the Basic user", "[personas]") {
  MockWorld world;
  const Client client = world.client_of("stripe-app");
  const ServerResponse response =
      world.post_form("/mock/stripe-app/token", {{"grant_type", "refresh_token"}, {"refresh_token", "x"}},
                      {{"Authorization", "Basic " + to_base64(client.client_secret + ":")}});
  CHECK(parse_json(response.body)["error"] == "invalid_grant");
  CHECK(world.get("/_mock/journal").body.find(client.client_secret) == std::string::npos);
}

TEST_CASE("jobber tells the lifetime in the token alone", "[personas]") {
  Persona persona("jobber");
  const Json answer = persona.connect();
  CHECK_FALSE(answer.contains("expires_in"));
  const Json claims = read_jwt(answer["access_token"]).claims;
  CHECK(claims["exp"].get<std::int64_t>() - claims["iat"].get<std::int64_t>() == 3600);
}

TEST_CASE("lifetimes come as days, hours and minutes, or as milliseconds since 1970", "[personas]") {
  CHECK(Persona("duration-text").connect()["expires_in"] == "0:12:00");
  CHECK(Persona("expiry-ms").connect()["expires_at"] == coffer::testing::kStartMs + 3'600'000);
}

TEST_CASE("exact-online refuses a refresh that comes too early", "[personas]") {
  Persona persona("exact-online");
  const std::string token = persona.connect()["refresh_token"];
  CHECK(persona.refresh(token).status == 401);
  persona.world.clock.advance(570s);
  CHECK(persona.refresh(token).status == 200);
}

TEST_CASE("ringcentral's old access token is dead when the refresh succeeds", "[personas]") {
  Persona persona("ringcentral");
  const Json first = persona.connect();
  CHECK(persona.world.get("/mock/ringcentral/userinfo", first["access_token"]).status == 200);
  persona.refresh(first["refresh_token"]);
  CHECK(persona.world.get("/mock/ringcentral/userinfo", first["access_token"]).status == 401);
}

TEST_CASE("okta-like answers 401 to credentials in header and body", "[personas]") {
  Persona persona("okta-like");
  const Client client = persona.world.client_of("okta-like");
  const ServerResponse response = persona.ask({{"grant_type", "refresh_token"},
                                               {"refresh_token", "x"},
                                               {"client_id", client.client_id},
                                               {"client_secret", client.client_secret}});
  CHECK(response.status == 401);
}

TEST_CASE("reddit and dropbox give refresh tokens to those who ask in their words", "[personas]") {
  const auto [id, parameter] =
      GENERATE(table<std::string, std::string>({{"reddit", "duration"}, {"dropbox", "token_access_type"}}));
  CHECK(Persona(id).connect().contains("refresh_token"));
  CHECK_FALSE(Persona(id).connect({{parameter, ""}}).contains("refresh_token"));
}

TEST_CASE("square's code needs decoding", "[personas]") {
  Persona persona("square");
  const std::string code = persona.code();
  CHECK(percent_encode(code) != code);
  CHECK(persona.redeem(code).status == 200);
}

TEST_CASE("square refuses with 401 and a type of its own, whoever is to blame", "[personas]") {
  Persona persona("square");
  const ServerResponse no_code = persona.redeem("nothing");
  CHECK(no_code.status == 401);
  CHECK(parse_json(no_code.body) ==
        Json({{"message", "Authorization code not found"}, {"type", "service.not_authorized"}}));
  const ServerResponse no_client = persona.world.post_json(
      "/mock/square/token",
      {{"grant_type", "refresh_token"}, {"client_id", "nobody"}, {"client_secret", "x"}});
  CHECK(no_client.status == 401);
  CHECK(parse_json(no_client.body) ==
        Json({{"message", "Not Authorized"}, {"type", "service.not_authorized"}}));
}

TEST_CASE("a persona's errors have headers of their own", "[personas]") {
  const Json mock = {
      {"errors",
       {{"slow_down", {{"status", 400}, {"headers", {{"Retry-After", 17}, {"X-Why", "{{error}}"}}}}}}},
      {"refresh_limit", {{"count", 1}, {"window_s", 60}}}};
  Provider provider = *shipped_catalog().find_provider("mockidp");
  provider.mock = std::make_shared<const Json>(mock);
  const Profile profile = read_profile(provider);
  MovableClock clock{from_ms(coffer::testing::kStartMs)};
  const Tenant tenant{{kUrl, clock, shipped_catalog(), shipped_profiles(), 1}};
  const ServerResponse response = token_error(tenant, profile, {}, {"slow_down", "too many", {}, {}});
  CHECK(header_of(response, "Retry-After") == "17");
  CHECK(header_of(response, "X-Why") == "slow_down");
  CHECK(header_of(token_error(tenant, profile, {}, {"invalid_scope", "too much", {}, {}}), "X-Why").empty());
}

TEST_CASE("figma refreshes at an address of its own, in as many words as that needs", "[personas]") {
  Persona persona("figma");
  const std::string token = persona.connect()["refresh_token"];
  const ServerResponse elsewhere = persona.ask({{"grant_type", "refresh_token"}, {"refresh_token", token}});
  CHECK(parse_json(elsewhere.body)["error"] == "unsupported_grant_type");
  const ServerResponse refreshed = persona.ask({{"refresh_token", token}}, "/refresh");
  CHECK(refreshed.status == 200);
  CHECK_FALSE(parse_json(refreshed.body).contains("refresh_token"));
  CHECK(persona.ask({{"grant_type", "authorization_code"}, {"code", persona.code()}}, "/refresh").status ==
        400);
}

TEST_CASE("who names no refresh URL has no endpoint for it", "[personas]") {
  Persona persona("google");
  CHECK(persona.ask({{"grant_type", "refresh_token"}, {"refresh_token", "x"}}, "/refresh").status == 404);
}

TEST_CASE("instagram and threads change a short token for a long one, which renews itself", "[personas]") {
  const auto [id, short_name] =
      GENERATE(table<std::string, std::string>({{"instagram", "ig"}, {"threads", "th"}}));
  Persona persona(id);
  const Client client = persona.world.client_of(id);
  const Json first = persona.connect();
  CHECK_FALSE(first.contains("expires_in"));
  CHECK(first["permissions"] == Json({"offline_access", "read"}));
  const auto get = [&](const std::string& endpoint, Fields query) {
    return persona.world.get(with_query(MockWorld::path_of(id) + endpoint, query));
  };
  const auto renew = [&](const std::string& token) {
    return get("/refresh", {{"grant_type", short_name + "_refresh_token"}, {"access_token", token}});
  };
  const ServerResponse longer = get("/token", {{"grant_type", short_name + "_exchange_token"},
                                               {"client_id", client.client_id},
                                               {"client_secret", client.client_secret},
                                               {"access_token", first["access_token"]}});
  const Json second = parse_json(longer.body);
  CHECK(second["expires_in"] == 60 * 24 * 3600);
  persona.world.clock.advance(24h - 1s);
  CHECK(renew(second["access_token"]).status == 400);
  persona.world.clock.advance(1s);
  const Json third = parse_json(renew(second["access_token"]).body);
  CHECK(third["expires_in"] == 60 * 24 * 3600);
  persona.world.clock.advance(24h * 60);
  CHECK(parse_json(renew(third["access_token"]).body)["error"]["code"] == 190);
}

TEST_CASE("a token's renewal is a refresh to the journal, and to the faults", "[personas]") {
  Persona persona("instagram");
  const ServerResponse refused =
      persona.world.get("/mock/instagram/refresh?grant_type=ig_refresh_token&access_token=x");
  CHECK(parse_json(refused.body)["error"]["code"] == 190);
  const Json journal = persona.world.control("GET", "/_mock/journal?endpoint=refresh");
  CHECK(journal["entries"].size() == 1);
}

TEST_CASE("zoho gives ten access tokens in ten minutes and keeps fifteen", "[personas]") {
  Persona persona("zoho");
  const Json first = persona.connect();
  const std::string token = first["refresh_token"];
  for (int i = 0; i < 10; ++i) CHECK(persona.refreshed(token).contains("access_token"));
  const ServerResponse refused = persona.refresh(token);
  CHECK(refused.status == 200);
  CHECK(parse_json(refused.body)["error"] == "Access Denied");
  persona.world.clock.advance(10min);
  const auto is_live = [&](const Json& answer) {
    return persona.world.get("/mock/zoho/userinfo", answer["access_token"]).status == 200;
  };
  for (int i = 0; i < 4; ++i) persona.refresh(token);
  CHECK(is_live(first));  // the eldest of fifteen
  persona.refresh(token);
  CHECK_FALSE(is_live(first));
}

TEST_CASE("google-granular grants what is ticked", "[personas]") {
  Persona persona("google-granular");
  const std::string mail = "https://www.googleapis.com/auth/gmail.modify";
  const std::string target = persona.world.authorize_target(
      "google-granular", {{"scope", "openid " + mail + " drive"}, {"access_type", "offline"}});
  const auto transaction_of = [](const ServerResponse& page) {
    const std::string before = "name=\"transaction\" value=\"";
    const std::size_t begin = page.body.find(before) + before.size();
    return page.body.substr(begin, page.body.find('"', begin) - begin);
  };
  const std::string path = "/mock/google-granular/";
  const std::string transaction = transaction_of(persona.world.get(target));
  const ServerResponse consent = persona.world.post_form(
      path + "login",
      {{"transaction", transaction}, {"email", "alice@example.com"}, {"password", "password"}});
  CHECK(consent.body.find("name=\"grant\" value=\"" + mail + "\"") != std::string::npos);
  CHECK(consent.body.find("name=\"grant\" value=\"openid\"") == std::string::npos);
  const ServerResponse back = persona.world.post_form(
      path + "consent", {{"transaction", transaction}, {"decision", "allow"}, {"grant", mail}});
  const Fields answer = MockWorld::answer_of_redirect(header_of(back, "Location"));
  const ServerResponse tokens = persona.redeem(std::string(find_field(answer, "code").value()));
  CHECK(parse_json(tokens.body)["scope"] == "openid " + mail);
}

TEST_CASE("a deviation that is misspelt is refused when it is read", "[personas]") {
  Provider provider = *shipped_catalog().find_provider("mockidp");
  provider.mock = std::make_shared<const Json>(Json{{"rotaton", "none"}});
  CHECK_THROWS_WITH(read_profile(provider), Catch::Contains("rotaton"));
}

TEST_CASE("a bad code is told in other words than a bad refresh token", "[personas]") {
  MockWorld world;
  const auto [provider, at, of_code] = GENERATE(table<const char*, const char*, const char*>(
      {{"slack", "error", "invalid_code"}, {"google", "error_description", "Malformed auth code."}}));
  CAPTURE(provider);
  CHECK(parse_json(world.redeem(provider, "wrong").body)[at] == of_code);
  CHECK(parse_json(world.refresh(provider, "wrong").body)[at] != of_code);
}

TEST_CASE("Slack takes a client's secret in the header and in the body", "[personas]") {
  MockWorld world;
  const Client client = world.client_of("slack");
  const ServerResponse response =
      world.post_form("/mock/slack/token", {{"grant_type", "authorization_code"},
                                            {"client_id", client.client_id},
                                            {"client_secret", client.client_secret},
                                            {"code", world.code_of("slack")},
                                            {"redirect_uri", kCallback},
                                            {"code_verifier", kVerifier}});
  CHECK(parse_json(response.body)["ok"] == true);
}

TEST_CASE("services whose documents ask for no response_type do without it", "[personas]") {
  for (const char* id :
       {"github", "github-app", "slack", "slack-static", "shopify", "square", "facebook", "stripe-app"}) {
    CAPTURE(id);
    Persona persona(id);
    CHECK_FALSE(persona.code({{"response_type", ""}}).empty());
    const std::string other = persona.world.authorize_target(id, {{"response_type", "token"}});
    CHECK(header_of(persona.world.get(other), "Location").find("unsupported_response_type") !=
          std::string::npos);
  }
  MockWorld strict;
  const std::string target = strict.authorize_target("mockidp", {{"response_type", ""}});
  CHECK(header_of(strict.get(target), "Location").find("invalid_request") != std::string::npos);
}

TEST_CASE("services whose documents ask for no grant_type take a code without it, and nothing else",
          "[personas]") {
  for (const char* id : {"github", "github-app", "slack", "slack-static", "shopify", "facebook"}) {
    CAPTURE(id);
    Persona persona(id);
    const std::string prefix = "\"" + shipped_profiles().at(id).policy.access_prefix;
    const auto redeem = [&](const std::string& name, const std::string& value) {
      return persona.ask({{name, value}, {"redirect_uri", kCallback}, {"code_verifier", kVerifier}}).body;
    };
    CHECK(redeem("code", persona.code()).find(prefix) != std::string::npos);
    CHECK(redeem("refresh_token", "anything").find(prefix) == std::string::npos);
  }
  Persona strict("mockidp");
  CHECK(parse_json(strict.ask({{"code", strict.code()}, {"redirect_uri", kCallback}}).body)["error"] ==
        "invalid_request");
}

TEST_CASE("services that take both kinds of bodies redeem a code by JSON", "[personas]") {
  const auto redeem = [](const std::string& id) {
    Persona persona(id);
    const Client client = persona.world.client_of(id);
    const Json body = {{"grant_type", "authorization_code"}, {"code", persona.code()},
                       {"redirect_uri", kCallback},          {"code_verifier", kVerifier},
                       {"client_id", client.client_id},      {"client_secret", client.client_secret}};
    return persona.world.post_json(MockWorld::path_of(id) + "/token", body, {{"Accept", "application/json"}});
  };
  for (const char* id : {"github", "github-app", "shopify"}) {
    CAPTURE(id);
    CHECK(parse_json(redeem(id).body).contains("access_token"));
  }
  CHECK(redeem("mockidp").status == 400);
}

TEST_CASE("whoever has a token of Google's may revoke it, by form or query", "[personas]") {
  Persona persona("google");
  const std::string path = MockWorld::path_of("google") + "/revoke";
  const auto token = [&] { return persona.connect()["refresh_token"].get<std::string>(); };
  const std::string by_query = token(), by_form = token();
  CHECK(persona.world.post_form(with_query(path, {{"token", by_query}}), {}).status == 200);
  CHECK(persona.refresh(by_query).status == 400);
  CHECK(persona.refresh(by_form).status == 200);
  CHECK(persona.world.post_form(path, {{"token", by_form}}).status == 200);
  CHECK(persona.refresh(by_form).status == 400);
  const ServerResponse unknown = persona.world.post_form(path, {{"token", "unknown"}});
  CHECK(unknown.status == 400);
  CHECK(parse_json(unknown.body)["error"] == "invalid_token");
  CHECK(persona.world.post_form(path, {{"token", token()}, {"client_id", "nobody"}}).status == 401);
  Persona strict("mockidp");
  const std::string kept = strict.connect()["refresh_token"];
  CHECK(strict.world.post_form(MockWorld::path_of("mockidp") + "/revoke", {{"token", kept}}).status == 401);
}
