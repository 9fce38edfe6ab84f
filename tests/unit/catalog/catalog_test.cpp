#include "vault/catalog/catalog.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/test_env.h"
#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/json.h"

using namespace coffer;
namespace fs = std::filesystem;

namespace {

Json minimal_toolkit() {
  return Json::parse(R"json({
    "format": 1, "slug": "demo", "name": "Demo", "description": "A demo.", "version": "1",
    "base_url": "https://api.example.com",
    "auth": [{"scheme": "API_KEY", "fields": [{"name": "generic_api_key", "secret": true}],
              "headers": {"Authorization": "Bearer {{api_key}}"}}],
    "tools": [{"slug": "DEMO_GET", "name": "Get", "description": "Gets.",
               "input": {"type": "object", "properties": {"id": {"type": "string"}}},
               "request": {"method": "GET", "path": "/things/{{id}}"}}]
  })json");
}

Json minimal_provider() {
  return Json::parse(R"json({"format": 1, "id": "demo", "name": "Demo",
    "authorization_url": "https://example.com/authorize", "token_url": "https://example.com/token"})json");
}

class Directory {
 public:
  void toolkit(const std::string& name, const std::string& text) { write("toolkits", name, text); }
  void provider(const std::string& name, const std::string& text) { write("providers", name, text); }
  Catalog load(const std::string& mock_url = "") const { return Catalog::load({{dir_.path()}, mock_url}); }

  std::string fault() const {
    try {
      load();
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::InvalidArgument);
      return error.what();
    }
    return "";
  }

 private:
  void write(const char* folder, const std::string& name, const std::string& text) {
    fs::create_directories(dir_.path() / folder);
    std::ofstream(dir_.path() / folder / name) << text;
  }
  testing::TempDir dir_;
};

// The minimal toolkit with one change at a JSON pointer.
std::string fault_with(const std::string& pointer, const Json& value) {
  Json toolkit = minimal_toolkit();
  toolkit[Json::json_pointer(pointer)] = value;
  Directory directory;
  directory.toolkit("demo.json", toolkit.dump());
  return directory.fault();
}

}  // namespace

TEST_CASE("the built-in toolkits and providers are there", "[catalog]") {
  const Catalog catalog = Catalog::load();
  for (const char* slug : {"gmail", "github", "slack", "jira", "tavily", "sentry", "zendesk", "mock"}) {
    CAPTURE(slug);
    REQUIRE(catalog.find_toolkit(slug) != nullptr);
    CHECK(catalog.find_toolkit(slug)->slug == slug);
  }
  CHECK(catalog.find_toolkit("GMAIL") == catalog.find_toolkit("gmail"));
  CHECK(catalog.find_toolkit("nope") == nullptr);
  CHECK(catalog.find_provider("google") != nullptr);
  CHECK(catalog.find_provider("nope") == nullptr);
  const auto by_slug = [](const Toolkit& a, const Toolkit& b) { return a.slug < b.slug; };
  CHECK(std::is_sorted(catalog.toolkits().begin(), catalog.toolkits().end(), by_slug));
}

TEST_CASE("a tool is found by slug and alias in any case", "[catalog]") {
  const Catalog catalog = Catalog::load();
  const ToolRef tool = catalog.find_tool("github_create_an_issue");
  REQUIRE(tool.tool != nullptr);
  CHECK(tool.tool->slug == "GITHUB_CREATE_AN_ISSUE");
  CHECK(tool.toolkit->slug == "github");
  CHECK(catalog.find_tool("GITHUB_CREATE_ISSUE").tool == tool.tool);
  CHECK(catalog.find_tool("GITHUB_NOPE").tool == nullptr);
}

TEST_CASE("a copy of a catalog finds its own tools", "[catalog]") {
  auto first = std::make_unique<Catalog>(Catalog::load());
  const Catalog copy = *first;
  first.reset();
  CHECK(copy.find_tool("MOCK_ECHO").tool->slug == "MOCK_ECHO");
}

