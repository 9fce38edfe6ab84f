#include "mockprovider/redaction.h"
#include "tests/unit/mockprovider/mock_world.h"

using namespace coffer;
using namespace coffer::mock;
using namespace coffer::mock::testing;
using namespace std::chrono_literals;

namespace {

std::vector<std::string> endpoints(const Json& journal) {
  std::vector<std::string> names;
  for (const auto& entry : journal["entries"]) names.push_back(entry["endpoint"]);
  return names;
}

}  // namespace

TEST_CASE("a URL is kept without the values of its query, but for what went wrong", "[journal]") {
  CHECK(redact_url("https://app/cb?code=abc&state=x#f") == "https://app/cb?code=[redacted]&state=[redacted]");
  CHECK(redact_url("https://app/cb?error=access_denied&state=x") ==
        "https://app/cb?error=access_denied&state=[redacted]");
  CHECK(redact_url("/plain#token=abc") == "/plain");
}

TEST_CASE("only headers that hold no credential are kept", "[journal]") {
  const Fields kept = harmless_headers({{"Authorization", "Bearer abc"},
                                        {"Cookie", "a=b"},
                                        {"X-Api-Key", "abc"},
                                        {"Accept", "application/json"},
                                        {"User-Agent", "test/1"}});
  CHECK(kept == Fields{{"accept", "application/json"}, {"user-agent", "test/1"}});
}

TEST_CASE("an entry has the harmless headers of request and answer", "[journal]") {
  MockWorld world;
  world.send("GET", "/mock/mockidp/userinfo", {{"Accept", "text/x"}, {"Authorization", "Bearer abc"}});
  const Json entry = world.control("GET", "/_mock/journal")["entries"][0];
  CHECK(entry["request_headers"] == Json{{"accept", "text/x"}});
  CHECK(entry["answer_headers"]["www-authenticate"].get<std::string>().starts_with("Bearer"));
}

TEST_CASE("no value of a code or token stands in the journal or the archive", "[journal]") {
  MockWorld world;
  const std::string code = world.code_of("mockidp");
  const Json tokens = parse_json(world.redeem("mockidp", code).body);
  world.refresh("mockidp", tokens["refresh_token"]);
  for (const char* path : {"/_mock/journal", "/_mock/journal.har"}) {
    CAPTURE(path);
    const std::string text = world.get(path).body;
    CHECK(text.find(code) == std::string::npos);
    CHECK(text.find(tokens["access_token"].get<std::string>()) == std::string::npos);
    CHECK(text.find(tokens["refresh_token"].get<std::string>()) == std::string::npos);
  }
}

TEST_CASE("the journal is asked for a time, a number or how long ago", "[journal]") {
  MockWorld world;
  const Json tokens = world.connect("mockidp");
  world.clock.advance(10min);
  world.get("/mock/mockidp/userinfo", tokens["access_token"]);
  const std::vector<std::string> last = {"userinfo"};
  const Json all = world.control("GET", "/_mock/journal");
  const std::uint64_t before = all["entries"][all["entries"].size() - 2]["number"];
  CHECK(endpoints(world.control("GET", "/_mock/journal?since=" + std::to_string(before))) == last);
  CHECK(endpoints(world.control("GET", "/_mock/journal?since=2026-11-22T12:05:00Z")) == last);
  CHECK(endpoints(world.control("GET", "/_mock/journal?since=5m")) == last);
  CHECK(world.get("/_mock/journal?since=yesterday").status == 400);
}

TEST_CASE("the journal is searched for a text, and shows the newest first if asked", "[journal]") {
  MockWorld world;
  const Json tokens = world.connect("mockidp");
  world.get("/mock/mockidp/userinfo", tokens["access_token"]);
  CHECK(endpoints(world.control("GET", "/_mock/journal?q=/USERINFO")) ==
        std::vector<std::string>{"userinfo"});
  CHECK(endpoints(world.control("GET", "/_mock/journal?newest_first=true&limit=2")) ==
        std::vector<std::string>{"userinfo", "token"});
}

