#include <nlohmann/json.hpp>

#include "vault/api/legacy/routes.h"
#include "vault/base/error.h"
#include "vault/base/json.h"

namespace coffer::api::legacy {
namespace {

// The Python SDK asks before its first call whether the key is good.
ServerResponse get_client(Engine& engine, const ServerRequest&) {
  const Json body = {{"client", {{"id", engine.project_id()}, {"name", "coffer"}, {"email", ""}}}};
  return ServerResponse::json(200, dump_json(body));
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
  throw Error(ErrorCode::NotFound, "trigger \"" + request.param("trigger") + "\" does not exist",
              "there are no triggers here");
}

ServerResponse refuse(Engine&, const ServerRequest& request) {
  throw Error(ErrorCode::Unsupported, request.method + " " + request.path + " is not offered here",
              "docs/legacy.md lists what there is");
}

}  // namespace

std::vector<RouteEntry> other_routes() {
  return {{"GET", "/v1/client/auth/client_info", get_client, "Whose API key this is"},
          {"POST", "/v1/logs", drop_log, "Accepted and dropped: logs of the caller's own actions"},
          {"GET", "/v1/triggers", no_triggers, "List triggers: there are none"},
          {"GET", "/v1/triggers/active_triggers", no_active_triggers, "List active triggers: there are none"},
          {"GET", "/v2/triggers/:trigger", no_such_trigger, "Get a trigger: there are none"},
          {"POST", "/v1/triggers/enable/:account/:trigger", refuse, "Not offered: triggers"},
          {"PATCH", "/v1/triggers/instance/:trigger/status", refuse, "Not offered: triggers"},
          {"DELETE", "/v1/triggers/instance/:trigger", refuse, "Not offered: triggers"},
          {"GET", "/v1/triggers/callback_url", refuse, "Not offered: webhook_subscriptions of v3 are"},
          {"POST", "/v1/triggers/setCallbackURL", refuse, "Not offered: webhook_subscriptions of v3 are"},
          {"POST", "/v1/triggers/set_callback_url", refuse, "Not offered: webhook_subscriptions of v3 are"},
          {"POST", "/v2/actions/proxy", refuse, "Not offered: raw calls to an app's API"},
          {"POST", "/v2/actions/files/upload/request", refuse, "Not offered: files as arguments"},
          {"PATCH", "/v1/connectedAccounts/:account/data", refuse, "Not offered: labels of accounts"}};
}

}  // namespace coffer::api::legacy
