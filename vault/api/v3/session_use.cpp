#include <algorithm>
#include <nlohmann/json.hpp>

#include "vault/api/v3/account_change.h"
#include "vault/api/v3/custom_tools.h"
#include "vault/api/v3/routes.h"
#include "vault/api/v3/session_accounts.h"
#include "vault/api/v3/session_execute.h"
#include "vault/api/v3/session_link.h"
#include "vault/api/v3/session_scope.h"
#include "vault/api/v3/session_tools.h"
#include "vault/api/v3/shared_input.h"
#include "vault/api/v3/text_match.h"
#include "vault/api/v3/tool_filter.h"
#include "vault/api/v3/toolkit_view.h"
#include "vault/api/wire/body.h"
#include "vault/api/wire/paging.h"
#include "vault/api/wire/query.h"
#include "vault/api/wire/secret_answer.h"
#include "vault/base/error.h"
#include "vault/engine/views.h"
#include "vault/store/auth_config_store.h"

namespace coffer::api::v3 {
namespace {

constexpr std::int64_t kMostToolkitsPerPage = 50;
constexpr std::int64_t kMostToolsPerPage = 500;

Session session_of(Engine& engine, const ServerRequest& request) {
  return session_or_not_found(*engine.database().read(), SessionId(request.param("id")));
}

ServerResponse create_session_link(Engine& engine, const ServerRequest& request) {
  const Session session = session_of(engine, request);
  RequestBody parsed(request);
  const ObjectReader body = parsed.root();
  const Toolkit& toolkit = toolkit_or_not_found(engine.catalog(), body.required_text("toolkit"));
  SessionScope(session.config).require(toolkit);
  SessionLinkRequest wanted;
  wanted.callback_url = body.text("callback_url");
  wanted.alias = alias_of(body);
  wanted.shared = read_shared_access(body);
  const ConnectLink link = link_for_session(engine, session, toolkit, wanted);
  Json out = {{"connected_account_id", link.connection.id.str()},
              {"link_token", link.token.expose()},
              {"redirect_url", link_url_in(engine, session, link)},
              {"expires_at", to_rfc3339(link.expires_at)},
              {"experimental", experimental_view(wanted.shared)}};
  return secret_answer(201, std::move(out));
}

Json account_view(Transaction& tx, const Connection& account) {
  const auto config = auth_config_store::find(tx, account.auth_config);
  return {{"id", account.id.str()},
          {"user_id", account.user.str()},
          {"status", to_string(account.status)},
          {"created_at", to_rfc3339(account.created_at)},
          {"auth_config",
           {{"id", account.auth_config.str()},
            {"auth_scheme", to_string(account.scheme)},
            {"is_composio_managed", config && config->is_managed}}}};
}

Json toolkit_state(Engine& engine, Transaction& tx, const Toolkit& toolkit,
                   const std::optional<Connection>& account) {
  const Json reference = toolkit_reference(toolkit);
  return {{"slug", toolkit.slug},
          {"name", toolkit.name},
          {"enabled", true},
          {"is_no_auth", needs_no_auth(toolkit)},
          {"composio_managed_auth_schemes", managed_schemes(engine, toolkit)},
          {"meta", {{"logo", reference.at("logo")}, {"description", toolkit.description}}},
          {"connected_account", account ? account_view(tx, *account) : Json()}};
}

bool is_connected(const std::optional<Connection>& account) {
  return account && account->status == ConnectionStatus::Active;
}

ServerResponse list_session_toolkits(Engine& engine, const ServerRequest& request) {
  const Session session = session_of(engine, request);
  const std::vector<std::string> slugs = list_param(request, "toolkits");
  const auto connected = bool_param(request, "is_connected");
  const std::string search = text_param(request, "search");
  const PageRequest page = page_param(request, kMostToolkitsPerPage);
  const auto tx = engine.database().read();
  std::vector<Json> states;
  for (const Toolkit* toolkit : SessionScope(session.config).toolkits(engine.catalog())) {
    if (!slugs.empty() && !contains_ignoring_case(slugs, toolkit->slug)) continue;
    if (!matches_words(search, {toolkit->slug, toolkit->name, toolkit->description})) continue;
    const auto account = shown_account(*tx, session, toolkit->slug);
    if (connected && *connected != is_connected(account)) continue;
    states.push_back(toolkit_state(engine, *tx, *toolkit, account));
  }
  const auto cut = cut_page(std::move(states), page);
  return page_response(Json(cut.items), cut.total, page);
}

ServerResponse list_session_tools(Engine& engine, const ServerRequest& request) {
  const Session session = session_of(engine, request);
  const PageRequest page = page_param(request, kMostToolsPerPage);
  const auto cut = cut_page(session_tools(engine.catalog(), session.config), page);
  Json items = Json::array();
  for (const SessionTool& tool : cut.items) items.push_back(session_tool_view(tool));
  return page_response(std::move(items), cut.total, page);
}

// `member` names the tool; the other route's name for it is taken, too.
SessionCall read_session_call(const ObjectReader& body, const char* member, const char* other) {
  SessionCall call;
  call.tool = body.required_text(body.has(other) && !body.has(member) ? other : member);
  call.account = body.text("account");
  if (body.object("arguments")) call.arguments = body.value("arguments");
  return call;
}

ServerResponse run_in_session(Engine& engine, const ServerRequest& request, const char* member,
                              const char* other) {
  Session session = session_of(engine, request);
  RequestBody parsed(request);
  take_custom_tools(parsed.root(), session.config);
  SessionResult result = execute_in_session(engine, session, read_session_call(parsed.root(), member, other));
  // Told not to be kept on the way: meta tools answer links.
  return secret_answer(200, {{"data", std::move(result.data)},
                             {"error", result.error.empty() ? Json() : Json(result.error)},
                             {"log_id", result.log_id}});
}

ServerResponse run_tool(Engine& engine, const ServerRequest& request) {
  return run_in_session(engine, request, "tool_slug", "slug");
}

ServerResponse run_meta_tool(Engine& engine, const ServerRequest& request) {
  return run_in_session(engine, request, "slug", "tool_slug");
}

}  // namespace

std::vector<RouteEntry> session_use_routes() {
  constexpr const char* kNoRemoteCode =
      "COMPOSIO_REMOTE_WORKBENCH and COMPOSIO_REMOTE_BASH_TOOL are refused with 501";
  return {{"POST", "/tool_router/session/:id/link", create_session_link,
           "Make a Connect Link for the session's user",
           "a session's link connects the session's user, and comes back to the session's callback"},
          {"GET", "/tool_router/session/:id/toolkits", list_session_toolkits,
           "List toolkits and their connections", "a session's toolkits show the user's connection",
           "toolkits,is_connected,search,limit,cursor"},
          {"GET", "/tool_router/session/:id/tools", list_session_tools, "List the session's tools",
           "a session's pages of tools join without a gap", "limit,cursor"},
          {"POST",
           "/tool_router/session/:id/execute",
           run_tool,
           "Run a tool as the session's user",
           "a session runs tools as its user and answers what SDKs need",
           {},
           Support::Partial,
           kNoRemoteCode},
          {"POST",
           "/tool_router/session/:id/execute_meta",
           run_meta_tool,
           "Run a meta tool",
           "the raw name of meta execution works, too",
           {},
           Support::Partial,
           kNoRemoteCode}};
}

}  // namespace coffer::api::v3
