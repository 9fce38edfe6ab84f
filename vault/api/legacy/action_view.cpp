#include "vault/api/legacy/action_view.h"

#include <nlohmann/json.hpp>

#include "vault/api/v3/tool_view.h"
#include "vault/base/json.h"

namespace coffer::api::legacy {
namespace {

Json titled(Json schema, const std::string& title) {
  schema["title"] = title;
  schema["type"] = "object";
  if (!schema.contains("properties")) schema["properties"] = Json::object();
  return schema;
}

// What POST .../execute answers.
Json response_schema(Json data) {
  return {{"type", "object"},
          {"properties",
           {{"data", titled(std::move(data), "Data")},
            {"error", {{"type", "string"}, {"title", "Error"}}},
            {"successful", {{"type", "boolean"}, {"title", "Successful"}}}}},
          {"required", {"data", "successful"}}};
}

}  // namespace

Json action_view(const Toolkit& toolkit, const Tool& tool) {
  Json view = v3::tool_view(toolkit, tool);
  Json response = response_schema(std::move(view["output_parameters"]));
  return {{"name", tool.slug},
          {"enum", tool.slug},
          {"display_name", tool.name},
          {"displayName", tool.name},
          {"description", tool.description},
          {"parameters", titled(std::move(view["input_parameters"]), tool.slug + "_Request")},
          {"response", titled(std::move(response), tool.slug + "_Response")},
          {"appKey", toolkit.slug},
          {"appName", toolkit.slug},
          {"appId", toolkit.slug},
          {"version", view["version"]},
          {"available_versions", view["available_versions"]},
          {"tags", tool.tags},
          {"no_auth", view["no_auth"]},
          {"logo", view["toolkit"]["logo"]},
          {"enabled", true},
          {"deprecated", false}};
}

}  // namespace coffer::api::legacy
