#include "tests/unit/mockprovider/mock_world.h"

using namespace coffer;
using namespace coffer::mock;
using namespace coffer::mock::testing;

namespace {

Json metadata(const Json& changes = Json::object()) {
  Json all = {{"client_name", "App"},
              {"redirect_uris", {kCallback}},
              {"grant_types", {"authorization_code", "refresh_token"}},
              {"contacts", {"dev@example.com"}}};
  all.merge_patch(changes);
  return all;
}

struct Registry {
  MockWorld world;

  ServerResponse post(const Json& body) { return world.post_json("/mock/mockidp/register", body); }
  Json register_client(const Json& changes = Json::object()) {
    const ServerResponse response = post(metadata(changes));
    INFO(response.body);
    REQUIRE(response.status == 201);
    return parse_json(response.body);
  }
  ServerResponse manage(const std::string& method, const Json& client, const Json& body = Json::object()) {
    const std::string uri = client["registration_client_uri"];
    const HttpHeaders headers = {
        {"Authorization", "Bearer " + client["registration_access_token"].get<std::string>()},
        {"Content-Type", "application/json"}};
    return world.send(method, uri.substr(std::string(kUrl).size()), headers,
                      method == "PUT" ? dump_json(body) : "");
  }
  std::string code_of(const Json& client) {
    return world.code_of("mockidp", {{"client_id", client["client_id"]}});
  }
  ServerResponse redeem(const Json& client, const std::string& code) {
    return world.post_form(
        "/mock/mockidp/token",
        {{"grant_type", "authorization_code"},
         {"code", code},
         {"redirect_uri", kCallback},
         {"code_verifier", kVerifier}},
        {{"Authorization", "Basic " + to_base64(client["client_id"].get<std::string>() + ":" +
                                                client["client_secret"].get<std::string>())}});
  }
};

}  // namespace

TEST_CASE("a client registers itself and connects", "[registration]") {
  Registry registry;
  const Json client = registry.register_client();
  CHECK(client["client_name"] == "App");
  CHECK(client["redirect_uris"] == Json::array({kCallback}));
  CHECK(client["token_endpoint_auth_method"] == "client_secret_basic");
  CHECK(client["response_types"] == Json::array({"code"}));
  CHECK(client["contacts"] == Json::array({"dev@example.com"}));
  CHECK(client["client_secret_expires_at"] == 0);
  CHECK(client["client_id_issued_at"] == coffer::testing::kStartMs / 1000);
  const ServerResponse tokens = registry.redeem(client, registry.code_of(client));
  CHECK(tokens.status == 200);
  CHECK(parse_json(tokens.body).contains("refresh_token"));
}

TEST_CASE("a client that did not ask for refresh tokens gets none", "[registration]") {
  Registry registry;
  const Json client = registry.register_client({{"grant_types", nullptr}});
  CHECK(client["grant_types"] == Json::array({"authorization_code"}));
  const ServerResponse tokens = registry.redeem(client, registry.code_of(client));
  CHECK_FALSE(parse_json(tokens.body).contains("refresh_token"));
}

TEST_CASE("a public client has no secret", "[registration]") {
  Registry registry;
  const Json client =
      registry.register_client({{"token_endpoint_auth_method", "none"}, {"client_secret", "mine"}});
  CHECK_FALSE(client.contains("client_secret"));
  CHECK_FALSE(client.contains("client_secret_expires_at"));
}

