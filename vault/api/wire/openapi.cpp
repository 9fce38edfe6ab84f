#include "vault/api/wire/openapi.h"

#include <map>
#include <nlohmann/json.hpp>

#include "vault/base/encoding.h"
#include "vault/base/json.h"

namespace coffer::api {
namespace {

struct TemplatedPath {
  std::string text;
  std::vector<std::string> parameters;
};

// "/a/:id/*rest" as "/a/{id}/{rest}".
TemplatedPath templated(const std::string& pattern) {
  TemplatedPath path;
  for (const std::string& segment : split(pattern, '/')) {
    if (segment.front() != ':' && segment.front() != '*') {
      path.text += "/" + segment;
      continue;
    }
    path.parameters.push_back(segment.substr(1));
    path.text += "/{" + segment.substr(1) + "}";
  }
  if (path.text.empty()) path.text = "/";
  return path;
}

std::string operation_id(const std::string& method, const TemplatedPath& path) {
  std::string id = to_lower(method);
  for (const char c : path.text) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (is_plain) id += c;
    if (!is_plain && id.back() != '_') id += '_';
  }
  return id;
}

Json parameter(const std::string& name, const char* place) {
  Json out = {{"name", name}, {"in", place}, {"schema", {{"type", "string"}}}};
  if (std::string_view(place) == "path") out["required"] = true;
  return out;
}

bool has_body(const std::string& method) {
  return method == "POST" || method == "PATCH" || method == "PUT";
}

const char* support_text(Support support) {
  switch (support) {
    case Support::Full:
      return "supported";
    case Support::Partial:
      return "partial";
    case Support::None:
      return "not supported";
  }
  return "";
}

Json json_content(Json schema) {
  return {{"application/json", {{"schema", std::move(schema)}}}};
}

// What the tables say of a route.
struct Described {
  RouteEntry entry;
  std::string_view answer;
  std::string_view error;
};

Json answer_with(const char* description, Json schema) {
  return {{"description", description}, {"content", json_content(std::move(schema))}};
}

Json responses_of(const Described& route) {
  Json responses = {{"default", answer_with("refused or failed", schema_of(route.error))}};
  if (route.entry.support != Support::None) responses["2XX"] = answer_with("done", schema_of(route.answer));
  return responses;
}

Json operation(const Router::Route& route, const TemplatedPath& path) {
  Json parameters = Json::array();
  for (const std::string& name : path.parameters) parameters.push_back(parameter(name, "path"));
  return {{"operationId", operation_id(route.method, path)},
          {"parameters", std::move(parameters)},
          {"responses",
           {{"2XX", {{"description", "done"}}},
            {"default", answer_with("refused or failed", schema_of("Error"))}}},
          {"security", Json::array()}};
}

Json operation(const Router::Route& route, const TemplatedPath& path, const Described& described) {
  const RouteEntry& entry = described.entry;
  Json out = operation(route, path);
  if (entry.needs_key) out.erase("security");
  for (const std::string& name : split(entry.query, ','))
    out["parameters"].push_back(parameter(name, "query"));
  out["responses"] = responses_of(described);
  out["summary"] = entry.summary;
  out["x-coffer-support"] = support_text(entry.support);
  if (!entry.note.empty()) out["description"] = entry.note;
  if (has_body(route.method)) {
    out["requestBody"] = {{"required", false}, {"content", json_content({{"type", "object"}})}};
  }
  return out;
}

constexpr std::string_view kError =
    "{error:{message:text, code:int, status:int, slug:text, request_id:text, suggested_fix:text,"
    " errors?:[text]}}";

Json schemas_of(const std::vector<DescribedRoutes>& described) {
  Json schemas = {{"Error", schema_of(kError)}};
  for (const DescribedRoutes& table : described) {
    for (const auto& [name, notation] : table.answers.schemas)
      schemas[std::string(name)] = schema_of(notation);
  }
  return schemas;
}

Json components(Json schemas) {
  return {{"securitySchemes",
           {{"api_key", {{"type", "apiKey"}, {"in", "header"}, {"name", "x-api-key"}}},
            {"bearer", {{"type", "http"}, {"scheme", "bearer"}}}}},
          {"schemas", std::move(schemas)}};
}

std::string key_of(std::string_view method, std::string_view pattern) {
  return std::string(method).append(" ").append(pattern);
}

std::string_view answer_of(const AnswerTable& answers, std::string_view route) {
  for (const auto& [name, notation] : answers.routes) {
    if (name == route) return notation;
  }
  return "any";
}

// "a | b" would end a cell.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

std::string compatibility_row(const RouteEntry& entry) {
  std::string support = support_text(entry.support);
  if (!entry.note.empty()) support += ": " + cell(entry.note);
  return "| `" + key_of(entry.method, templated(std::string(entry.pattern)).text) + "` | " +
         cell(entry.summary) + " | " + support + " | " + cell(entry.shown_by) + " |\n";
}

}  // namespace

Json openapi_document(const std::vector<Router::Route>& routes, const std::vector<DescribedRoutes>& described,
                      const std::string& server_url) {
  std::map<std::string, Described> known;
  for (const DescribedRoutes& table : described) {
    for (const RouteEntry& entry : table.entries) {
      known[key_of(entry.method, table.prefix + std::string(entry.pattern))] = {
          entry, answer_of(table.answers, key_of(entry.method, entry.pattern)), table.answers.error};
    }
  }
  Json paths = Json::object();
  for (const Router::Route& route : routes) {
    const TemplatedPath path = templated(route.pattern);
    const auto found = known.find(key_of(route.method, route.pattern));
    paths[path.text][to_lower(route.method)] =
        found == known.end() ? operation(route, path) : operation(route, path, found->second);
  }
  return {{"openapi", "3.1.0"},
          {"info", {{"title", "coffer"}, {"version", "3.1"}, {"summary", "A local credential vault"}}},
          {"servers", Json::array({{{"url", server_url}}})},
          {"security", {{{"api_key", Json::array()}}, {{"bearer", Json::array()}}}},
          {"components", components(schemas_of(described))},
          {"paths", std::move(paths)}};
}

std::string compatibility_page(const std::vector<CompatibilitySection>& sections) {
  std::string page = "# Compatibility\n\nThis page is made from the route tables.\n";
  for (const CompatibilitySection& section : sections) {
    page += "\n## " + section.title + "\n\n" + section.about +
            "\n\n| endpoint | what it does | support | shown by the test |\n|---|---|---|---|\n";
    for (const RouteEntry& entry : section.entries) page += compatibility_row(entry);
  }
  return page;
}

}  // namespace coffer::api