TEST_CASE("loaded for a mock, every address points there", "[catalog]") {
  const Catalog catalog = Catalog::load({{}, "http://127.0.0.1:4711"});
  const Provider& google = *catalog.find_provider("google");
  CHECK(google.issuer == "http://127.0.0.1:4711/mock/google");
  CHECK(google.authorization_url == "http://127.0.0.1:4711/mock/google/authorize");
  CHECK(google.token_url == "http://127.0.0.1:4711/mock/google/token");
  CHECK(google.revoke_url == "http://127.0.0.1:4711/mock/google/revoke");
  CHECK(catalog.find_provider("github")->revoke_url.empty());
  for (const auto& [id, provider] : catalog.providers()) {
    for (const auto& url : {provider.authorization_url, provider.token_url, provider.issuer}) {
      CHECK(origin_of(url) == "http://127.0.0.1:4711");
    }
    CHECK(origin_of(provider.refresh_place()) == "http://127.0.0.1:4711");
    if (provider.swap_after_code) CHECK(origin_of(provider.swap_after_code->url) == "http://127.0.0.1:4711");
  }
  CHECK(catalog.find_provider("google")->refresh_place() == google.token_url);
  CHECK(catalog.find_provider("figma")->refresh_url == "http://127.0.0.1:4711/mock/figma/refresh");
  CHECK(catalog.find_provider("instagram")->renewal->url == "http://127.0.0.1:4711/mock/instagram/refresh");
  CHECK(catalog.find_provider("facebook")->renewal->url == "http://127.0.0.1:4711/mock/facebook/token");
  for (const auto& toolkit : catalog.toolkits()) {
    CHECK(toolkit.base_url == "http://127.0.0.1:4711" + toolkit.mock_path);
    CHECK((toolkit.api_root.empty() || toolkit.api_root == toolkit.base_url + "/root"));
  }
}

TEST_CASE("no two mock services share a path", "[catalog]") {
  const Catalog catalog = Catalog::load();
  std::vector<std::string> paths;
  for (const auto& [id, provider] : catalog.providers()) paths.push_back(provider.mock_path);
  for (const auto& toolkit : catalog.toolkits()) {
    paths.push_back(toolkit.mock_path);
    for (const auto& mode : toolkit.auth) {
      if (mode.scheme != AuthScheme::OAuth2) continue;
      CHECK(toolkit.mock_path.starts_with(catalog.find_provider(mode.provider)->mock_path + "/"));
    }
  }
  std::sort(paths.begin(), paths.end());
  CHECK(std::adjacent_find(paths.begin(), paths.end()) == paths.end());
}

TEST_CASE("a directory adds toolkits and providers", "[catalog]") {
  Directory directory;
  directory.toolkit("demo.json", minimal_toolkit().dump());
  directory.provider("demo.json", minimal_provider().dump());
  directory.toolkit("notes.txt", "not JSON");
  const Catalog catalog = directory.load();
  REQUIRE(catalog.find_toolkit("demo") != nullptr);
  CHECK(catalog.find_toolkit("demo")->mock_path == "/mock/api/demo");
  CHECK(catalog.find_provider("demo")->mock_path == "/mock/demo");
  CHECK(catalog.find_tool("DEMO_GET").toolkit->slug == "demo");
  CHECK(catalog.find_toolkit("gmail") != nullptr);
}

TEST_CASE("a directory replaces a built-in toolkit of the same slug", "[catalog]") {
  Directory directory;
  Json toolkit = minimal_toolkit();
  toolkit["slug"] = "tavily";
  toolkit["tools"][0]["slug"] = "TAVILY_GET";
  directory.toolkit("tavily.json", toolkit.dump());
  const Catalog catalog = directory.load();
  CHECK(catalog.find_tool("TAVILY_GET").tool != nullptr);
  CHECK(catalog.find_tool("TAVILY_TAVILY_SEARCH").tool == nullptr);
}

