#include <nlohmann/json.hpp>

#include "vault/api/legacy/routes.h"
#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/base/text.h"

namespace coffer::api::legacy {
namespace {

// The Python SDK asks before its first call whether the key is good.
ServerResponse get_client(Engine& engine, const ServerRequest&) {
  const Json body = {{"client", {{"id", engine.project_id()}, {"name", "coffer"}, {"email", ""}}}};
  return ServerResponse::json(200, dump_json(body));
}

// The Python SDK asks as it is imported, before it knows a key. Nothing is reported to anybody.
ServerResponse no_error_reports(Engine&, const ServerRequest&) {
  return ServerResponse::json(200, R"({"dns":null})");
}

ServerResponse drop_log(Engine&, const ServerRequest&) {
  return ServerResponse::json(200, R"({"status":"success"})");
}

ServerResponse no_triggers(Engine&, const ServerRequest&) {
  return ServerResponse::json(200, "[]");
}

ServerResponse no_active_triggers(Engine&, const ServerRequest&) {
  return ServerResponse::json(200, R"({"triggers":[]})");
}

ServerResponse no_such_trigger(Engine&, const ServerRequest& request) {
  throw Error(ErrorCode::NotFound, "trigger " + in_quotes(request.param("trigger")) + " does not exist",
              "there are no triggers here");
}

ServerResponse refuse(Engine&, const ServerRequest& request) {
  throw Error(ErrorCode::Unsupported, request.method + " " + clipped(request.path) + " is not offered here",
              "docs/legacy.md lists what there is");
}

}  // namespace

std::vector<RouteEntry> other_routes() {
  constexpr const char* kNone = "triggers are none, and asking for them is no error";
  std::vector<RouteEntry> routes = {
      {"GET", "/v1/client/auth/client_info", get_client, "Whose API key this is",
       "a good key is told whose it is"},
      {.method = "GET",
       .pattern = "/v1/cli/sentry-dns",
       .handler = no_error_reports,
       .summary = "Where the SDK reports its own errors: nowhere",
       .shown_by = "an SDK that asks without a key where to report its errors is told nowhere",
       .needs_key = false},
      {"POST",
       "/v1/logs",
       drop_log,
       "Take a log of the caller's own actions",
       "logs of the caller's own actions are taken and dropped",
       {},
       Support::Partial,
       "dropped"},
      {"GET", "/v1/triggers", no_triggers, "List triggers", kNone, {}, Support::Partial, "there are none"},
      {"GET",
       "/v1/triggers/active_triggers",
       no_active_triggers,
       "List active triggers",
       kNone,
       {},
       Support::Partial,
       "there are none"},
      {"GET",
       "/v2/triggers/:trigger",
       no_such_trigger,
       "Get a trigger",
       kNone,
       {},
       Support::Partial,
       "there are none"}};
  const auto refuse_route = [&](std::string_view method, std::string_view pattern, std::string_view summary,
                                std::string_view note = {}) {
    routes.push_back({method,
                      pattern,
                      refuse,
                      summary,
                      "what the first SDKs know and is not offered is told as a 400",
                      {},
                      Support::None,
                      note});
  };
  refuse_route("POST", "/v1/triggers/enable/:account/:trigger", "Set up a trigger");
  refuse_route("PATCH", "/v1/triggers/instance/:trigger/status", "Enable or disable a trigger");
  refuse_route("DELETE", "/v1/triggers/instance/:trigger", "Delete a trigger");
  refuse_route("GET", "/v1/triggers/callback_url", "Get the URL of events",
               "webhook_subscriptions of v3 are");
  refuse_route("POST", "/v1/triggers/setCallbackURL", "Set the URL of events",
               "webhook_subscriptions of v3 are");
  refuse_route("POST", "/v1/triggers/set_callback_url", "Set the URL of events",
               "webhook_subscriptions of v3 are");
  refuse_route("POST", "/v2/actions/files/upload/request", "Keep a file for an action");
  refuse_route("PATCH", "/v1/connectedAccounts/:account/data", "Change labels of an account");
  return routes;
}

}  // namespace coffer::api::legacy
