#include "tests/unit/api/answer_check.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "vault/api/legacy/legacy.h"
#include "vault/api/v3/v3.h"

namespace coffer::api::testing {
namespace {

struct Dialects {
  Router router;  // answers the name of the route
  std::map<std::string, Json> answers;
  std::map<std::string, Json> shared;

  Dialects() {
    add({"/api/v3", "/api/v3.1"}, v3_routes(), v3_answers());
    add({"/api", ""}, legacy_routes(), legacy_answers());
    router.set_fallback(
        [](const ServerRequest&, const std::string&) { return ServerResponse::text(404, ""); });
  }

  void add(const std::vector<std::string>& prefixes, const std::vector<RouteEntry>& routes,
           const AnswerTable& table) {
    for (const RouteEntry& route : routes) {
      const std::string pattern(route.pattern);
      const std::string name = std::string(route.method) + " " + pattern;
      for (const std::string& prefix : prefixes) {
        router.add(std::string(route.method), prefix + pattern,
                   [name](const ServerRequest&) { return ServerResponse::text(200, name); });
      }
    }
    for (const auto& [name, notation] : table.schemas) shared[std::string(name)] = schema_of(notation);
    for (const auto& [name, notation] : table.routes) answers[std::string(name)] = schema_of(notation);
  }
};

const Dialects& dialects() {
  static const Dialects all;
  return all;
}

bool is_of_type(const Json& value, const std::string& type) {
  if (type == "string") return value.is_string();
  if (type == "integer") return value.is_number_integer();
  if (type == "boolean") return value.is_boolean();
  if (type == "array") return value.is_array();
  if (type == "object") return value.is_object();
  return type == "null" && value.is_null();
}

bool is_of_types(const Json& value, const Json& types) {
  if (types.is_string()) return is_of_type(value, types);
  return std::any_of(types.begin(), types.end(), [&](const Json& type) { return is_of_type(value, type); });
}

std::string fault_of(const Json& value, const Json& schema, const std::string& place);

// Members that no schema names are faults here: what is answered must be described.
std::string fault_of_members(const Json& value, const Json& schema, const std::string& place) {
  for (const Json& name : schema.value("required", Json::array())) {
    if (!value.contains(name)) return place + "." + name.get<std::string>() + " is missing";
  }
  for (const auto& [name, member] : value.items()) {
    const std::string at = place + "." + name;
    const bool is_named = schema.contains("properties") && schema["properties"].contains(name);
    if (!is_named && !schema.contains("additionalProperties")) {
      if (!schema.contains("properties")) continue;
      return at + " is not described";
    }
    std::string fault =
        fault_of(member, is_named ? schema["properties"][name] : schema["additionalProperties"], at);
    if (!fault.empty()) return fault;
  }
  return {};
}

std::string fault_of_elements(const Json& value, const Json& schema, const std::string& place) {
  for (std::size_t i = 0; i < value.size(); ++i) {
    std::string fault = fault_of(value[i], schema.at("items"), place + "." + std::to_string(i));
    if (!fault.empty()) return fault;
  }
  return {};
}

std::string fault_of(const Json& value, const Json& schema, const std::string& place) {
  if (const auto reference = schema.find("$ref"); reference != schema.end()) {
    const std::string name = reference->get<std::string>().substr(sizeof("#/components/schemas/") - 1);
    return fault_of(value, dialects().shared.at(name), place);
  }
  if (const auto choices = schema.find("anyOf"); choices != schema.end()) {
    const bool fits = std::any_of(choices->begin(), choices->end(),
                                  [&](const Json& choice) { return fault_of(value, choice, place).empty(); });
    return fits ? "" : place + " is none of its kinds";
  }
  if (!schema.contains("type")) return {};
  if (!is_of_types(value, schema["type"])) return place + " is not of type " + schema["type"].dump();
  if (const auto texts = schema.find("enum"); texts != schema.end()) {
    if (std::find(texts->begin(), texts->end(), value) == texts->end())
      return place + " is none of its texts";
  }
  if (value.is_object()) return fault_of_members(value, schema, place);
  return value.is_array() ? fault_of_elements(value, schema, place) : "";
}

}  // namespace

std::string route_of(const std::string& method, const std::string& path) {
  ServerRequest request;
  request.method = method;
  request.path = request.target = path;
  return dialects().router.handle(request).body;
}

std::string fault_of_answer(const std::string& method, const std::string& path, const Json& body) {
  const std::string route = route_of(method, path);
  const auto found = dialects().answers.find(route);
  if (found == dialects().answers.end()) return route.empty() ? "" : route + " has no schema";
  return fault_of(body, found->second, route);
}

}  // namespace coffer::api::testing