TEST_CASE("a file that is not as described is refused with file, place and fault", "[catalog]") {
  struct Case {
    std::string pointer;
    Json value;
    std::string fault;
  };
  const auto [pointer, value, fault] = GENERATE(values<Case>({
      {"/format", 2, "\"format\" must be 1"},
      {"/colour", "red", "demo.json: \"colour\" is not a known key here"},
      {"/tools/0/request/pth", "/", "demo.json.tools[0].request: \"pth\" is not a known key here"},
      {"/name", "", "\"name\" is missing or empty"},
      {"/name", 5, "\"name\" must be a string"},
      {"/slug", "De mo", "\"slug\" must be lower-case"},
      {"/slug", "composio", "\"slug\" may not be \"composio\""},
      {"/auth", Json::array(), "\"auth\" must name at least one scheme"},
      {"/auth/0/scheme", "MAGIC", "\"scheme\" must be"},
      {"/auth/0/scheme", "OAUTH2", "\"provider\" is for OAUTH2, DCR_OAUTH and S2S_OAUTH2, and needed there"},
      {"/auth/0/provider", "google",
       "\"provider\" is for OAUTH2, DCR_OAUTH and S2S_OAUTH2, and needed there"},
      {"/auth/0/scheme", "DCR_OAUTH", "\"provider\" is for OAUTH2, DCR_OAUTH and S2S_OAUTH2"},
      {"/auth/0/fields/0/secret", false, "field \"generic_api_key\" must be secret"},
      {"/auth/0",
       {{"scheme", "SAML"}, {"headers", {{"X-Realm", "all"}}}},
       "\"fields\" must name a secret: the scheme has none of its own"},
      {"/auth/0",
       {{"scheme", "SERVICE_ACCOUNT"}, {"headers", {{"X-Key", "{{public_key}}"}}}},
       "\"public_key\" is defined nowhere"},
      {"/auth/0/headers", Json::object(), "must say where the credential goes"},
      {"/auth/0/headers/X", "{{password}}", "\"password\" is defined nowhere"},
      {"/auth/0/headers", {{"X A", "{{api_key}}"}}, "auth API_KEY.headers: \"X A\" is no header name"},
      {"/auth/0/headers", {{"", "{{api_key}}"}}, "auth API_KEY.headers: \"\" is no header name"},
      {"/auth/0/headers", {{"Host", "{{api_key}}"}}, "auth API_KEY.headers: \"Host\" is written by coffer"},
      {"/auth/0/headers", {{"X-A", "a\nb {{api_key}}"}}, "auth API_KEY.headers/X-A: a header is one line"},
      {"/base_url", "http://api.example.com", "must be https"},
      {"/base_url", "https://api.example.com/", "without a / at its end"},
      {"/base_url", "https://{{generic_api_key}}.example.com", "defined nowhere"},
      {"/base_url", "ftp://api.example.com", "must be https"},
      {"/base_url", "https://user@example.com", "must be https"},
      {"/tools/0/slug", "OTHER_GET", "must begin with DEMO_"},
      {"/tools/0/slug", "DEMO_get", "upper-case"},
      {"/tools/0/tags", {"funny"}, "tag \"funny\" is unknown"},
      {"/tools/0/aliases", {"DEMO_GET"}, "tool \"DEMO_GET\" is defined twice"},
      {"/tools/0/aliases", {"GMAIL_SEND_EMAIL"}, "is defined twice"},
      {"/tools/0/aliases", {"COMPOSIO_SEARCH_TOOLS"}, "begins with COMPOSIO_"},
      {"/tools/0/input/type", "array", "must have type object"},
      {"/tools/0/input/properties/id/type", "text", "DEMO_GET.input.properties.id.type"},
      {"/tools/0/input/properties/id/type", Json::array(), "DEMO_GET.input.properties.id.type"},
      {"/tools/0/input/properties/id/oneOf", Json::array(), "is not a keyword"},
      {"/tools/0/input/properties/id/minLength", -1, "minLength: has a value"},
      {"/tools/0/input/properties/id/maxItems", "3", "maxItems: has a value"},
      {"/tools/0/input/properties/id/pattern", "[a", "pattern: has a value"},
      {"/tools/0/input/properties/id/items", {"type"}, "items: has a value"},
      {"/tools/0/input/properties/id/items", {{"type", "list"}}, "properties.id.items.type"},
      {"/tools/0/input/properties/id", true, "properties.id: must be a schema"},
      {"/tools/0/input/properties", Json::array(), "input.properties: has a value"},
      {"/tools/0/input/required", "id", "input.required: has a value"},
      {"/tools/0/input/additionalProperties", "no", "additionalProperties: has a value"},
      {"/tools/0/request/method", "TRACE", "\"method\" must be"},
      {"/tools/0/request/path", "things", "\"path\" must begin with /"},
      {"/tools/0/request/path", "/a?b=c", "may not hold ?"},
      {"/tools/0/request/path", "/{{nope}}", "\"nope\" is defined nowhere"},
      {"/tools/0/request/path", "/{{id", "DEMO_GET.request.path: template"},
      {"/tools/0/request/query",
       {{"a", "{{id|nope}}"}},
       "DEMO_GET.request.query/a: template function \"nope\""},
      {"/tools/0/request/headers",
       {{"X-A\r\nEvil: 1", "x"}},
       R"(DEMO_GET.request.headers: "X-A\r\nEvil: 1" is no header name)"},
      {"/tools/0/request/headers", {{"X-\u00e9", "x"}}, "is no header name"},
      {"/tools/0/request/headers", {{"content-LENGTH", "1"}}, "\"content-LENGTH\" is written by coffer"},
      {"/tools/0/request/headers",
       {{"Transfer-Encoding", "x"}},
       "\"Transfer-Encoding\" is written by coffer"},
      {"/tools/0/request/headers", {{"Connection", "close"}}, "\"Connection\" is written by coffer"},
      {"/tools/0/request/headers",
       {{"X-A", {"a", "b\rc"}}},
       "DEMO_GET.request.headers/X-A/1: a header is one line"},
      {"/tools/0/request/headers", {{"X-A", "\x7f"}}, "DEMO_GET.request.headers/X-A: a header is one line"},
      {"/tools/0/request/json", {{"a", {"{{nope}}"}}}, "DEMO_GET.request.json/a/0: template name \"nope\""},
      {"/tools/0/select", "items", "is not a JSON pointer"},
      {"/tools/0/errors", {{{"means", "credential"}}}, "\"status\" or \"pointer\" is needed"},
      {"/tools/0/errors", {{{"status", 400}, {"means", "magic"}}}, "\"means\" must be"},
      {"/tools/0/mock", {{"reply", "{{row.x|nope}}"}}, "DEMO_GET.mock/reply: template function"},
      {"/mock_seed", Json::object(), "the mock has no answer"},
      {"/mock_path", "/mock/api/token", "\"mock_path\" must be"},
      {"/mock_path", "/mock/api/device_authorization", "\"mock_path\" must be"},
      {"/mock_path", "/elsewhere", "\"mock_path\" must be"},
  }));
  CAPTURE(pointer, value.dump());
  const std::string seen = fault_with(pointer, value);
  CHECK_THAT(seen, Catch::Contains(fault));
  CHECK_THAT(seen, Catch::Contains("demo"));
}

