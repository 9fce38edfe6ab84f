#include "tests/unit/mockprovider/mock_world.h"

using namespace coffer;
using namespace coffer::mock;
using namespace coffer::mock::testing;
using namespace std::chrono_literals;

namespace {

std::string error_of(const ServerResponse& response) {
  const Json body = Json::parse(response.body, nullptr, false);
  return body.is_object() ? body.value("error", "") : "";
}

Fields answer_of(const ServerResponse& response) {
  return MockWorld::answer_of_redirect(header_of(response, "Location"));
}

}  // namespace

TEST_CASE("the whole walk gives a token that the toolkit believes", "[mock]") {
  MockWorld world;
  const Json tokens = world.connect("mockidp");
  CHECK(tokens["token_type"] == "Bearer");
  CHECK(tokens["expires_in"] == 3600);
  CHECK(tokens["scope"] == "read write");
  const ServerResponse who = world.get("/mock/mockidp/mock/whoami", tokens["access_token"]);
  CHECK(who.status == 200);
  CHECK(parse_json(who.body)["email"] == "alice@example.com");
}

TEST_CASE("the redirect carries code, the exact state and the issuer", "[mock]") {
  MockWorld world;
  const std::string location = world.redirect_of("mockidp");
  CHECK(location.starts_with(std::string(kCallback) + "?"));
  const Fields answer = MockWorld::answer_of_redirect(location);
  CHECK(find_field(answer, "state") == "st+1 =");
  CHECK(find_field(answer, "iss") == "http://127.0.0.1:4000/mock/mockidp");
  CHECK(find_field(answer, "code").has_value());
}

TEST_CASE("an authorization request by POST is the same as by GET", "[mock]") {
  MockWorld world;
  const std::string target = world.authorize_target("mockidp");
  const ServerResponse page =
      world.post_form("/mock/mockidp/authorize", parse_form(target.substr(target.find('?') + 1)).value());
  CHECK(page.status == 200);
  CHECK(page.body.find("Sign in") != std::string::npos);
}

TEST_CASE("nobody is ever sent to an address that the client did not register", "[mock]") {
  MockWorld world;
  const Fields change = GENERATE(values<Fields>({
      {{"redirect_uri", "https://evil.example/cb"}},
      {{"redirect_uri", "https://127.0.0.1/cb"}},  // loopback, but not http
      {{"redirect_uri", "http://127.0.0.1.evil.example/cb"}},
      {{"redirect_uri", "http://127.0.0.1@evil.example/cb"}},
      {{"redirect_uri", "http://127.0.0.1:9900/cb#fragment"}},
      {{"redirect_uri", "javascript:alert(1)"}},
      {{"redirect_uri", ""}},
      {{"client_id", "nobody"}},
      {{"client_id", ""}},
  }));
  CAPTURE(change[0].first, change[0].second);
  const ServerResponse response = world.get(world.authorize_target("mockidp", change));
  CHECK(response.status == 400);
  CHECK(header_of(response, "Location").empty());
  CHECK(header_of(response, "Content-Type").starts_with("text/html"));
}

TEST_CASE("a redirect URI or client given twice is not trusted", "[mock]") {
  MockWorld world;
  const std::string good = world.authorize_target("mockidp");
  CHECK(world.get(with_query(good, {{"redirect_uri", kCallback}})).status == 400);
  CHECK(world.get(with_query(good, {{"client_id", "coffer-dev-mockidp"}})).status == 400);
}

