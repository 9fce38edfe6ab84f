#include "vault/catalog/toolkit_parser.h"

#include <algorithm>
#include <utility>

#include "vault/base/encoding.h"
#include "vault/base/json.h"
#include "vault/catalog/json_reader.h"
#include "vault/model/credential_fields.h"

namespace coffer {
namespace {

constexpr int kMaxEach = 50;

RequestTemplate read_request(JsonReader reader) {
  RequestTemplate request;
  request.method = reader.text_or("method", "GET");
  request.path = reader.text("path");
  request.query = reader.subtree("query");
  request.headers = reader.subtree("headers");
  request.json = reader.subtree("json");
  request.form = reader.subtree("form");
  if (request.json && request.form) reader.fail("\"json\" and \"form\" exclude each other");
  reader.finish();
  return request;
}

ConnectionField read_field(JsonReader& reader) {
  ConnectionField field;
  field.name = reader.text("name");
  field.display_name = reader.text_or("display_name", field.name);
  field.description = reader.text_or("description", "");
  field.example = reader.text_or("example", "");
  field.pattern = reader.text_or("pattern", "");
  field.is_secret = reader.flag_or("secret", false);
  field.is_required = reader.flag_or("required", true);
  field.is_multiline = reader.flag_or("multiline", false);
  reader.finish();
  return field;
}

AuthMode read_auth(JsonReader& reader) {
  AuthMode mode;
  const auto scheme = parse_auth_scheme(reader.text("scheme"));
  if (!scheme) reader.fail("\"scheme\" must be one of those that docs/toolkit-format.md lists");
  mode.scheme = *scheme;
  mode.provider = reader.text_or("provider", "");
  if (mode.provider.empty() == (credential_kind(mode.scheme) == CredentialKind::Tokens)) {
    reader.fail("\"provider\" is for OAUTH2, DCR_OAUTH and S2S_OAUTH2, and needed there");
  }
  mode.scopes = reader.texts("scopes");
  for (auto& field : reader.children("fields")) mode.fields.push_back(read_field(field));
  mode.headers = reader.text_map("headers");
  mode.query = reader.text_map("query");
  reader.finish();
  return mode;
}

ErrorRule read_error_rule(JsonReader& reader) {
  using Means = ErrorRule::Means;
  ErrorRule rule;
  rule.status = reader.number_or("status", 0);
  rule.pointer = reader.text_or("pointer", "");
  rule.equals = reader.texts("equals");
  const std::string means = reader.text("means");
  constexpr std::pair<std::string_view, Means> kMeans[] = {{"credential", Means::Credential},
                                                           {"scope", Means::Scope},
                                                           {"retry", Means::Retry},
                                                           {"failure", Means::Failure}};
  const auto found = std::find_if(std::begin(kMeans), std::end(kMeans),
                                  [&](const auto& entry) { return entry.first == means; });
  if (found == std::end(kMeans)) reader.fail("\"means\" must be credential, scope, retry or failure");
  rule.means = found->second;
  if (rule.status == 0 && rule.pointer.empty()) reader.fail("\"status\" or \"pointer\" is needed");
  reader.finish();
  return rule;
}

std::vector<ErrorRule> read_error_rules(JsonReader& parent) {
  std::vector<ErrorRule> rules;
  for (auto& reader : parent.children("errors")) rules.push_back(read_error_rule(reader));
  return rules;
}

EachStep read_each(JsonReader reader) {
  EachStep step;
  step.items = reader.text("items");
  step.as = reader.text("as");
  step.request = read_request(reader.child("request"));
  step.unless = reader.text_or("unless", "");
  step.limit = reader.number_or("limit", 20);
  if (step.limit < 1 || step.limit > kMaxEach) reader.fail("\"limit\" must be from 1 to 50");
  reader.finish();
  return step;
}

std::shared_ptr<const Json> read_schema(JsonReader& reader, std::string_view key) {
  auto schema = reader.subtree(key);
  if (!schema) return std::make_shared<const Json>(Json{{"type", "object"}, {"properties", Json::object()}});
  const auto type = schema->find("type");
  if (type == schema->end() || *type != "object")
    reader.fail("\"" + std::string(key) + "\" must have type object");
  return schema;
}

Tool read_tool(JsonReader& reader) {
  Tool tool;
  tool.slug = reader.text("slug");
  tool.aliases = reader.texts("aliases");
  tool.name = reader.text("name");
  tool.description = reader.text("description");
  tool.tags = reader.texts("tags");
  tool.scopes_any = reader.texts("scopes_any");
  tool.is_important = reader.flag_or("important", false);
  tool.input = read_schema(reader, "input");
  tool.output = read_schema(reader, "output");
  tool.request = read_request(reader.child("request"));
  if (reader.has("each")) tool.each = read_each(reader.child("each"));
  tool.select = reader.text_or("select", "");
  tool.errors = read_error_rules(reader);
  tool.mock = reader.subtree("mock");
  reader.finish();
  return tool;
}

Verify read_verify(JsonReader reader) {
  Verify verify;
  verify.request = read_request(reader.child("request"));
  verify.identity = reader.text_or("identity", "");
  reader.finish();
  return verify;
}

Discovery read_discovery(JsonReader& reader) {
  Discovery discovery;
  discovery.field = reader.text("field");
  discovery.request = read_request(reader.child("request"));
  discovery.pointer = reader.text("pointer");
  reader.finish();
  return discovery;
}

std::string default_mock_path(const Toolkit& toolkit) {
  const AuthMode* oauth = nullptr;
  for (const auto& mode : toolkit.auth) {
    if (!mode.provider.empty() && oauth == nullptr) oauth = &mode;
  }
  return "/mock/" + (oauth == nullptr ? "api" : oauth->provider) + "/" + toolkit.slug;
}

void read_lists(JsonReader& reader, Toolkit& toolkit) {
  for (auto& child : reader.children("auth")) toolkit.auth.push_back(read_auth(child));
  if (toolkit.auth.empty()) reader.fail("\"auth\" must name at least one scheme");
  if (reader.has("verify")) toolkit.verify = read_verify(reader.child("verify"));
  for (auto& child : reader.children("discover")) toolkit.discover.push_back(read_discovery(child));
  toolkit.errors = read_error_rules(reader);
  for (auto& child : reader.children("tools")) toolkit.tools.push_back(read_tool(child));
}

}  // namespace

Toolkit parse_toolkit(Json& file, const std::string& file_name) {
  JsonReader reader(file, file_name);
  if (reader.number_or("format", 0) != 1) reader.fail("\"format\" must be 1");
  Toolkit toolkit;
  toolkit.slug = reader.text("slug");
  toolkit.name = reader.text("name");
  toolkit.description = reader.text("description");
  toolkit.version = reader.text("version");
  toolkit.categories = reader.texts("categories");
  toolkit.base_url = reader.text("base_url");
  toolkit.api_root = reader.text_or("api_root", "");
  read_lists(reader, toolkit);
  toolkit.mock_path = reader.text_or("mock_path", default_mock_path(toolkit));
  toolkit.mock_seed = reader.subtree("mock_seed");
  reader.finish();
  return toolkit;
}

}  // namespace coffer
