#include <nlohmann/json.hpp>

#include "vault/api/legacy/account_view.h"
#include "vault/api/legacy/routes.h"
#include "vault/api/v3/account_view.h"
#include "vault/api/v3/proxy_call.h"
#include "vault/api/v3/toolkit_view.h"
#include "vault/base/error.h"

namespace coffer::api::legacy {
namespace {

constexpr int kFirstFailure = 400;

// SDKs walk the members of "data": what is no object is put into one.
Json data_of(const ProxyAnswer& answer) {
  Json view = v3::proxy_answer_view(answer);
  if (view.contains("binary_data")) return {{"binary_data", view["binary_data"]}};
  if (!view.contains("data")) return Json::object();
  return view["data"].is_object() ? view["data"] : Json{{"response_data", view["data"]}};
}

// As execute answers: what the service refuses is a result.
Json result_of(const Toolkit& toolkit, const ProxyAnswer& answer) {
  const bool is_good = answer.status < kFirstFailure;
  const std::string error = toolkit.name + " answered " + std::to_string(answer.status);
  return {{"data", data_of(answer)},
          {"error", is_good ? Json() : Json(error)},
          {"successful", is_good},
          {"successfull", is_good}};  // as the older SDKs spell it
}

const Toolkit& toolkit_of(Engine& engine, const ConnectionId& id) {
  const Connection account = v3::account_or_not_found(*engine.database().read(), id);
  return v3::toolkit_or_not_found(engine.catalog(), account.toolkit);
}

ServerResponse proxy_as_account(Engine& engine, const ServerRequest& request) {
  RequestBody parsed(request);
  const ObjectReader body = parsed.root();
  ProxyCall call = v3::read_proxy_call(body);
  call.connection = ConnectionId(body.required_text("connectedAccountId"));
  if (body.has("entityId")) call.user = user_id_of(body, "entityId");
  try {
    const Toolkit& toolkit = toolkit_of(engine, call.connection);
    const ProxyAnswer answer = proxy(engine.env(), engine.database(), engine.refresher(), toolkit, call);
    return ServerResponse::json(200, dump_json(result_of(toolkit, answer)));
  } catch (const Error& error) {
    rethrow_about_account(error);
  }
}

}  // namespace

std::vector<RouteEntry> proxy_routes() {
  return {{"POST",
           "/v2/actions/proxy",
           proxy_as_account,
           "Call an app's API as an account",
           "a raw call to an app's API is answered as an action is",
           {},
           Support::Partial,
           "within the app's own API"}};
}

}  // namespace coffer::api::legacy
