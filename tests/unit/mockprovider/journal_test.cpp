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