TEST_CASE("the archive is HTTP Archive 1.2 with lineage", "[journal]") {
  MockWorld world;
  const Json tokens = world.connect("mockidp");
  world.refresh("mockidp", tokens["refresh_token"]);
  const Json har = world.control("GET", "/_mock/journal.har?endpoint=refresh");
  CHECK(har["log"]["version"] == "1.2");
  const Json& entry = har["log"]["entries"][0];
  CHECK(entry["startedDateTime"] == "2026-11-22T12:00:00.000Z");
  CHECK(entry["request"]["method"] == "POST");
  CHECK(entry["request"]["url"] == std::string(kUrl) + "/mock/mockidp/token");
  CHECK(entry["request"]["postData"]["mimeType"] == "application/x-www-form-urlencoded");
  CHECK(entry["response"]["status"] == 200);
  CHECK(entry["response"]["content"]["mimeType"] == "application/json");
  CHECK(entry["_family"].get<std::string>().starts_with("fam_"));
  CHECK(entry["_parent"].get<std::string>().starts_with("rt_"));
}

TEST_CASE("the URLs of a tenant's archive begin with the origin once", "[journal]") {
  MockWorld world;
  world.post_json("/_mock/tenants/a", Json::object());
  world.get("/t/a/mock/mockidp/userinfo");
  const Json har = world.control("GET", "/t/a/_mock/journal.har");
  CHECK(har["log"]["entries"][0]["request"]["url"] == std::string(kUrl) + "/t/a/mock/mockidp/userinfo");
}

