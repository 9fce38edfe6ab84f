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

Json operation(const Router::Route& route, const TemplatedPath& path, const RouteEntry* entry) {
  Json parameters = Json::array();
  for (const std::string& name : path.parameters) parameters.push_back(parameter(name, "path"));
  if (entry != nullptr) {
    for (const std::string& name : split(entry->query, ',')) parameters.push_back(parameter(name, "query"));
  }
  Json out = {
      {"operationId", operation_id(route.method, path)},
      {"parameters", std::move(parameters)},
      {"responses",
       {{"2XX", {{"description", "done"}}}, {"default", {{"$ref", "#/components/responses/Error"}}}}}};
  if (entry == nullptr) {
    out["security"] = Json::array();
    return out;
  }
  out["summary"] = entry->summary;
  out["x-coffer-support"] = support_text(entry->support);
  if (!entry->note.empty()) out["description"] = entry->note;
  out["responses"]["2XX"]["content"] = json_content(Json::object());
  if (has_body(route.method)) {
    out["requestBody"] = {{"required", false}, {"content", json_content({{"type", "object"}})}};
  }
  return out;
}

Json error_schema() {
  const Json text = {{"type", "string"}};
  const Json number = {{"type", "integer"}};
  const Json error = {{"type", "object"},
                      {"required", {"message", "code", "status", "slug", "request_id", "suggested_fix"}},
                      {"properties",
                       {{"message", text},
                        {"code", number},
                        {"status", number},
                        {"slug", text},
                        {"request_id", text},
                        {"suggested_fix", text},
                        {"errors", {{"type", "array"}, {"items", text}}}}}};
  return {{"type", "object"}, {"required", {"error"}}, {"properties", {{"error", error}}}};
}

Json components() {
  return {{"securitySchemes",
           {{"api_key", {{"type", "apiKey"}, {"in", "header"}, {"name", "x-api-key"}}},
            {"bearer", {{"type", "http"}, {"scheme", "bearer"}}}}},
          {"schemas", {{"Error", error_schema()}}},
          {"responses",
           {{"Error",
             {{"description", "refused or failed"},
              {"content", json_content({{"$ref", "#/components/schemas/Error"}})}}}}}};
}

std::string key_of(std::string_view method, std::string_view pattern) {
  return std::string(method).append(" ").append(pattern);
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
  std::map<std::string, const RouteEntry*> entries;
  for (const DescribedRoutes& table : described) {
    for (const RouteEntry& entry : table.entries) {
      entries[key_of(entry.method, table.prefix + std::string(entry.pattern))] = &entry;
    }
  }
  Json paths = Json::object();
  for (const Router::Route& route : routes) {
    const TemplatedPath path = templated(route.pattern);
    const auto found = entries.find(key_of(route.method, route.pattern));
    paths[path.text][to_lower(route.method)] =
        operation(route, path, found == entries.end() ? nullptr : found->second);
  }
  return {{"openapi", "3.1.0"},
          {"info", {{"title", "coffer"}, {"version", "3.1"}, {"summary", "A local credential vault"}}},
          {"servers", Json::array({{{"url", server_url}}})},
          {"security", {{{"api_key", Json::array()}}, {{"bearer", Json::array()}}}},
          {"components", components()},
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