TEST_CASE("wrong metadata is refused by name", "[registration]") {
  struct Case {
    Json change;
    std::string error;
  };
  const Case c = GENERATE(values<Case>({
      {{{"redirect_uris", nullptr}}, "invalid_redirect_uri"},
      {{{"redirect_uris", Json::array()}}, "invalid_redirect_uri"},
      {{{"redirect_uris", "https://app.example/cb"}}, "invalid_redirect_uri"},
      {{{"redirect_uris", {"/relative"}}}, "invalid_redirect_uri"},
      {{{"redirect_uris", {"https://app.example/cb#x"}}}, "invalid_redirect_uri"},
      {{{"redirect_uris", {"javascript:alert(1)"}}}, "invalid_redirect_uri"},
      {{{"redirect_uris", {"https://u@app.example/cb"}}}, "invalid_redirect_uri"},
      {{{"token_endpoint_auth_method", "private_key_jwt"}}, "invalid_client_metadata"},
      {{{"grant_types", {"password"}}}, "invalid_client_metadata"},
      {{{"response_types", {"token"}}}, "invalid_client_metadata"},
      {{{"id_token_signed_response_alg", "none"}}, "invalid_client_metadata"},
      {{{"client_name", 7}}, "invalid_client_metadata"},
      {{{"notes", std::string(20'000, 'x')}}, "invalid_client_metadata"},
  }));
  Registry registry;
  CAPTURE(c.change.dump().substr(0, 80));
  const ServerResponse response = registry.post(metadata(c.change));
  CHECK(response.status == 400);
  CHECK(parse_json(response.body)["error"] == c.error);
  CHECK(header_of(response, "Cache-Control") == "no-store");
}

TEST_CASE("what is no JSON object is no registration", "[registration]") {
  Registry registry;
  CHECK(registry.post(Json::array({"x"})).status == 400);
  CHECK(registry.world.post_form("/mock/mockidp/register", {{"redirect_uris", kCallback}}).status == 400);
  CHECK(registry.world.send("POST", "/mock/mockidp/register", {{"Content-Type", "application/json"}}, "{")
            .status == 400);
}

TEST_CASE("a registration is read with its own token alone", "[registration]") {
  Registry registry;
  Json client = registry.register_client();
  const ServerResponse read = registry.manage("GET", client);
  CHECK(read.status == 200);
  CHECK(parse_json(read.body) == client);
  for (const std::string& token :
       {std::string("wrong"), std::string(),
        registry.register_client()["registration_access_token"].get<std::string>()}) {
    client["registration_access_token"] = token;
    for (const char* method : {"GET", "PUT", "DELETE"}) CHECK(registry.manage(method, client).status == 401);
  }
  CHECK(registry.world.get("/mock/mockidp/register/coffer-dev-mockidp").status == 401);
}

TEST_CASE("an update replaces the metadata and keeps id, secret and token", "[registration]") {
  Registry registry;
  const Json client = registry.register_client();
  const ServerResponse response = registry.manage("PUT", client,
                                                  {{"client_id", client["client_id"]},
                                                   {"client_secret", client["client_secret"]},
                                                   {"client_name", "Renamed"},
                                                   {"redirect_uris", {"https://app.example/new"}}});
  REQUIRE(response.status == 200);
  const Json changed = parse_json(response.body);
  CHECK(changed["client_name"] == "Renamed");
  CHECK(changed["client_secret"] == client["client_secret"]);
  CHECK(changed["registration_access_token"] == client["registration_access_token"]);
  CHECK_FALSE(changed.contains("contacts"));
  CHECK(registry.world.get(registry.world.authorize_target("mockidp", {{"client_id", client["client_id"]}}))
            .status == 400);
}

TEST_CASE("a member that is null is as good as absent", "[registration]") {
  Registry registry;
  const Json client = registry.register_client();
  const ServerResponse response = registry.manage("PUT", client,
                                                  {{"client_id", client["client_id"]},
                                                   {"client_name", nullptr},
                                                   {"scope", nullptr},
                                                   {"redirect_uris", {"https://app.example/new"}}});
  INFO(response.body);
  REQUIRE(response.status == 200);
  CHECK_FALSE(parse_json(response.body).contains("client_name"));
}

TEST_CASE("an update that RFC 7592 forbids changes nothing", "[registration]") {
  Registry registry;
  const Json client = registry.register_client();
  const Json change = GENERATE(values<Json>({
      {{"client_id", "another"}},
      {{"client_id", nullptr}},
      {{"client_secret", "another"}},
      {{"registration_access_token", "x"}},
      {{"client_id_issued_at", 1}},
      {{"redirect_uris", {"/relative"}}},
  }));
  CAPTURE(change.dump());
  Json body = metadata({{"client_id", client["client_id"]}, {"client_name", "Renamed"}});
  body.merge_patch(change);
  CHECK(registry.manage("PUT", client, body).status == 400);
  CHECK(parse_json(registry.manage("GET", client).body) == client);
}

TEST_CASE("a deleted client is unknown, and so is all that it was given", "[registration]") {
  Registry registry;
  const Json client = registry.register_client();
  const Json tokens = parse_json(registry.redeem(client, registry.code_of(client)).body);
  CHECK(registry.manage("DELETE", client).status == 204);
  CHECK(registry.manage("GET", client).status == 401);
  CHECK(registry.world.get("/mock/mockidp/mock/whoami", tokens["access_token"]).status == 401);
  CHECK(registry.redeem(client, "x").status == 401);
}

TEST_CASE("the journal holds neither secret nor registration token", "[registration]") {
  Registry registry;
  const Json client = registry.register_client();
  registry.manage("GET", client);
  const std::string journal = registry.world.get("/_mock/journal").body;
  CHECK(journal.find(client["client_secret"].get<std::string>()) == std::string::npos);
  CHECK(journal.find(client["registration_access_token"].get<std::string>()) == std::string::npos);
}

TEST_CASE("a request for a registration without a token is challenged without an error code",
          "[registration]") {
  MockWorld world;
  const std::string target = "/mock/mockidp/register/somebody";
  const ServerResponse none = world.get(target);
  CHECK(none.status == 401);
  CHECK(header_of(none, "WWW-Authenticate") == "Bearer realm=\"mockidp\"");
  const ServerResponse wrong = world.get(target, "wrong");
  CHECK(wrong.status == 401);
  CHECK(header_of(wrong, "WWW-Authenticate") == "Bearer realm=\"mockidp\", error=\"invalid_token\"");
}