TEST_CASE("the journal tells of all that it keeps, the newest last", "[journal]") {
  MockWorld world;
  for (int i = 0; i < 1'001; ++i) world.get("/mock/mockidp/jwks");
  const Json entries = world.control("GET", "/_mock/journal")["entries"];
  CHECK(entries.size() == 1'001);
  CHECK(entries.back()["number"] == 1'001);
}

TEST_CASE("a credential is cut out of the journal wherever it was sent", "[journal]") {
  MockWorld world;
  const std::string token = world.connect("mockidp")["access_token"];
  world.get(world.authorize_target("mockidp", {{"login_hint", token}, {"scope", token}}));
  world.get("/nosuch/" + token);
  world.get("/mock/mockidp/mock/echo?text=" + token.substr(0, 16), token);
  world.send("GET", "/mock/mockidp/jwks", {{"User-Agent", "app/" + token}});
  for (const char* path : {"/_mock/journal", "/_mock/journal.har", "/_mock/"}) {
    CAPTURE(path);
    CHECK(world.get(path).body.find(token.substr(0, 16)) == std::string::npos);
  }
}

TEST_CASE("a code on a page and the rest of a token in an answer that was cut are cut out", "[journal]") {
  MockWorld world;
  const std::string page = world
                               .get(world.authorize_target(
                                   "mockidp", {{"mock_script", "duplicate_callback"}, {"scope", "openid"}}))
                               .body;
  const std::size_t begin = page.find("code=") + 5;
  const std::string code = page.substr(begin, page.find_first_of("&\"", begin) - begin);
  REQUIRE(code.starts_with("mock_code_"));
  world.post_json("/_mock/faults", {{"endpoint", "token"}, {"action", "truncated_json"}});
  const std::string cut = world.redeem("mockidp", code).body;
  const std::string journal = world.get("/_mock/journal").body;
  CHECK(journal.find(code) == std::string::npos);
  CHECK(journal.find(cut.substr(cut.size() - 12)) == std::string::npos);
}

TEST_CASE("the beginning of a token at the end of an answer is cut out where its looks do not tell it yet",
          "[journal]") {
  const CredentialMarks marks(shipped_profiles());
  const auto answer_of = [&](const std::string& body) {
    Journal journal;
    Exchange exchange;
    exchange.hide("mock_at_0123456789abcdefghij", "at_1");
    journal.add(exchange, body, marks);
    return journal.find({}).front().answer;
  };
  CHECK(answer_of(R"({"access_token":"mock_at_0123)") == R"({"access_token":"[at_1])");
  CHECK(answer_of(R"({"access_token":"mock_at_)") == R"({"access_token":"[at_1])");
  // Less than that may be any word.
  CHECK(answer_of(R"({"access_token":"mock_at)") == R"({"access_token":"mock_at)");
}

TEST_CASE("credentials are known by their looks, and other words are left alone", "[journal]") {
  const CredentialMarks marks(shipped_profiles());
  const auto [text, expected] = GENERATE(table<const char*, const char*>(
      {{"see mat_0123456789ab!", "see [credential]!"},
       {"see mock_at_0123456789ab!", "see [credential]!"},
       {"\"eyJhbGciOiJSUzI1NiJ9.e30.c2ln\"", "\"[credential]\""},
       {"=ya29.a0AbCdEfGhIjKlMnOpQrStUvWx&", "=[credential]&"},
       {"code%3Dmac_0123456789ab", "code%3D[credential]"},
       {"/AbCdEfGhIjKlMnOpQrStUvWxYz012345/", "/[credential]/"},
       {"/0123456789abcdef0123456789abcdef/", "/0123456789abcdef0123456789abcdef/"},
       {"/oauth/callback/ac_1a2b3c4d5e6f", "/oauth/callback/ac_1a2b3c4d5e6f"},
       {"format_0123456789ab mat_short", "format_0123456789ab mat_short"}}));
  CHECK(marks.without_credentials(text) == expected);
}

TEST_CASE("a typing error in what the controls are asked for is named", "[journal]") {
  MockWorld world;
  const auto [target, name] =
      GENERATE(table<const char*, const char*>({{"/_mock/journal?endpont=token", "endpont"},
                                                {"/_mock/journal?newest_first=maybe", "newest_first"},
                                                {"/_mock/journal?limit=1&limit=2", "limit"},
                                                {"/_mock/journal.har?bogus=1", "bogus"},
                                                {"/_mock/grants?acount=x", "acount"},
                                                {"/_mock/keys?tool=x", "tool"}}));
  const ServerResponse response = world.get(target);
  CHECK(response.status == 400);
  CHECK(response.body.find(name) != std::string::npos);
}

TEST_CASE("the archive's URLs and bodies are as they were on the wire, but for the values", "[journal]") {
  MockWorld world;
  world.get(world.authorize_target("mockidp", {{"mock_script", "deny"}, {"nonce", "n"}}));
  world.get("/no%20such/%C3%A4?a%20b=1");
  world.post_json("/mock/mockidp/register", {{"client_name", "App"}});
  const Json har = world.control("GET", "/_mock/journal.har");
  const Json& entries = har["log"]["entries"];
  const std::string authorize = entries[0]["request"]["url"];
  CHECK(authorize.starts_with(std::string(kUrl) + "/mock/mockidp/authorize?response_type=code&"));
  CHECK(authorize.find("nonce=%5Bredacted%5D") != std::string::npos);
  const std::string redirect = entries[0]["response"]["redirectURL"];
  CHECK(redirect.starts_with(std::string(kCallback) + "?error=access_denied&error_description=decided+on"));
  CHECK(redirect.find_first_of(" []") == std::string::npos);
  CHECK(entries[1]["request"]["url"] == std::string(kUrl) + "/no%20such/%C3%A4?a+b=%5Bredacted%5D");
  CHECK(entries[1]["request"]["queryString"] == Json::parse(R"([{"name":"a b","value":"[redacted]"}])"));
  CHECK(entries[2]["request"]["postData"]["mimeType"] == "application/json");
  CHECK(entries[2]["request"]["postData"]["text"] == R"({"client_name":"[redacted]"})");
}
