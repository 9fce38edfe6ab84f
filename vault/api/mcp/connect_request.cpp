#include "vault/api/mcp/connect_request.h"

#include "vault/api/v3/session_link.h"
#include "vault/crypto/length_prefixed.h"
#include "vault/crypto/sealed_text.h"

namespace coffer::api::mcp {
namespace {

constexpr const char* kInput = "connect";  // the key of our one input request
constexpr std::string_view kPurpose = "mcp.connect";

LengthPrefixed context_of(const Session& session, const v3::SessionCall& call) {
  LengthPrefixed context;
  context.add(session.user.str()).add(session.id.str()).add(call.tool).add(dump_json(call.arguments));
  return context;
}

std::string message_for(const Toolkit& toolkit) {
  return "Connect your " + toolkit.name + " account to go on.";
}

std::string seal_state(Engine& engine, const Session& session, const v3::SessionCall& call,
                       const PendingConnect& pending) {
  const Json state = {{"toolkit", pending.toolkit},
                      {"account", pending.account},
                      {"url", pending.url},
                      {"expires_at_ms", to_ms(pending.expires_at)}};
  return seal_text(engine.database().read()->keys(), kPurpose, context_of(session, call).bytes(),
                   dump_json(state), engine.env().random);
}

}  // namespace

PendingConnect make_pending(Engine& engine, const Session& session, const Toolkit& toolkit) {
  v3::SessionLinkRequest request;
  request.prefers_waiting = true;
  const ConnectLink link = v3::link_for_session(engine, session, toolkit, request);
  return {toolkit.slug, link.connection.id.str(), v3::link_url_in(engine, session, link), link.expires_at};
}

RpcError url_required(const PendingConnect& pending, const Toolkit& toolkit) {
  const Json elicitation = {{"mode", "url"},
                            {"elicitationId", pending.account},
                            {"url", pending.url},
                            {"message", message_for(toolkit)}};
  return {rpc_code::kUrlElicitationRequired, toolkit.name + " is not connected: the user has to open a link",
          Json{{"elicitations", Json::array({elicitation})}}};
}

Json input_required(Engine& engine, const Session& session, const v3::SessionCall& call,
                    const PendingConnect& pending, const Toolkit& toolkit) {
  const Json request = {
      {"method", "elicitation/create"},
      {"params", {{"mode", "url"}, {"url", pending.url}, {"message", message_for(toolkit)}}}};
  return {{"resultType", "input_required"},
          {"inputRequests", {{kInput, request}}},
          {"requestState", seal_state(engine, session, call, pending)}};
}

std::optional<PendingConnect> open_state(Engine& engine, const Session& session, const v3::SessionCall& call,
                                         const std::string& state) {
  const auto text =
      open_text(engine.database().read()->keys(), kPurpose, context_of(session, call).bytes(), state);
  if (!text) return std::nullopt;
  const Json told = parse_json(*text, "request state");
  PendingConnect pending{told.at("toolkit").get<std::string>(), told.at("account").get<std::string>(),
                         told.at("url").get<std::string>(),
                         from_ms(told.at("expires_at_ms").get<std::int64_t>())};
  if (engine.env().clock.now() >= pending.expires_at) return std::nullopt;
  return pending;
}

std::string action_of(const Json& params) {
  const Json responses = params.value("inputResponses", Json::object());
  if (!responses.is_object()) return {};
  const Json response = responses.value(kInput, Json::object());
  const auto action = response.is_object() ? response.find("action") : response.end();
  return action != response.end() && action->is_string() ? action->get<std::string>() : std::string();
}

}  // namespace coffer::api::mcp