TEST_CASE("every other fault of the request goes back to the client", "[mock]") {
  struct Case {
    Fields change;
    std::string error;
  };
  const Case c = GENERATE(values<Case>({
      {{{"response_type", ""}}, "invalid_request"},
      {{{"response_type", "token"}}, "unsupported_response_type"},
      {{{"response_mode", "fragment"}}, "invalid_request"},
      {{{"code_challenge", ""}, {"code_challenge_method", ""}}, "invalid_request"},
      {{{"code_challenge_method", "plain"}}, "invalid_request"},
      {{{"code_challenge_method", ""}}, "invalid_request"},
      {{{"code_challenge", ""}}, "invalid_request"},
      {{{"code_challenge", "too-short"}}, "invalid_request"},
      {{{"scope", "read \"write\""}}, "invalid_scope"},
      {{{"prompt", "none"}}, "login_required"},
      {{{"prompt", "none login"}}, "invalid_request"},
      {{{"request", "eyJhbGciOiJub25lIn0.e30."}}, "request_not_supported"},
      {{{"registration", "{}"}}, "registration_not_supported"},
      {{{"resource", "/relative"}}, "invalid_target"},
      {{{"resource", "https://api.example.com/#part"}}, "invalid_target"},
  }));
  MockWorld world;
  CAPTURE(c.change[0].first, c.change[0].second);
  const ServerResponse response = world.get(world.authorize_target("mockidp", c.change));
  REQUIRE(response.status == 303);
  const Fields answer = answer_of(response);
  CHECK(find_field(answer, "error") == c.error);
  CHECK(find_field(answer, "state") == "st+1 =");
  CHECK(find_field(answer, "iss").has_value());
  CHECK_FALSE(find_field(answer, "code").has_value());
}

TEST_CASE("PKCE is optional where the provider says so, and holds once it was begun", "[mock]") {
  MockWorld world;
  const Fields without = {{"code_challenge", ""}, {"code_challenge_method", ""}};
  const std::string code = world.code_of("google", without);
  const Fields form = {{"grant_type", "authorization_code"}, {"code", code}, {"redirect_uri", kCallback}};
  CHECK(world.token("google", form).status == 200);
  const Fields unproved = {
      {"grant_type", "authorization_code"}, {"code", world.code_of("google")}, {"redirect_uri", kCallback}};
  CHECK(error_of(world.token("google", unproved)) == "invalid_grant");
}

TEST_CASE("a state that is absent stays absent", "[mock]") {
  MockWorld world;
  const Fields answer = MockWorld::answer_of_redirect(world.redirect_of("mockidp", {{"state", ""}}));
  CHECK_FALSE(find_field(answer, "state").has_value());
}

TEST_CASE("the person may deny", "[mock]") {
  MockWorld world;
  const std::string location =
      walk_pages(world.front, world.authorize_target("mockidp"), "alice@example.com", Decision::Deny);
  CHECK(find_field(MockWorld::answer_of_redirect(location), "error") == "access_denied");
}

TEST_CASE("a token answer is not stored by anyone", "[mock]") {
  MockWorld world;
  for (const ServerResponse& response :
       {world.redeem("mockidp", world.code_of("mockidp")), world.redeem("mockidp", "wrong")}) {
    CHECK(header_of(response, "Cache-Control") == "no-store");
    CHECK(header_of(response, "Content-Type") == "application/json");
  }
}

TEST_CASE("client authentication fails with 401 and a challenge for basic", "[mock]") {
  MockWorld world;
  const Fields form = {{"grant_type", "refresh_token"}, {"refresh_token", "x"}};
  const HttpHeaders wrong = {{"Authorization", "Basic " + to_base64("coffer-dev-mockidp:wrong")}};
  const ServerResponse response = world.post_form("/mock/mockidp/token", form, wrong);
  CHECK(response.status == 401);
  CHECK(error_of(response) == "invalid_client");
  CHECK(header_of(response, "WWW-Authenticate").starts_with("Basic "));
  CHECK(world.post_form("/mock/mockidp/token", form).status == 401);
}

TEST_CASE("basic credentials are form-decoded", "[mock]") {
  MockWorld world;
  const std::string id = "my app:%1";
  const std::string secret = "s_- +%:&\xC3\xA9";
  world.control("POST", "/_mock/clients",
                {{"provider", "mockidp"},
                 {"client_id", id},
                 {"client_secret", secret},
                 {"redirect_uris", {kCallback}}});
  const Fields form = {{"grant_type", "refresh_token"}, {"refresh_token", "unknown"}};
  const std::string encoded = form_encode(id) + ":" + form_encode(secret);
  const ServerResponse response =
      world.post_form("/mock/mockidp/token", form, {{"Authorization", "Basic " + to_base64(encoded)}});
  // The client is believed: it is the token that is not.
  CHECK(error_of(response) == "invalid_grant");
}

