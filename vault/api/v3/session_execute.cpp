#include "vault/api/v3/session_execute.h"

#include "vault/api/v3/custom_tools.h"
#include "vault/api/v3/manage_connections.h"
#include "vault/api/v3/meta_tools.h"
#include "vault/api/v3/session_accounts.h"
#include "vault/api/v3/session_scope.h"
#include "vault/api/v3/tool_view.h"
#include "vault/api/v3/toolkit_view.h"
#include "vault/base/error.h"
#include "vault/base/text.h"

namespace coffer::api::v3 {
namespace {

std::string way_to_a_link(const Session& session, const Toolkit& toolkit) {
  if (!session.config.manage_connections)
    return "the application has to connect an account of the user first";
  return "call " + std::string(kManageConnections) + " with {\"toolkits\": [" + in_quotes(toolkit.slug) +
         "]}, or POST the toolkit to the session's /link, show the user the link, and call the tool again "
         "when they are done";
}

SessionResult run_meta_tool(Engine& engine, const Session& session, const MetaTool& tool, Json arguments) {
  require_enabled(tool, session.config);
  const ObjectReader reader(arguments, "arguments");
  return {tool.run(engine, session, reader), {}, random_id(engine.env().random, "log_")};
}

// Absent: the toolkit needs no login, and the session has no account of it.
std::optional<ConnectionId> account_of_call(Engine& engine, const Session& session, const Toolkit& toolkit,
                                            const std::string& name) {
  const auto tx = engine.database().read();
  if (needs_no_auth(toolkit) && name.empty() && !default_account(*tx, session, toolkit.slug))
    return std::nullopt;
  return account_for_call(*tx, session, toolkit, name).id;
}

ToolResult run_tool(Engine& engine, const Session& session, const ToolRef& ref, SessionCall call) {
  ToolCall prepared;
  prepared.tool = ref.tool->slug;
  prepared.arguments = std::move(call.arguments);
  prepared.connection = account_of_call(engine, session, *ref.toolkit, call.account);
  if (prepared.connection) prepared.user = session.user;
  return engine.executor().execute(prepared);
}

}  // namespace

SessionResult execute_catalog_tool(Engine& engine, const Session& session, SessionCall call) {
  refuse_custom_tool(session.config, call.tool);
  const ToolRef ref = tool_or_not_found(engine.catalog(), call.tool);
  SessionScope(session.config).require(*ref.toolkit, *ref.tool);
  try {
    ToolResult result = run_tool(engine, session, ref, std::move(call));
    return {std::move(result.data), result.successful ? "" : std::move(result.error),
            std::move(result.log_id)};
  } catch (const Error& error) {
    if (error.code() != ErrorCode::NeedsConnection) throw;
    throw Error(error.code(), error.what(), way_to_a_link(session, *ref.toolkit));
  }
}

SessionResult execute_in_session(Engine& engine, const Session& session, SessionCall call) {
  if (const MetaTool* meta = find_meta_tool(call.tool)) {
    return run_meta_tool(engine, session, *meta, std::move(call.arguments));
  }
  return execute_catalog_tool(engine, session, std::move(call));
}

}  // namespace coffer::api::v3