TEST_CASE("the toolkit that the faults are made from has none itself", "[catalog]") {
  CHECK(fault_with("/name", "Demo") == "");
}

TEST_CASE("a header name may hold every mark of a token, and its text a tab", "[catalog]") {
  CHECK(fault_with("/tools/0/request/headers", {{"X!#$%&'*+-.^_`|~9", "a\tb"}}) == "");
}

TEST_CASE("a toolkit's tools may not begin as the meta tools do", "[catalog]") {
  Json toolkit = minimal_toolkit();
  toolkit["slug"] = "composio_search";
  toolkit["tools"][0]["slug"] = "COMPOSIO_SEARCH_TOOLS";
  Directory directory;
  directory.toolkit("demo.json", toolkit.dump());
  CHECK_THAT(directory.fault(), Catch::Contains("\"COMPOSIO_SEARCH_TOOLS\" begins with COMPOSIO_"));
}

TEST_CASE("a field in the host must be a plain label before a fixed domain", "[catalog]") {
  struct Case {
    std::string base_url, pattern, fault;
  };
  const auto [base_url, pattern, fault] = GENERATE(values<Case>({
      {"https://{{sub}}.example.com", "[a-z0-9-]{1,63}", ""},
      {"https://{{sub}}.example.com", "", "must forbid"},
      {"https://{{sub}}.example.com", ".*", "must forbid"},
      {"https://{{sub}}.example.com", "[a-z.]+", "must forbid \"a.b\""},
      {"https://{{sub}}.example.com", "[a-z/]+", "must forbid \"a/b\""},
      {"https://{{sub}}.com", "[a-z]+", "must fix the domain"},
      {"https://example.{{sub}}", "[a-z]+", "must fix the domain"},
      {"https://{{sub}}", "[a-z]+", "must fix the domain"},
      {"https://{{sub|b64}}.example.com", "[a-z]+", "names only"},
      {"https://api.example.com/{{sub}}", ".*", ""},
  }));
  CAPTURE(base_url, pattern);
  Json toolkit = minimal_toolkit();
  toolkit["base_url"] = base_url;
  toolkit["auth"][0]["fields"].push_back({{"name", "sub"}, {"pattern", pattern}});
  Directory directory;
  directory.toolkit("demo.json", toolkit.dump());
  if (fault.empty()) {
    CHECK(directory.fault() == "");
  } else {
    CHECK_THAT(directory.fault(), Catch::Contains(fault));
  }
}