TEST_CASE("credentials in header and body at once are refused", "[mock]") {
  MockWorld world;
  const Client client = world.client_of("google");
  const Fields form = {{"grant_type", "refresh_token"},
                       {"refresh_token", "x"},
                       {"client_id", client.client_id},
                       {"client_secret", client.client_secret}};
  CHECK(error_of(world.post_form("/mock/google/token", form, world.basic_of("google"))) == "invalid_request");
  CHECK(error_of(world.post_form("/mock/google/token", form)) == "invalid_grant");
}

TEST_CASE("a provider that wants basic refuses credentials in the body", "[mock]") {
  MockWorld world;
  const Client client = world.client_of("airtable");
  const Fields form = {{"grant_type", "refresh_token"},
                       {"refresh_token", "x"},
                       {"client_id", client.client_id},
                       {"client_secret", client.client_secret}};
  CHECK(error_of(world.post_form("/mock/airtable/token", form)) == "invalid_client");
  CHECK(error_of(world.post_form("/mock/airtable/token", Fields(form.begin(), form.begin() + 2),
                                 world.basic_of("airtable"))) == "invalid_grant");
}

TEST_CASE("a client authenticates itself as it was registered, and in no other way", "[mock]") {
  MockWorld world;
  const auto with_method = [&](const char* method, const char* secret) {
    world.control("POST", "/_mock/clients",
                  {{"provider", "mockidp"},
                   {"client_id", "c"},
                   {"client_secret", secret},
                   {"token_endpoint_auth_method", method},
                   {"redirect_uris", {kCallback}}});
  };
  const Fields refresh = {{"grant_type", "refresh_token"}, {"refresh_token", "x"}};
  const auto by_basic = [&](const char* secret) {
    return error_of(world.post_form("/mock/mockidp/token", refresh,
                                    {{"Authorization", "Basic " + to_base64(std::string("c:") + secret)}}));
  };
  const auto by_body = [&](Fields credentials) {
    credentials.insert(credentials.end(), refresh.begin(), refresh.end());
    return error_of(world.post_form("/mock/mockidp/token", credentials));
  };
  with_method("client_secret_basic", "s");
  CHECK(by_basic("s") == "invalid_grant");
  CHECK(by_body({{"client_id", "c"}, {"client_secret", "s"}}) == "invalid_client");
  with_method("client_secret_post", "s");
  CHECK(by_basic("s") == "invalid_client");
  CHECK(by_body({{"client_id", "c"}, {"client_secret", "s"}}) == "invalid_grant");
  with_method("none", "");
  CHECK(by_basic("") == "invalid_client");
  CHECK(by_body({{"client_id", "c"}}) == "invalid_grant");
}

TEST_CASE("a client asks for no more scopes than it is registered for", "[mock]") {
  MockWorld world;
  world.control(
      "POST", "/_mock/clients",
      {{"provider", "mockidp"}, {"client_id", "c"}, {"scope", "read"}, {"redirect_uris", {kCallback}}});
  CHECK(world.get(world.authorize_target("mockidp", {{"client_id", "c"}, {"scope", "read"}})).status == 200);
  const ServerResponse refused = world.get(world.authorize_target("mockidp", {{"client_id", "c"}}));
  CHECK(find_field(answer_of(refused), "error") == "invalid_scope");
  for (const char* path : {"/mock/mockidp/device_authorization", "/mock/mockidp/token"}) {
    CAPTURE(path);
    const ServerResponse too_much = world.post_form(
        path, {{"client_id", "c"}, {"grant_type", "client_credentials"}, {"scope", "read write"}});
    CHECK(parse_json(too_much.body)["error"] == "invalid_scope");
  }
}

TEST_CASE("the scopes of a second grant are checked like those of the first", "[mock]") {
  MockWorld world;
  world.control(
      "POST", "/_mock/clients",
      {{"provider", "slack"}, {"client_id", "c"}, {"scope", "read"}, {"redirect_uris", {kCallback}}});
  for (const char* scope : {"read,write", "read\""}) {
    CAPTURE(scope);
    const ServerResponse refused = world.get(
        world.authorize_target("slack", {{"client_id", "c"}, {"scope", scope}, {"user_scope", "read"}}));
    CHECK(find_field(answer_of(refused), "error") == "invalid_scope");
  }
}

