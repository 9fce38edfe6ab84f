#include "vault/api/wire/openapi.h"

#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>

#include "tests/unit/api/api_world.h"
#include "vault/api/api.h"
#include "vault/api/legacy/legacy.h"
#include "vault/api/mcp/mcp.h"
#include "vault/api/v3/v3.h"

using namespace coffer;
using namespace coffer::api;
using namespace coffer::api::testing;

namespace {

const std::filesystem::path kRoot = std::filesystem::path(COFFER_SOURCE_DIR);

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

ServerResponse ask(ApiWorld& world, const std::string& path) {
  const ServerHandler handler = make_api(world.engine(), {});
  ServerRequest request;
  request.method = "GET";
  request.path = request.target = path;
  request.headers = {{"host", "127.0.0.1:9900"}};
  request.request_id = "00000000-0000-4000-8000-000000000001";
  return handler(request);
}

std::string templated(std::string_view pattern) {
  std::string path;
  for (const std::string& segment : split(pattern, '/')) {
    const bool is_parameter = segment.front() == ':' || segment.front() == '*';
    path += "/" + (is_parameter ? "{" + segment.substr(1) + "}" : segment);
  }
  return path;
}

std::vector<CompatibilitySection> sections() {
  return {
      {"v3 and v3.1",
       "Every endpoint stands under `/api/v3` and `/api/v3.1` alike. What is not supported answers 501 with\n"
       "the slug `unsupported`; a path that is not listed answers 404.",
       v3_routes()},
      {"v1 and v2: the first SDKs",
       "Every endpoint stands under `/api` and under `/` alike. What is not supported answers 400: the "
       "first\n"
       "SDKs cannot read a 501. [More](legacy.md).",
       legacy_routes()},
      {"MCP",
       "Paths from the root, for clients of the revisions 2024-10-07 to 2025-11-25 and 2026-07-28.\n"
       "[More](mcp.md).",
       mcp_routes()}};
}

}  // namespace

TEST_CASE("the OpenAPI document lists every route, with what is below it") {
  ApiWorld world;
  const ServerResponse response = ask(world, "/openapi.json");
  REQUIRE(response.status == 200);
  const Json document = parse_json(response.body, "document");
  CHECK(document.at("openapi") == "3.1.0");
  CHECK(document.at("servers")[0].at("url") == kPublicUrl);
  for (const char* prefix : {"/api/v3", "/api/v3.1"}) {
    for (const RouteEntry& route : v3_routes()) {
      CAPTURE(prefix, route.method, route.pattern);
      const Json& operation =
          document.at("paths").at(prefix + templated(route.pattern)).at(to_lower(route.method));
      CHECK(operation.at("summary") == std::string(route.summary));
      CHECK(operation.at("responses").contains("default"));
    }
  }
  for (const char* path : {"/api/v2/actions/proxy", "/v2/actions/proxy", "/v3/mcp/{id}/mcp"}) {
    CAPTURE(path);
    CHECK(document.at("paths").at(path).at("post").contains("summary"));
  }
  const Json& open = document.at("paths").at("/api/v1/cli/sentry-dns").at("get");
  CHECK(open.at("security").empty());
  CHECK_FALSE(document.at("paths").at("/api/v1/apps").at("get").contains("security"));
  CHECK(document.at("paths").contains("/livez"));
  CHECK(document.at("paths").contains("/link/{token}"));
}

TEST_CASE("the OpenAPI document names parameters, and no operation twice") {
  ApiWorld world;
  const Json document = parse_json(ask(world, "/openapi.json").body, "document");
  const Json& list = document.at("paths").at("/api/v3.1/toolkits").at("get");
  CHECK(list.at("parameters")[0] ==
        Json({{"name", "category"}, {"in", "query"}, {"schema", {{"type", "string"}}}}));
  const Json& one = document.at("paths").at("/api/v3.1/toolkits/{slug}").at("get");
  CHECK(one.at("parameters")[0].at("in") == "path");
  CHECK(one.at("parameters")[0].at("required") == true);
  std::set<std::string> ids;
  for (const auto& [path, operations] : document.at("paths").items()) {
    for (const auto& [method, operation] : operations.items()) {
      CAPTURE(path, method);
      CHECK(ids.insert(operation.at("operationId")).second);
    }
  }
}

TEST_CASE("the OpenAPI document says what each route answers, and every schema that it refers to is there") {
  ApiWorld world;
  const Json document = parse_json(ask(world, "/openapi.json").body, "document");
  const Json& tool = document.at("paths").at("/api/v3/tools/{slug}").at("get").at("responses");
  CHECK(tool.at("2XX").at("content").at("application/json").at("schema") ==
        Json({{"$ref", "#/components/schemas/Tool"}}));
  CHECK(tool.at("default").at("content").at("application/json").at("schema") ==
        Json({{"$ref", "#/components/schemas/Error"}}));
  const Json& legacy = document.at("paths").at("/v1/apps").at("get").at("responses");
  CHECK(legacy.at("default").at("content").at("application/json").at("schema") ==
        Json({{"$ref", "#/components/schemas/LegacyError"}}));
  const Json& refused = document.at("paths").at("/api/v3/files/list").at("get").at("responses");
  CHECK_FALSE(refused.contains("2XX"));
  const std::regex reference(R"#("\$ref":"#/components/schemas/(\w+)")#");
  const std::string text = document.dump();
  const std::sregex_iterator end;
  REQUIRE(std::sregex_iterator(text.begin(), text.end(), reference) != end);
  for (std::sregex_iterator found(text.begin(), text.end(), reference); found != end; ++found) {
    CAPTURE(found->str(1));
    CHECK(document.at("components").at("schemas").contains(found->str(1)));
  }
}

TEST_CASE("every route that is offered has an answer of its own, and no answer is without a route") {
  for (const auto& [routes, table] :
       {std::pair(v3_routes(), v3_answers()), std::pair(legacy_routes(), legacy_answers()),
        std::pair(mcp_routes(), mcp_answers())}) {
    std::set<std::string> offered;
    for (const RouteEntry& route : routes) {
      if (route.support == Support::None) continue;
      offered.insert(std::string(route.method) + " " + std::string(route.pattern));
    }
    std::set<std::string> described;
    for (const Notation& answer : table.routes) CHECK(described.insert(std::string(answer.name)).second);
    CHECK(described == offered);
  }
}

TEST_CASE("every route names a test that is there") {
  std::string tests;
  for (const char* folder : {"tests/unit/api", "tests/unit/legacy"}) {
    for (const auto& file : std::filesystem::directory_iterator(kRoot / folder)) {
      tests += text_of(file.path());
    }
  }
  for (const CompatibilitySection& section : sections()) {
    REQUIRE_FALSE(section.entries.empty());
    for (const RouteEntry& route : section.entries) {
      CAPTURE(route.method, route.pattern, route.shown_by);
      CHECK_FALSE(route.shown_by.empty());
      CHECK(tests.find("TEST_CASE(\"" + std::string(route.shown_by) + "\"") != std::string::npos);
    }
  }
}

TEST_CASE("the page of compatibility is what the route tables say") {
  CHECK(text_of(kRoot / "docs/compatibility.md") == compatibility_page(sections()));
}

// Run by hand after a change of a route table: unit_api "[write-docs]".
TEST_CASE("writes the page of compatibility", "[.][write-docs]") {
  std::ofstream(kRoot / "docs/compatibility.md") << compatibility_page(sections());
}
