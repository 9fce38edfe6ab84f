#include "vault/tools/executor.h"

#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/base/text.h"
#include "vault/catalog/arguments.h"
#include "vault/store/audit_log.h"
#include "vault/tools/account_use.h"
#include "vault/tools/scrubber.h"
#include "vault/tools/tool_run.h"

namespace coffer {
namespace {

using Kind = ServiceAnswer::Kind;

constexpr std::size_t kLongestError = 600;

ToolRef require_tool(const Catalog& catalog, const std::string& slug) {
  const ToolRef ref = catalog.find_tool(slug);
  if (ref.tool != nullptr) return ref;
  throw Error(ErrorCode::NotFound, "tool " + in_quotes(slug) + " does not exist",
              "GET /api/v3/tools?toolkit_slug=... lists a toolkit's tools");
}

ToolResult to_result(ServiceAnswer answer, const Tool& tool, const Scrubber& scrubber) {
  ToolResult result;
  result.successful = answer.kind == Kind::Success;
  result.data = shape_data(answer.body, result.successful ? tool.select : std::string());
  result.error = std::move(answer.problem);
  scrubber.clean(result.data);
  scrubber.clean(result.error);
  // Not before: a secret cut in two would not be found.
  if (result.error.size() > kLongestError) result.error = result.error.substr(0, kLongestError) + "...";
  return result;
}

// Before it is used, so that no use is without its entry.
void note_use(Database& database, Timestamp now, const Tool& tool, const std::string& origin) {
  const auto tx = database.write();
  audit_log::append(*tx, {0, now, "used_once", ConnectionId(), tool.slug + ", " + origin});
  tx->commit();
}

// Of a toolkit that needs no login, for a call that names no account and a user who has none.
const AuthMode* mode_without_account(Database& database, const Toolkit& toolkit, const ToolCall& call) {
  const AuthMode* mode = toolkit.find_auth(AuthScheme::NoAuth);
  if (mode == nullptr || call.connection) return nullptr;
  if (call.user && connection_store::find_default(*database.read(), *call.user, toolkit.slug)) return nullptr;
  return mode;
}

bool is_refreshable_kind(const connection_store::Opened& opened) {
  return std::holds_alternative<TokenSet>(opened.credential);
}

}  // namespace

Executor::Executor(Env env, Database& database, const Catalog& catalog, Refresher& refresher)
    : env_(env), database_(database), catalog_(catalog), refresher_(refresher) {}

Connection Executor::select_connection(const Toolkit& toolkit, const std::optional<UserId>& user,
                                       const std::optional<ConnectionId>& connection) {
  return AccountUse(env_.clock, database_, refresher_, toolkit).select(user, connection);
}

ToolResult Executor::execute(const ToolCall& call) {
  const ToolRef ref = require_tool(catalog_, call.tool);
  Json arguments = call.arguments;
  check_arguments(*ref.tool->input, arguments, ref.tool->slug);

  if (const AuthMode* mode = mode_without_account(database_, *ref.toolkit, call)) {
    const ToolRun run(env_, *ref.toolkit, *ref.tool, std::move(arguments), *mode, {});
    return finish(*ref.tool, run.send(std::monostate()), Scrubber(), {}, "none");
  }
  AccountUse account(env_.clock, database_, refresher_, *ref.toolkit);
  const ConnectionId selected = account.select(call.user, call.connection).id;
  account.require_allowed(ref.tool->slug);
  auto opened = account.open(selected);
  const ToolRun run(env_, *ref.toolkit, *ref.tool, std::move(arguments), opened.connection);
  Scrubber scrubber;
  scrubber.add(opened.credential);
  ServiceAnswer answer = run.send(opened.credential);
  const bool is_retried = answer.kind == Kind::Credential && is_refreshable_kind(opened);
  if (is_retried) {
    opened = account.renew(opened);
    scrubber.add(opened.credential);
    answer = run.send(opened.credential);
    if (answer.kind == Kind::Credential) account.give_up(opened);
  }

  return finish(*ref.tool, std::move(answer), scrubber, opened.connection.id,
                is_retried ? "stored, retried" : "stored");
}

ToolResult Executor::execute(const ToolCall& call, const GivenCredential& given) {
  const ToolRef ref = require_tool(catalog_, call.tool);
  Json arguments = call.arguments;
  check_arguments(*ref.tool->input, arguments, ref.tool->slug);
  const ToolRun run(env_, *ref.toolkit, *ref.tool, std::move(arguments), given.mode, given.fields);
  note_use(database_, env_.clock.now(), *ref.tool, given.origin);
  Scrubber scrubber;
  scrubber.add(given.credential);
  return finish(*ref.tool, run.send(given.credential), scrubber, {}, given.origin);
}

ToolResult Executor::finish(const Tool& tool, ServiceAnswer answer, const Scrubber& scrubber,
                            const ConnectionId& connection, const std::string& credential) {
  const int status = answer.status;
  ToolResult result = to_result(std::move(answer), tool, scrubber);
  result.connection = connection;
  result.log_id = random_id(env_.random, "log_");
  env_.log.info("tool.executed", {{"tool", tool.slug},
                                  {"connected_account_id", connection.str()},
                                  {"credential", credential},
                                  {"log_id", result.log_id},
                                  {"successful", result.successful ? "true" : "false"},
                                  {"status", std::to_string(status)}});
  return result;
}

}  // namespace coffer