TEST_CASE("PKCE is required or optional for each client", "[mock]") {
  MockWorld world;
  const Fields without = {{"code_challenge", ""}, {"code_challenge_method", ""}};
  const auto status_with = [&](const char* provider, const char* rule) {
    world.control("POST", "/_mock/clients",
                  {{"provider", provider},
                   {"client_id", world.client_of(provider).client_id},
                   {"any_loopback_redirect", true},
                   {"pkce", rule}});
    return world.get(world.authorize_target(provider, without)).status;
  };
  CHECK(status_with("mockidp", "optional") == 200);
  CHECK(status_with("google", "required") == 303);
}

TEST_CASE("the token endpoint refuses what RFC 6749 refuses", "[mock]") {
  struct Case {
    Fields form;
    std::string error;
  };
  const Case c = GENERATE(values<Case>({
      {{}, "invalid_request"},
      {{{"grant_type", "password"}}, "unsupported_grant_type"},
      {{{"grant_type", "authorization_code"}}, "invalid_request"},
      {{{"grant_type", "refresh_token"}}, "invalid_request"},
      {{{"grant_type", "refresh_token"}, {"refresh_token", "a"}, {"refresh_token", "b"}}, "invalid_request"},
      {{{"grant_type", "authorization_code"}, {"code", "unknown"}}, "invalid_grant"},
  }));
  MockWorld world;
  const ServerResponse response = world.token("mockidp", c.form);
  CHECK(response.status == 400);
  CHECK(error_of(response) == c.error);
}

TEST_CASE("only POST reaches the token endpoint, and only as a form", "[mock]") {
  MockWorld world;
  const ServerResponse get = world.get("/mock/mockidp/token");
  CHECK(get.status == 405);
  CHECK(header_of(get, "Allow") == "POST");
  const Json body = {{"grant_type", "refresh_token"}, {"refresh_token", "x"}};
  CHECK(error_of(world.post_json("/mock/mockidp/token", body, world.basic_of("mockidp"))) ==
        "invalid_request");
}

TEST_CASE("a refresh rotates, and the old token kills the family", "[mock]") {
  MockWorld world;
  const Json first = world.connect("mockidp");
  const Json second = parse_json(world.refresh("mockidp", first["refresh_token"]).body);
  CHECK(world.get("/mock/mockidp/mock/whoami", second["access_token"]).status == 200);
  CHECK(error_of(world.refresh("mockidp", first["refresh_token"])) == "invalid_grant");
  CHECK(world.get("/mock/mockidp/mock/whoami", second["access_token"]).status == 401);
  CHECK(error_of(world.refresh("mockidp", second["refresh_token"])) == "invalid_grant");
  CHECK(world.front.with_tenant([](Tenant& tenant) { return tenant.refreshes_granted; }) == 1);
}

TEST_CASE("google keeps its refresh token and sends none with a refresh", "[mock]") {
  MockWorld world;
  const Json first = world.connect("google", {{"access_type", "offline"}});
  const Json second = parse_json(world.refresh("google", first["refresh_token"]).body);
  CHECK_FALSE(second.contains("refresh_token"));
  CHECK(world.refresh("google", first["refresh_token"]).status == 200);
}

TEST_CASE("google gives a refresh token only when asked for offline, and again only after prompt=consent",
          "[mock]") {
  MockWorld world;
  CHECK_FALSE(world.connect("google").contains("refresh_token"));
  world.control("POST", "/_mock/reset");
  CHECK(world.connect("google", {{"access_type", "offline"}}).contains("refresh_token"));
  CHECK_FALSE(world.connect("google", {{"access_type", "offline"}}).contains("refresh_token"));
  CHECK(
      world.connect("google", {{"access_type", "offline"}, {"prompt", "consent"}}).contains("refresh_token"));
  CHECK(world.connect("google", {{"access_type", "offline"}}, "bob@example.com").contains("refresh_token"));
}

TEST_CASE("github answers as a form unless JSON is accepted, with errors under 200", "[mock]") {
  MockWorld world;
  const Client client = world.client_of("github");
  const auto redeem = [&](const std::string& code, HttpHeaders headers) {
    return world.post_form("/mock/github/token",
                           {{"grant_type", "authorization_code"},
                            {"code", code},
                            {"redirect_uri", kCallback},
                            {"code_verifier", kVerifier},
                            {"client_id", client.client_id},
                            {"client_secret", client.client_secret}},
                           std::move(headers));
  };
  const ServerResponse form = redeem(world.code_of("github"), {});
  CHECK(header_of(form, "Content-Type").starts_with("application/x-www-form-urlencoded"));
  const Fields fields = parse_form(form.body).value();
  CHECK(find_field(fields, "access_token").has_value());
  CHECK(find_field(fields, "scope") == "read,write");
  CHECK_FALSE(find_field(fields, "expires_in").has_value());
  const ServerResponse refused = redeem("wrong", {{"Accept", "application/json"}});
  CHECK(refused.status == 200);
  CHECK(error_of(refused) == "bad_verification_code");
}

