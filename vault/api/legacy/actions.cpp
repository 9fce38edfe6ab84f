#include <nlohmann/json.hpp>
#include <set>

#include "vault/api/legacy/account_view.h"
#include "vault/api/legacy/action_view.h"
#include "vault/api/legacy/routes.h"
#include "vault/api/v3/given_credential.h"
#include "vault/api/v3/tool_filter.h"
#include "vault/api/v3/tool_view.h"
#include "vault/api/wire/body.h"
#include "vault/api/wire/query.h"
#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/catalog/tool_search.h"

namespace coffer::api::legacy {
namespace {

constexpr std::int64_t kDefaultUseCaseLimit = 20;

v3::ToolFilter read_filter(const ServerRequest& request) {
  return {.tools = list_param(request, "actions"),
          .toolkits = list_param(request, "apps"),
          .tags = list_param(request, "tags"),
          .scopes = {},
          .search = {},
          .only_important = bool_param(request, "filterImportantActions").value_or(false)};
}

// The best for the use case first; at most `most`.
std::vector<ToolRef> ranked(Engine& engine, const std::vector<ToolRef>& among, const std::string& use_case,
                            std::int64_t most) {
  std::set<const Tool*> admitted;
  for (const ToolRef& ref : among) admitted.insert(ref.tool);
  const auto matches =
      engine.tool_search().find(use_case, static_cast<std::size_t>(most),
                                [&](const ToolRef& ref) { return admitted.contains(ref.tool); });
  std::vector<ToolRef> found;
  found.reserve(matches.size());
  for (const ToolMatch& match : matches) found.push_back(match.ref);
  return found;
}

std::int64_t use_case_limit(const ServerRequest& request) {
  return count_param(request, "usecaseLimit", count_param(request, "limit", kDefaultUseCaseLimit, kMostItems),
                     kMostItems);
}

ServerResponse list_actions(Engine& engine, const ServerRequest& request) {
  std::vector<ToolRef> found = read_filter(request).select(engine.catalog());
  if (const std::string use_case = text_param(request, "useCase"); !use_case.empty()) {
    found = ranked(engine, found, use_case, use_case_limit(request));
  }
  const std::int64_t limit = count_param(request, "limit", kMostItems, kMostItems);
  Json items = Json::array();
  for (const ToolRef& ref : found) {
    if (static_cast<std::int64_t>(items.size()) == limit) break;
    items.push_back(action_view(*ref.toolkit, *ref.tool));
  }
  const Json body = {{"items", std::move(items)}, {"page", 1}, {"totalPages", 1}};
  return ServerResponse::json(200, dump_json(body));
}

// The JavaScript SDK sends the use case as the body of a GET, the Python SDK in the query.
ServerResponse search_actions(Engine& engine, const ServerRequest& request) {
  RequestBody parsed(request);
  std::string use_case = text_param(request, "useCase");
  if (use_case.empty()) use_case = parsed.root().required_text("useCase");
  const auto found =
      ranked(engine, read_filter(request).select(engine.catalog()), use_case, use_case_limit(request));
  Json items = Json::array();
  for (const ToolRef& ref : found) {
    items.push_back({{"app", ref.toolkit->slug},
                     {"actions", {ref.tool->slug}},
                     {"description", ref.tool->description},
                     {"order", items.size()}});
  }
  const Json body = {{"items", std::move(items)}};
  return ServerResponse::json(200, dump_json(body));
}

ServerResponse get_action(Engine& engine, const ServerRequest& request) {
  const ToolRef found = v3::tool_or_not_found(engine.catalog(), request.param("action"));
  return ServerResponse::json(200, dump_json(action_view(*found.toolkit, *found.tool)));
}

ServerResponse list_action_names(Engine& engine, const ServerRequest&) {
  Json names = Json::array();
  for (const ToolRef& ref : v3::ToolFilter{}.select(engine.catalog())) names.push_back(ref.tool->slug);
  return ServerResponse::json(200, dump_json(names));
}

ServerResponse list_tags(Engine& engine, const ServerRequest& request) {
  std::set<std::string> tags;
  for (const ToolRef& ref : read_filter(request).select(engine.catalog()))
    tags.insert(ref.tool->tags.begin(), ref.tool->tags.end());
  return ServerResponse::json(200, dump_json(tags));
}

ToolCall read_call(const ObjectReader& body, const Tool& tool) {
  if (!body.text("text").empty()) {
    body.fail("text", "is not accepted: there is no model here to read it", "send \"input\"");
  }
  ToolCall call;
  call.tool = tool.slug;
  if (body.object("input")) call.arguments = body.value("input");
  if (body.has("entityId")) call.user = user_id_of(body, "entityId");
  if (body.has("connectedAccountId")) {
    call.connection = ConnectionId(body.required_text("connectedAccountId"));
  }
  return call;
}

// "authConfig" is the caller's own credential, and stands for any account.
ToolResult run(Engine& engine, const ServerRequest& request) {
  const ToolRef found = v3::tool_or_not_found(engine.catalog(), request.param("action"));
  RequestBody parsed(request);
  const ObjectReader body = parsed.root();
  const ToolCall call = read_call(body, *found.tool);
  if (const auto params = body.object("authConfig")) {
    return engine.executor().execute(call, v3::take_auth_parameters(*params, *found.toolkit));
  }
  try {
    return engine.executor().execute(call);
  } catch (const Error& error) {
    rethrow_about_account(error);
  }
}

ServerResponse execute_action(Engine& engine, const ServerRequest& request) {
  ToolResult result = run(engine, request);
  const Json body = {{"data", std::move(result.data)},
                     {"error", result.successful ? Json() : Json(result.error)},
                     {"successful", result.successful},
                     {"successfull", result.successful},  // as the older SDKs spell it
                     {"logId", result.log_id}};
  return ServerResponse::json(200, dump_json(body));
}

}  // namespace

std::vector<RouteEntry> action_routes() {
  constexpr const char* kNames = "the names of all actions are a plain list";
  return {{"GET", "/v2/actions", list_actions, "List actions",
           "actions are listed by app, name and tag in any case"},
          {"GET", "/v2/actions/:action", get_action, "Get an action with its schemas",
           "an action is found by its name in any case"},
          {"POST",
           "/v2/actions/:action/execute",
           execute_action,
           "Run an action as an entity or account",
           "an action runs by entity and account, as the Python SDK asks",
           {},
           Support::Partial,
           "text is refused with 400"},
          {"GET", "/v2/actions/search/advanced", search_actions, "Find actions for a use case",
           "actions are found by what somebody wants to do, the best first"},
          {"GET", "/v2/actions/list/all", list_actions, "List actions, by the older path",
           "actions are listed under their older path, too, where programs read their enum"},
          {"GET",
           "/v2/actions/list/tags",
           list_tags,
           "List the tags of actions",
           "the tags of actions are a plain list, each once, of all apps or some",
           {},
           Support::Partial,
           "a plain list: what this answered is documented nowhere"},
          {"GET", "/v1/actions/list/enums", list_action_names, "List the names of all actions", kNames},
          {"GET", "/v2/actions/list/enums", list_action_names, "List the names of all actions", kNames}};
}

}  // namespace coffer::api::legacy
