#include <nlohmann/json.hpp>

#include "vault/api/v3/custom_tools.h"
#include "vault/api/v3/routes.h"
#include "vault/api/v3/session_input.h"
#include "vault/api/v3/session_link.h"
#include "vault/api/v3/session_view.h"
#include "vault/api/wire/body.h"
#include "vault/api/wire/envelope.h"
#include "vault/api/wire/own_url.h"
#include "vault/api/wire/tampered_deletion.h"
#include "vault/base/error.h"
#include "vault/base/text.h"
#include "vault/store/session_store.h"

namespace coffer::api::v3 {
namespace {

ServerResponse create_session(Engine& engine, const ServerRequest& request) {
  RequestBody parsed(request);
  const ObjectReader body = parsed.root();
  Session session;
  session.id = SessionId(random_id(engine.env().random, "trs_"));
  session.user = user_id_of(body, "user_id");
  session.created_at = engine.env().clock.now();
  const auto tx = engine.database().write();
  read_session_config(engine, *tx, session.user, body, session.config);
  session_store::insert(*tx, session);
  tx->commit();
  return ServerResponse::json(201, dump_json(session_view(own_url(engine.public_url(), request), session)));
}

ServerResponse get_session(Engine& engine, const ServerRequest& request) {
  const Session session = session_or_not_found(*engine.database().read(), SessionId(request.param("id")));
  return ServerResponse::json(200, dump_json(session_view(own_url(engine.public_url(), request), session)));
}

// What a program brings along holds for this program's calls, which bring it again: nothing is stored.
ServerResponse attach_session(Engine& engine, const ServerRequest& request) {
  Session session = session_or_not_found(*engine.database().read(), SessionId(request.param("id")));
  RequestBody parsed(request);
  take_custom_tools(parsed.root(), session.config);
  return ServerResponse::json(200, dump_json(session_view(own_url(engine.public_url(), request), session)));
}

void refuse_other_user(const Session& session, const ObjectReader& body) {
  if (!body.has("user_id") || body.optional_text("user_id") == session.user.str()) return;
  body.fail("user_id", "of a session cannot be changed", "create a session for the other user");
}

bool is_expected(const Session& session, const ObjectReader& body) {
  constexpr const char* kKey = "expected_config_version";
  if (!body.has(kKey)) return true;
  const Json& expected = body.value(kKey);
  if (!expected.is_number_integer() || expected < 1) body.fail(kKey, "is not a number from 1 up");
  return expected == session.config_version;
}

// The SDK tells this refusal from others by 409.
ServerResponse changed_meanwhile(const ServerRequest& request, const Session& session) {
  const Error error(ErrorCode::Conflict,
                    "session " + in_quotes(session.id.str()) + " has config_version " +
                        std::to_string(session.config_version) + " by now",
                    "get the session and change what it is now");
  return error_response_with_status(request, error, 409);
}

// Read, changed and written in one transaction: of two changes at once none is lost.
ServerResponse update_session(Engine& engine, const ServerRequest& request) {
  RequestBody parsed(request);
  const SessionId id(request.param("id"));
  const auto tx = engine.database().write();
  Session session = session_or_not_found(*tx, id);
  refuse_other_user(session, parsed.root());
  if (!is_expected(session, parsed.root())) return changed_meanwhile(request, session);
  read_session_config(engine, *tx, session.user, parsed.root(), session.config);
  session_store::update(*tx, session);
  session = session_or_not_found(*tx, id);
  tx->commit();
  return ServerResponse::json(200, dump_json(session_view(own_url(engine.public_url(), request), session)));
}

ServerResponse delete_session(Engine& engine, const ServerRequest& request) {
  const SessionId id(request.param("id"));
  const auto tx = engine.database().write();
  allow_tampered_deletion(*tx, engine.env().clock.now(), "session " + id.str(),
                          [&] { session_or_not_found(*tx, id); });
  session_store::remove(*tx, id);
  tx->commit();
  return ServerResponse::json(200, dump_json({{"session_id", id.str()}, {"deleted", true}}));
}

}  // namespace

std::vector<RouteEntry> session_routes() {
  return {
      {"POST",
       "/tool_router/session",
       create_session,
       "Create a session for a user",
       "a session answers what SDKs need, with enabled where the request says enable",
       {},
       Support::Partial,
       "no workbench; experimental.permissions and session_config_id are refused with 501; tools that the "
       "caller defines are found, and run by its SDK alone"},
      {"GET", "/tool_router/session/:id", get_session, "Get a session",
       "a session answers what SDKs need, with enabled where the request says enable"},
      {"POST", "/tool_router/session/:id/attach", attach_session,
       "Get a session, with tools of the program's own",
       "a program that attaches gets its own tools back by the slugs that agents see"},
      {"PATCH",
       "/tool_router/session/:id",
       update_session,
       "Change a session's configuration",
       "updating a session changes what is named, null clears, and the version grows",
       {},
       Support::Partial,
       "experimental.permissions and session_config_id are refused with 501"},
      {"DELETE", "/tool_router/session/:id", delete_session, "Delete a session",
       "a deleted session is absent and its user's accounts stay"}};
}

}  // namespace coffer::api::v3