TEST_CASE("revocation ends the token at once and needs the client", "[mock]") {
  MockWorld world;
  const Json tokens = world.connect("mockidp");
  const Fields form = {{"token", tokens["refresh_token"]}, {"token_type_hint", "refresh_token"}};
  CHECK(world.post_form("/mock/mockidp/revoke", form).status == 401);
  CHECK(world.post_form("/mock/mockidp/revoke", form, world.basic_of("mockidp")).status == 200);
  CHECK(world.get("/mock/mockidp/mock/whoami", tokens["access_token"]).status == 401);
  CHECK(world.post_form("/mock/mockidp/revoke", {{"token", "unknown"}}, world.basic_of("mockidp")).status ==
        200);
}

TEST_CASE("a provider without revocation has no such endpoint", "[mock]") {
  MockWorld world;
  CHECK(world.post_form("/mock/github/revoke", {{"token", "x"}}).status == 404);
}

TEST_CASE("introspection is for clients with a secret, and for their own tokens", "[mock]") {
  MockWorld world;
  const Json tokens = world.connect("mockidp");
  for (const char* secret : {"s", ""}) {
    world.control(
        "POST", "/_mock/clients",
        {{"provider", "mockidp"}, {"client_id", std::string("c") + secret}, {"client_secret", secret}});
  }
  const Fields form = {{"token", tokens["access_token"]}};
  const ServerResponse foreign =
      world.post_form("/mock/mockidp/introspect", form, {{"Authorization", "Basic " + to_base64("cs:s")}});
  CHECK(parse_json(foreign.body) == Json({{"active", false}}));
  const ServerResponse open =
      world.post_form("/mock/mockidp/introspect", {{"token", tokens["access_token"]}, {"client_id", "c"}});
  CHECK(open.status == 401);
  CHECK(error_of(open) == "invalid_client");
  CHECK(error_of(world.post_form("/mock/mockidp/introspect", {}, world.basic_of("mockidp"))) ==
        "invalid_request");
}

TEST_CASE("a client cannot revoke the token of another", "[mock]") {
  MockWorld world;
  const Json tokens = world.connect("mockidp");
  world.control("POST", "/_mock/clients",
                {{"provider", "mockidp"}, {"client_id", "c"}, {"client_secret", "s"}});
  const ServerResponse response =
      world.post_form("/mock/mockidp/revoke", {{"token", tokens["refresh_token"]}},
                      {{"Authorization", "Basic " + to_base64("c:s")}});
  CHECK(response.status == 400);
  CHECK(world.get("/mock/mockidp/mock/whoami", tokens["access_token"]).status == 200);
}

TEST_CASE("a client of the same name at another provider cannot revoke", "[mock]") {
  MockWorld world;
  const Json tokens = world.connect("mockidp");
  world.control("POST", "/_mock/clients",
                {{"provider", "google"}, {"client_id", "coffer-dev-mockidp"}, {"client_secret", "s"}});
  const ServerResponse response =
      world.post_form("/mock/google/revoke", {{"token", tokens["refresh_token"]}},
                      {{"Authorization", "Basic " + to_base64("coffer-dev-mockidp:s")}});
  CHECK(response.status == 400);
  CHECK(world.get("/mock/mockidp/mock/whoami", tokens["access_token"]).status == 200);
}

TEST_CASE("introspection tells a live token from a dead one", "[mock]") {
  MockWorld world;
  const Json tokens = world.connect("mockidp");
  const auto introspect = [&] {
    const Fields form = {{"token", tokens["access_token"]}};
    return parse_json(world.post_form("/mock/mockidp/introspect", form, world.basic_of("mockidp")).body);
  };
  const Json live = introspect();
  CHECK(live["active"] == true);
  CHECK(live["username"] == "alice@example.com");
  CHECK(live["scope"] == "read write");
  CHECK(live["exp"].get<std::int64_t>() - live["iat"].get<std::int64_t>() == 3600);
  world.clock.advance(1h);
  CHECK(introspect() == Json({{"active", false}}));
}