TEST_CASE("an argument may not bear the name of a connection field", "[catalog]") {
  Json toolkit = minimal_toolkit();
  toolkit["auth"][0]["fields"].push_back({{"name", "id"}, {"pattern", "[a-z]+"}});
  Directory directory;
  directory.toolkit("demo.json", toolkit.dump());
  CHECK_THAT(directory.fault(), Catch::Contains("argument \"id\" bears the name of a connection field"));
}

TEST_CASE("a provider that is not as described is refused", "[catalog]") {
  Directory directory;
  Json provider = minimal_provider();
  SECTION("plain http") {
    provider["token_url"] = "http://example.com/token";
  }
  SECTION("unknown word") {
    provider["pkce"] = "perhaps";
  }
  SECTION("unknown key") {
    provider["token_uri"] = "https://example.com";
  }
  SECTION("reserved id") {
    provider["id"] = "api";
  }
  directory.provider("demo.json", provider.dump());
  CHECK_THAT(directory.fault(), Catch::Contains("demo.json"));
}

TEST_CASE("broken files are refused by name", "[catalog]") {
  Directory directory;
  SECTION("not JSON") {
    directory.toolkit("demo.json", "{");
  }
  SECTION("duplicate keys") {
    directory.toolkit("demo.json", R"({"format": 1, "format": 1})");
  }
  SECTION("a list") {
    directory.toolkit("demo.json", "[]");
  }
  SECTION("too large") {
    directory.toolkit("demo.json", std::string((1 << 20) + 1, ' '));
  }
  CHECK_THAT(directory.fault(), Catch::Contains("demo.json"));
}

TEST_CASE("a toolkit whose provider does not exist is refused", "[catalog]") {
  Json toolkit = minimal_toolkit();
  toolkit["auth"] = Json::parse(
      R"json([{"scheme": "OAUTH2", "provider": "nowhere", "headers": {"Authorization": "Bearer {{access_token}}"}}])json");
  Directory directory;
  directory.toolkit("demo.json", toolkit.dump());
  CHECK(directory.fault() == "toolkit \"demo\": provider \"nowhere\" does not exist");
}

TEST_CASE("a directory that does not exist is refused", "[catalog]") {
  CHECK_THROWS_WITH(Catalog::load({{"/nonexistent/toolkits"}, ""}), Catch::Contains("/nonexistent/toolkits"));
}
