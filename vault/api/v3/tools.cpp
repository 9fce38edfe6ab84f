#include <algorithm>
#include <nlohmann/json.hpp>

#include "vault/api/v3/given_credential.h"
#include "vault/api/v3/routes.h"
#include "vault/api/v3/tool_filter.h"
#include "vault/api/v3/tool_view.h"
#include "vault/api/wire/body.h"
#include "vault/api/wire/paging.h"
#include "vault/api/wire/query.h"
#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/text.h"
#include "vault/store/auth_config_store.h"

namespace coffer::api::v3 {
namespace {

// Narrows the filter to the toolkits of these auth configs. False: none is left.
bool keep_toolkits_of(Engine& engine, const std::vector<std::string>& auth_config_ids, ToolFilter& filter) {
  if (auth_config_ids.empty()) return true;
  std::vector<std::string> kept;
  const auto tx = engine.database().read();
  for (const std::string& id : auth_config_ids) {
    const auto config = auth_config_store::find(*tx, AuthConfigId(id));
    if (!config) continue;
    if (filter.toolkits.empty() || contains_ignoring_case(filter.toolkits, config->toolkit)) {
      kept.push_back(config->toolkit);
    }
  }
  filter.toolkits = std::move(kept);
  return !filter.toolkits.empty();
}

ServerResponse list_tools(Engine& engine, const ServerRequest& request) {
  ToolFilter filter{.tools = list_param(request, "tool_slugs"),
                    .toolkits = list_param(request, "toolkit_slug"),
                    .tags = list_param(request, "tags"),
                    .scopes = list_param(request, "scopes"),
                    .search = text_param(request, "search"),
                    .only_important = bool_param(request, "important").value_or(false)};
  if (filter.search.empty()) filter.search = text_param(request, "query");
  std::vector<ToolRef> found;
  if (keep_toolkits_of(engine, list_param(request, "auth_config_ids"), filter))
    found = filter.select(engine.catalog());
  const PageRequest page = page_param(request);
  const auto cut = cut_page(std::move(found), page);
  Json items = Json::array();
  for (const ToolRef& ref : cut.items) items.push_back(tool_view(*ref.toolkit, *ref.tool));
  return page_response(std::move(items), cut.total, page);
}

ServerResponse list_tool_slugs(Engine& engine, const ServerRequest&) {
  Json slugs = Json::array();
  for (const ToolRef& ref : ToolFilter{}.select(engine.catalog())) slugs.push_back(ref.tool->slug);
  return ServerResponse::json(200, dump_json(slugs));
}

ServerResponse get_tool(Engine& engine, const ServerRequest& request) {
  const ToolRef found = tool_or_not_found(engine.catalog(), request.param("slug"));
  return ServerResponse::json(200, dump_json(tool_view(*found.toolkit, *found.tool)));
}

// The user by either name. Two that differ would leave open whose account acts.
std::optional<UserId> caller_of(const ObjectReader& body) {
  std::optional<UserId> user;
  for (const char* key : {"user_id", "entity_id"}) {
    if (!body.has(key)) continue;
    UserId named = user_id_of(body, key);
    if (user && *user != named)
      body.fail("user_id", "and \"entity_id\" name different users", "send one of them");
    user = std::move(named);
  }
  return user;
}

// `version` is accepted whatever it says: a toolkit has one version here.
ToolCall read_call(const ObjectReader& body, const Tool& tool) {
  if (!body.text("text").empty()) {
    body.fail("text", "is not accepted: there is no model here to read it", "send \"arguments\"");
  }
  ToolCall call;
  call.tool = tool.slug;
  if (body.object("arguments")) call.arguments = body.value("arguments");
  call.user = caller_of(body);
  if (body.has("connected_account_id")) {
    call.connection = ConnectionId(body.required_text("connected_account_id"));
  }
  return call;
}

ToolResult run(Engine& engine, const ServerRequest& request) {
  const ToolRef found = tool_or_not_found(engine.catalog(), request.param("slug"));
  RequestBody parsed(request);
  const ObjectReader body = parsed.root();
  const ToolCall call = read_call(body, *found.tool);
  const auto given = take_given_credential(body, *found.toolkit, engine.env().clock.now());
  return given ? engine.executor().execute(call, *given) : engine.executor().execute(call);
}

ServerResponse execute_tool(Engine& engine, const ServerRequest& request) {
  ToolResult result = run(engine, request);
  const Json body = {{"data", std::move(result.data)},
                     {"error", result.successful ? Json() : Json(result.error)},
                     {"successful", result.successful},
                     {"log_id", result.log_id}};
  return ServerResponse::json(200, dump_json(body));
}

}  // namespace

std::vector<RouteEntry> tool_routes() {
  return {{"GET", "/tools", list_tools, "List tools", "tools are listed by slug, toolkit, tag and words",
           "tool_slugs,toolkit_slug,tags,scopes,search,query,important,auth_config_ids,toolkit_versions,"
           "include_deprecated,limit,cursor"},
          {"GET", "/tools/enum", list_tool_slugs, "List the slugs of all tools",
           "the enum of tools is a plain list of slugs"},
          {"GET", "/tools/:slug", get_tool, "Get a tool with its schemas",
           "a tool is found by its slug in any case and with any version", "version,toolkit_versions"},
          {"POST",
           "/tools/execute/:slug",
           execute_tool,
           "Run a tool as a user",
           "a tool runs as a user and answers what SDKs need",
           {},
           Support::Partial,
           "text is refused with 400, and so is what leads out of the toolkit's own API"}};
}

}  // namespace coffer::api::v3
