// The shipped toolkits and providers: each passes every check of its format, and each tool builds the request
// that the service's public documentation describes (fixtures/http/tools).
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>

#include "vault/base/clock.h"
#include "vault/base/encoding.h"
#include "vault/base/json.h"
#include "vault/catalog/arguments.h"
#include "vault/catalog/catalog.h"
#include "vault/catalog/embedded.h"
#include "vault/catalog/request_builder.h"
#include "vault/catalog/toolkit_check.h"

using namespace coffer;
namespace fs = std::filesystem;

namespace {

const fs::path kRoot = fs::path(__FILE__).parent_path().parent_path().parent_path().parent_path();

std::string read_text(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<fs::path> files_in(const char* folder) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(kRoot / folder)) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  return paths;
}

// A golden request may show a base64url member decoded: {"decoded": {"/raw": "To: ..."}}.
Json with_decoded(const Json& expected, Json body) {
  const Json decoded = expected.value("decoded", Json::object());
  for (const auto& [pointer, text] : decoded.items()) {
    Json& member = body[Json::json_pointer(pointer)];
    member = from_base64url(member.get<std::string>()).value();
  }
  return body;
}

Json body_of(const Json& expected, const HttpRequest& request) {
  if (request.body.empty()) return nullptr;
  if (header_value(request.headers, "content-type").starts_with("application/json")) {
    return with_decoded(expected, parse_json(request.body));
  }
  return request.body;
}

Json expected_body(const Json& expected) {
  Json body = expected.value("body", Json());
  const Json decoded = expected.value("decoded", Json::object());
  for (const auto& [pointer, text] : decoded.items()) body[Json::json_pointer(pointer)] = text;
  return body;
}

void check_request(const Json& expected, const HttpRequest& request) {
  CHECK(request.method + " " + request.url == expected.at("request").get<std::string>());
  CHECK(body_of(expected, request) == expected_body(expected));
  const Json headers = expected.value("headers", Json::object());
  for (const auto& [name, value] : headers.items()) {
    CHECK(std::string(header_value(request.headers, name)) == value.get<std::string>());
  }
}

void check_example(const Toolkit& toolkit, const Tool& tool, const Json& example) {
  Json values = example.value("arguments", Json::object());
  check_arguments(*tool.input, values, tool.slug);
  values.update(example.value("fields", Json::object()));
  const TemplateScope scope{values, from_ms(0), nullptr};
  check_request(example, build_request(toolkit.base_url, tool.request, scope));
  REQUIRE(tool.each.has_value() == example.contains("each"));
  if (!tool.each) return;
  values[tool.each->as] = example["each"]["item"];
  check_request(example["each"], build_request(toolkit.base_url, tool.each->request, scope));
}

void collect_slugs(const Toolkit& toolkit, std::set<std::string>& slugs) {
  for (const auto& tool : toolkit.tools) slugs.insert(tool.slug);
}

}  // namespace

TEST_CASE("every shipped toolkit and provider passes the checks of its format", "[fixtures]") {
  const Catalog catalog = Catalog::load();
  for (const auto& toolkit : catalog.toolkits()) {
    CAPTURE(toolkit.slug);
    CHECK_NOTHROW(check_toolkit(toolkit, toolkit.slug + ".json"));
  }
  for (const auto& [id, provider] : catalog.providers()) {
    CAPTURE(id);
    CHECK_NOTHROW(check_provider(provider, id + ".json"));
  }
}

TEST_CASE("what is embedded is what the files say", "[fixtures]") {
  const auto compare = [](std::span<const EmbeddedFile> embedded, const char* folder) {
    const auto paths = files_in(folder);
    REQUIRE(embedded.size() == paths.size());
    for (std::size_t i = 0; i < paths.size(); ++i) {
      CAPTURE(paths[i]);
      CHECK(embedded[i].name == paths[i].filename().string());
      const std::string text = read_text(paths[i]);
      CHECK(
          std::all_of(text.begin(), text.end(), [](char c) { return c == '\n' || (c >= 0x20 && c < 0x7F); }));
      CHECK(parse_json(embedded[i].text()) == parse_json(text));
    }
  };
  compare(embedded_toolkits(), "fixtures/toolkits");
  compare(embedded_providers(), "fixtures/providers");
}

TEST_CASE("every tool is described for the agents that read it", "[fixtures]") {
  const Catalog catalog = Catalog::load();
  for (const auto& toolkit : catalog.toolkits()) {
    CHECK(std::any_of(toolkit.tools.begin(), toolkit.tools.end(),
                      [](const Tool& tool) { return tool.is_important; }));
    for (const auto& tool : toolkit.tools) {
      CAPTURE(tool.slug);
      CHECK(tool.description.size() >= 30);
      CHECK_FALSE(tool.tags.empty());
      CHECK(tool.input->contains("properties"));
      CHECK(tool.input->value("additionalProperties", true) == false);
      for (const auto& [name, schema] : tool.input->at("properties").items()) {
        CAPTURE(name);
        CHECK(schema.value("description", "").size() >= 5);
        CHECK(schema.contains("type"));
      }
    }
  }
}

TEST_CASE("every tool that asks for scopes can run with those that its toolkit asks for", "[fixtures]") {
  const Catalog catalog = Catalog::load();
  for (const auto& toolkit : catalog.toolkits()) {
    const AuthMode* mode = toolkit.find_auth(AuthScheme::OAuth2);
    if (mode == nullptr) continue;
    for (const auto& tool : toolkit.tools) {
      CAPTURE(tool.slug);
      CHECK((tool.scopes_any.empty() ||
             std::any_of(tool.scopes_any.begin(), tool.scopes_any.end(), [&](const std::string& scope) {
               return std::find(mode->scopes.begin(), mode->scopes.end(), scope) != mode->scopes.end();
             })));
    }
  }
}

TEST_CASE("every tool builds the request that the service documents", "[fixtures]") {
  const Catalog catalog = Catalog::load();
  std::set<std::string> missing;
  for (const auto& toolkit : catalog.toolkits()) collect_slugs(toolkit, missing);
  for (const auto& path : files_in("fixtures/http/tools")) {
    const Json examples = parse_json(read_text(path), path.string());
    for (const auto& example : examples) {
      const auto slug = example.at("tool").get<std::string>();
      CAPTURE(slug);
      const ToolRef tool = catalog.find_tool(slug);
      REQUIRE(tool.tool != nullptr);
      check_example(*tool.toolkit, *tool.tool, example);
      missing.erase(slug);
    }
  }
  CHECK(missing == std::set<std::string>{});
}
