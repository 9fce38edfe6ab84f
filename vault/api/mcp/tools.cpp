#include "vault/api/mcp/tools.h"

#include <algorithm>
#include <chrono>

#include "vault/api/mcp/connect_request.h"
#include "vault/api/v3/session_execute.h"
#include "vault/api/v3/session_scope.h"
#include "vault/api/v3/session_tools.h"
#include "vault/api/v3/wait_for_connections.h"
#include "vault/base/error.h"

namespace coffer::api::mcp {
namespace {

// How long a call that the client repeats waits for the user to come through the link.
constexpr Duration kPatience = std::chrono::seconds(25);

Json annotations_of(const Json& tags) {
  Json out = Json::object();
  for (const char* hint : {"readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"}) {
    out[hint] = std::find(tags.begin(), tags.end(), hint) != tags.end();
  }
  return out;
}

// What the text of a result says, and structuredContent where an output schema is declared.
Json result_schema(const Json& data_schema) {
  return {{"type", "object"},
          {"properties",
           {{"successful", {{"type", "boolean"}}},
            {"data", data_schema},
            {"error", {{"type", {"string", "null"}}}},
            {"log_id", {{"type", "string"}}}}},
          {"required", {"successful", "data", "error"}}};
}

Json tool_entry(const v3::SessionTool& tool) {
  const Json view = v3::session_tool_view(tool);
  Json input = view.at("input_parameters");
  input["type"] = "object";
  Json entry = {{"name", view.at("slug")},
                {"title", view.at("name")},
                {"description", view.at("description")},
                {"inputSchema", std::move(input)},
                {"annotations", annotations_of(view.at("tags"))}};
  // A service may answer otherwise than its tool's output schema says, and clients refuse such results.
  if (tool.meta != nullptr) entry["outputSchema"] = result_schema(view.at("output_parameters"));
  return entry;
}

Json tool_result(Json told, bool is_structured) {
  Json result = {{"content", Json::array({{{"type", "text"}, {"text", dump_json(told)}}})},
                 {"isError", !told.at("successful").get<bool>()}};
  if (is_structured) result["structuredContent"] = std::move(told);
  return result;
}

Json failure(const std::string& error, const std::string& fix, Json data = Json::object()) {
  Json told = {{"successful", false}, {"data", std::move(data)}, {"error", error}};
  if (!fix.empty()) told["suggested_fix"] = fix;
  return tool_result(std::move(told), false);
}

RpcError invalid_params(std::string fault) {
  return {rpc_code::kInvalidParams, std::move(fault), nullptr, 200};
}

Json link_in_result(const PendingConnect& pending, const Toolkit& toolkit) {
  return failure(toolkit.name + " is not connected",
                 "show the user redirect_url as a link, and call the tool again when they are done",
                 {{"toolkit", toolkit.slug},
                  {"redirect_url", pending.url},
                  {"connected_account_id", pending.account},
                  {"expires_at", to_rfc3339(pending.expires_at)}});
}

class ToolsCall {
 public:
  ToolsCall(Engine& engine, const Session& session, const Peer& peer, const Json& params)
      : engine_(engine), session_(session), peer_(peer), params_(params) {}

  RpcOutcome run() {
    if (const auto fault = read()) return *fault;
    const auto state = params_.find("requestState");
    if (state != params_.end()) return resume(*state);
    return execute();
  }

 private:
  std::optional<RpcError> read() {
    const auto name = params_.find("name");
    if (name == params_.end() || !name->is_string()) return invalid_params("\"name\" is missing");
    call_.tool = name->get<std::string>();
    call_.arguments = params_.value("arguments", Json::object());
    if (!call_.arguments.is_object()) return invalid_params("\"arguments\" is not an object");
    if (!has_tool()) return invalid_params("unknown tool: " + call_.tool.substr(0, 100));
    return std::nullopt;
  }

  bool has_tool() {
    try {
      if (const v3::MetaTool* meta = v3::find_meta_tool(call_.tool)) {
        return v3::meta_switches(session_.config).*meta->is_enabled;
      }
    } catch (const Error&) {  // one that is not offered
      return false;
    }
    ref_ = engine_.catalog().find_tool(call_.tool);
    return ref_.tool != nullptr && v3::SessionScope(session_.config).admits(*ref_.toolkit, *ref_.tool);
  }

  RpcOutcome execute() {
    try {
      v3::SessionResult result = v3::execute_in_session(engine_, session_, call_);
      return tool_result({{"successful", result.error.empty()},
                          {"data", std::move(result.data)},
                          {"error", result.error.empty() ? Json() : Json(result.error)},
                          {"log_id", result.log_id}},
                         ref_.tool == nullptr);
    } catch (const Error& error) {
      const bool is_for_a_link = error.code() == ErrorCode::NeedsConnection && ref_.tool != nullptr &&
                                 session_.config.manage_connections && !is_resumed_;
      return is_for_a_link ? ask_to_connect() : failure(error.what(), error.hint());
    }
  }

  RpcOutcome ask_to_connect() {
    const Toolkit& toolkit = *ref_.toolkit;
    try {
      const PendingConnect pending = make_pending(engine_, session_, toolkit);
      if (!peer_.opens_urls) return link_in_result(pending, toolkit);
      if (!peer_.is_modern) return url_required(pending, toolkit);
      return input_required(engine_, session_, call_, pending, toolkit);
    } catch (const Error& error) {
      return failure(error.what(), error.hint());
    }
  }

  // The client did what input_required() asked for, or says why not. The user may still be on the way.
  RpcOutcome resume(const Json& state) {
    const auto pending = ref_.tool != nullptr && state.is_string() && peer_.is_modern
                             ? open_state(engine_, session_, call_, state.get<std::string>())
                             : std::nullopt;
    if (!pending)
      return invalid_params("\"requestState\" is not valid here, or no longer: call the tool without it");
    const std::string action = action_of(params_);
    const bool is_answered = !action.empty();
    if (!is_answered && !is_connected_within(Duration::zero())) {
      return input_required(engine_, session_, call_, *pending, *ref_.toolkit);
    }
    if (is_answered && action != "accept")
      return failure("the user did not want to connect " + ref_.toolkit->name, "");
    if (!is_connected_within(kPatience)) return link_in_result(*pending, *ref_.toolkit);
    is_resumed_ = true;
    return execute();
  }

  bool is_connected_within(Duration patience) {
    return v3::wait_until_connected(engine_, session_, {ref_.toolkit->slug}, true, patience);
  }

  Engine& engine_;
  const Session& session_;
  const Peer& peer_;
  const Json& params_;
  v3::SessionCall call_;
  ToolRef ref_;  // empty for meta tools
  bool is_resumed_ = false;
};

}  // namespace

RpcOutcome list_tools(const Engine& engine, const Session& session, const Json& params) {
  if (!params.value("cursor", Json()).is_null())
    return invalid_params("\"cursor\" is not one of this server: its list is one page");
  Json tools = Json::array();
  for (const v3::SessionTool& tool : v3::session_tools(engine.catalog(), session.config)) {
    tools.push_back(tool_entry(tool));
  }
  return Json{{"tools", std::move(tools)}};
}

RpcOutcome call_tool(Engine& engine, const Session& session, const Peer& peer, const Json& params) {
  return ToolsCall(engine, session, peer, params).run();
}

}  // namespace coffer::api::mcp
