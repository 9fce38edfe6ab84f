#include "vault/api/v3/tool_view.h"

#include <nlohmann/json.hpp>

#include "vault/api/v3/toolkit_view.h"
#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/base/text.h"

namespace coffer::api::v3 {
namespace {

Json schema_or_empty(const std::shared_ptr<const Json>& schema) {
  return schema ? *schema : Json::object();
}

// One of several scopes is enough for a tool, hence one any_of inside all_of.
Json scope_requirements(const Tool& tool) {
  if (tool.scopes_any.empty()) return {};
  Json any_of = Json::object();
  any_of["any_of"] = tool.scopes_any;
  return {{"all_of", Json::array({any_of})}};
}

}  // namespace

Json tool_view(const Toolkit& toolkit, const Tool& tool) {
  const Json versions = Json::array({toolkit.version});
  return {{"slug", tool.slug},
          {"name", tool.name},
          {"description", tool.description},
          {"human_description", tool.description},
          {"toolkit", toolkit_reference(toolkit)},
          {"input_parameters", schema_or_empty(tool.input)},
          {"output_parameters", schema_or_empty(tool.output)},
          {"tags", tool.tags},
          {"version", toolkit.version},
          {"available_versions", versions},
          {"scopes", tool.scopes_any},
          {"scope_requirements", scope_requirements(tool)},
          {"no_auth", needs_no_auth(toolkit)},
          {"is_deprecated", false},
          {"deprecated",
           {{"available_versions", versions},
            {"displayName", tool.name},
            {"is_deprecated", false},
            {"version", toolkit.version},
            {"toolkit", {{"logo", toolkit_reference(toolkit)["logo"]}}}}}};
}

ToolRef tool_or_not_found(const Catalog& catalog, const std::string& slug) {
  const ToolRef found = catalog.find_tool(slug);
  if (found.tool != nullptr) return found;
  throw Error(ErrorCode::NotFound, "tool " + in_quotes(slug) + " does not exist",
              "GET /api/v3/tools?toolkit_slug=... lists a toolkit's tools");
}

}  // namespace coffer::api::v3