TEST_CASE("userinfo tells who a live token is", "[mock]") {
  MockWorld world;
  const Json tokens = world.connect("mockidp", {{"scope", "openid email"}}, "bob@example.com");
  CHECK(parse_json(world.get("/mock/mockidp/userinfo", tokens["access_token"]).body)["email"] ==
        "bob@example.com");
  CHECK(world.get("/mock/google/userinfo", tokens["access_token"]).status == 401);
  CHECK(header_of(world.get("/mock/mockidp/userinfo"), "WWW-Authenticate").find("error=") ==
        std::string::npos);
  world.clock.advance(1h);
  const ServerResponse dead = world.get("/mock/mockidp/userinfo", tokens["access_token"]);
  CHECK(dead.status == 401);
  CHECK(header_of(dead, "WWW-Authenticate").find("error=\"invalid_token\"") != std::string::npos);
}

TEST_CASE("the metadata is found below the issuer and by RFC 8414's path", "[mock]") {
  MockWorld world;
  for (const char* target : {"/mock/google/.well-known/oauth-authorization-server",
                             "/mock/google/.well-known/openid-configuration",
                             "/.well-known/oauth-authorization-server/mock/google",
                             "/.well-known/openid-configuration/mock/google"}) {
    CAPTURE(target);
    const ServerResponse response = world.get(target);
    REQUIRE(response.status == 200);
    const Json metadata = parse_json(response.body);
    CHECK(metadata["issuer"] == "http://127.0.0.1:4000/mock/google");
    CHECK(metadata["token_endpoint"] == "http://127.0.0.1:4000/mock/google/token");
    CHECK(metadata["code_challenge_methods_supported"] == Json::array({"S256"}));
    CHECK(metadata["authorization_response_iss_parameter_supported"] == true);
  }
  CHECK(world.get("/.well-known/oauth-authorization-server/mock/google/gmail").status == 404);
  CHECK_FALSE(parse_json(world.get("/mock/github/.well-known/openid-configuration").body)
                  .contains("revocation_endpoint"));
}

TEST_CASE("nothing is shared between providers", "[mock]") {
  MockWorld world;
  const Json tokens = world.connect("google", {{"access_type", "offline"}});
  CHECK(error_of(world.refresh("mockidp", tokens["refresh_token"])) == "invalid_grant");
  CHECK(world.get("/mock/mockidp/mock/whoami", tokens["access_token"]).status == 401);
}

TEST_CASE("HEAD looks at the authorization endpoint and uses nothing up", "[mock]") {
  MockWorld world;
  world.control("POST", "/_mock/scripts", {{"action", "allow"}, {"count", 1}});
  const Json pushed = parse_json(world
                                     .post_form("/mock/mockidp/par",
                                                {{"response_type", "code"},
                                                 {"redirect_uri", kCallback},
                                                 {"code_challenge", kChallenge},
                                                 {"code_challenge_method", "S256"}},
                                                world.basic_of("mockidp"))
                                     .body);
  const std::string by_address =
      with_query("/mock/mockidp/authorize",
                 {{"client_id", "coffer-dev-mockidp"}, {"request_uri", pushed["request_uri"]}});
  const std::string before = world.get("/_mock/snapshot").body;
  for (const std::string& target : {world.authorize_target("mockidp"), by_address}) {
    const ServerResponse response = world.send("HEAD", target);
    CHECK(response.status == 200);
    CHECK(header_of(response, "Content-Type").starts_with("text/html"));
  }
  CHECK(world.send("HEAD", world.authorize_target("mockidp", {{"prompt", "none"}})).status == 303);
  CHECK(world.send("HEAD", world.authorize_target("mockidp", {{"client_id", "nobody"}})).status == 400);
  const auto without_journal = [](const std::string& snapshot) {
    Json json = parse_json(snapshot);
    json["world"].erase("journal");
    return json;
  };
  CHECK(without_journal(world.get("/_mock/snapshot").body) == without_journal(before));
  CHECK(world.get(by_address).status == 303);  // by the script
}
