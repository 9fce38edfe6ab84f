#include "mockprovider/toolkit_server.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mockprovider/credential_check.h"
#include "mockprovider/operations.h"
#include "mockprovider/resources.h"
#include "mockprovider/token_answer.h"
#include "vault/base/error.h"
#include "vault/base/json.h"

namespace coffer::mock {
namespace {

int default_status(std::string_view answer) {
  if (answer == "forbidden") return 403;
  if (answer == "not_found") return 404;
  if (answer == "throttled") return 429;
  if (answer == "bad_request" || answer == "incomplete") return 400;
  return 401;
}

const Json* find_answer(const Toolkit& toolkit, const std::string& name) {
  if (!toolkit.mock_seed || !toolkit.mock_seed->contains("answers")) return nullptr;
  const Json& answers = (*toolkit.mock_seed)["answers"];
  if (const auto found = answers.find(name); found != answers.end()) return &*found;
  return name == "expired" ? find_answer(toolkit, "unauthorized") : nullptr;
}

// One of the toolkit's own ways to say no.
ServerResponse standard_answer(const Tenant& tenant, const Toolkit& toolkit, const std::string& name,
                               const Json& values, Exchange& exchange) {
  exchange.entry.error = name;
  const Json plain = {{"body", {{"error", name}}}};
  const Json* shape = find_answer(toolkit, name);
  return render_answer(shape ? *shape : plain, default_status(name), {values, tenant.clock.now(), nullptr});
}

// RFC 6750 section 3: no error code for a request without any credential.
ServerResponse unauthorized(const Tenant& tenant, const Toolkit& toolkit, const Caller& caller,
                            const Json& values, Exchange& exchange) {
  const std::string name = caller.verdict == Caller::Verdict::Expired ? "expired" : "unauthorized";
  ServerResponse response = standard_answer(tenant, toolkit, name, values, exchange);
  if (response.status != 401) return response;
  std::string challenge = "Bearer realm=\"" + toolkit.slug + "\"";
  if (caller.verdict != Caller::Verdict::Missing) challenge += ", error=\"invalid_token\"";
  // RFC 9728 section 5.1.
  if (toolkit.find_auth(AuthScheme::OAuth2)) {
    challenge += ", resource_metadata=\"" + resource_metadata_url(tenant, toolkit) + "\"";
  }
  response.headers.push_back({"WWW-Authenticate", challenge});
  return response;
}

ServerResponse forbidden(const Tenant& tenant, const Toolkit& toolkit, const ToolkitRoute& route, Json values,
                         Exchange& exchange) {
  values["needed"] = route.scopes_any;
  values["provided"] = values["scopes"];
  ServerResponse response = standard_answer(tenant, toolkit, "forbidden", values, exchange);
  if (response.status != 403) return response;
  std::string challenge = "Bearer realm=\"" + toolkit.slug + "\", error=\"insufficient_scope\"";
  if (!route.scopes_any.empty()) challenge += ", scope=\"" + route.scopes_any.front() + "\"";
  response.headers.push_back({"WWW-Authenticate", challenge});
  return response;
}

bool has_scope(const ToolkitRoute& route, const Caller& caller) {
  if (!caller.is_oauth || route.scopes_any.empty()) return true;
  return std::any_of(route.scopes_any.begin(), route.scopes_any.end(), [&](const std::string& scope) {
    return std::find(caller.scopes.begin(), caller.scopes.end(), scope) != caller.scopes.end();
  });
}

// A client's own token is no person's, so that nobody can say who it is.
bool asks_for_nobody(const Toolkit& toolkit, const ToolkitRoutes& routes, const ToolkitRoute& route,
                     const Caller& caller) {
  if (!caller.is_oauth || !caller.account.empty() || !toolkit.verify) return false;
  auto path = split(toolkit.verify->request.path, '/');
  std::erase(path, "");
  return routes.find(toolkit.verify->request.method, path).route == &route;
}

// A need has an answer of its own, names one of the toolkit's, or leaves it to `incomplete`.
ServerResponse incomplete(const Tenant& tenant, const Toolkit& toolkit, const Json& need, const Json& values,
                          Exchange& exchange) {
  const Json answer = need.is_object() ? need.value("answer", Json("incomplete")) : Json("incomplete");
  if (answer.is_string())
    return standard_answer(tenant, toolkit, answer.get<std::string>(), values, exchange);
  exchange.entry.error = "incomplete";
  return render_answer(answer, default_status("incomplete"), {values, tenant.clock.now(), nullptr});
}

// A name that came more than once becomes an array.
Json collect(const Fields& fields) {
  Json object = Json::object();
  for (const auto& [name, value] : fields) {
    if (!object.contains(name)) {
      object[name] = value;
    } else if (object[name].is_array()) {
      object[name].push_back(value);
    } else {
      object[name] = Json::array({object[name], value});
    }
  }
  return object;
}

// nullopt: the body is not what its content type says.
std::optional<Json> read_body(const ServerRequest& request) try {
  if (request.body.empty()) return Json::object();
  const std::string type = to_lower(request.header("content-type"));
  if (type.find("json") != std::string::npos) return parse_json(request.body);
  if (!type.starts_with("application/x-www-form-urlencoded")) return Json::object();
  const auto form = parse_form(request.body);
  return form ? std::optional<Json>(collect(*form)) : std::nullopt;
} catch (const Error&) {
  return std::nullopt;
}

Json headers_of(const ServerRequest& request) {
  Json headers = Json::object();
  for (const auto& header : request.headers) headers[to_lower(header.name)] = header.value;
  return headers;
}

Json values_of(const Tenant& tenant, const ServerRequest& request, const RouteMatch& match,
               const Caller& caller) {
  return {{"path", match.path_values},      {"query", collect(request.query)},
          {"headers", headers_of(request)}, {"account", account_values(tenant, caller.account)},
          {"scopes", caller.scopes},        {"mock_url", tenant.url}};
}

// Below the base that the service would have told this account.
bool is_own_base(const Tenant& tenant, const Toolkit& toolkit, const RouteMatch& match, const Json& values) {
  if (!toolkit.mock_seed || !toolkit.mock_seed->contains("base")) return true;
  const Json own = (*toolkit.mock_seed)["base"].value("values", Json::object());
  const TemplateScope scope{values, tenant.clock.now(), nullptr};
  for (const auto& [name, shape] : own.items()) {
    const auto asked = match.path_values.find(name);
    const bool is_own =
        asked == match.path_values.end() || asked->second == render_text(shape.get<std::string>(), scope);
    if (!is_own) return false;
  }
  return true;
}

ServerResponse run(Tenant& tenant, const Toolkit& toolkit, const ToolkitRoute& route, const Caller& caller,
                   Json values, Exchange& exchange) {
  const Timestamp now = tenant.clock.now();
  AccountData& data = tenant.data.of(toolkit, caller.account, values, now);
  OperationResult result = run_operation(*route.mock, values, data, now);
  if (result.lacking) return incomplete(tenant, toolkit, *result.lacking, values, exchange);
  if (result.is_bad_request) return standard_answer(tenant, toolkit, "bad_request", values, exchange);
  if (!result.found_row) {
    if (!result.missing) return standard_answer(tenant, toolkit, "not_found", values, exchange);
    exchange.entry.error = "not_found";
    return render_answer(*result.missing, 404, {values, now, nullptr});
  }
  exchange.delay = result.delay;
  return std::move(result.response);
}

// RFC 9110 section 10.2.3: whole seconds, and not before the window has ended.
ServerResponse over_quota(const Tenant& tenant, const Toolkit& toolkit, Duration wait, Exchange& exchange) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait);
  ServerResponse response = ToolkitServer::throttled(tenant, toolkit, seconds, exchange);
  std::erase_if(response.headers,
                [](const HttpHeader& h) { return equals_ignoring_case(h.name, "Retry-After"); });
  response.headers.push_back({"Retry-After", std::to_string(seconds.count())});
  return response;
}

}  // namespace

ToolkitServer::ToolkitServer(const Catalog& catalog) {
  for (const auto& toolkit : catalog.toolkits()) routes_.emplace(toolkit.slug, ToolkitRoutes(toolkit));
}

ServerResponse ToolkitServer::throttled(const Tenant& tenant, const Toolkit& toolkit, Duration retry_after,
                                        Exchange& exchange) {
  const Json values = {
      {"retry_after_s", std::chrono::duration_cast<std::chrono::seconds>(retry_after).count()}};
  return standard_answer(tenant, toolkit, "throttled", values, exchange);
}

ServerResponse ToolkitServer::serve(Tenant& tenant, const Toolkit& toolkit, const ServerRequest& request,
                                    const std::vector<std::string>& segments, Exchange& exchange) const {
  const ToolkitRoutes& routes = routes_.at(toolkit.slug);
  const RouteMatch match = routes.find(request.method, segments);
  const Caller caller = check_credential(tenant, toolkit, request, exchange);
  exchange.entry.account = caller.account;
  exchange.entry.client_id = caller.client_id;
  exchange.entry.provider = caller.provider;
  Json values = values_of(tenant, request, match, caller);
  if (!match.route) return standard_answer(tenant, toolkit, "not_found", values, exchange);
  exchange.entry.tool = match.route->tool;
  if (caller.verdict != Caller::Verdict::Accepted)
    return unauthorized(tenant, toolkit, caller, values, exchange);
  if (!is_own_base(tenant, toolkit, match, values))
    return standard_answer(tenant, toolkit, "not_found", values, exchange);
  if (const auto wait = tenant.quotas.take(toolkit.slug, caller.account, tenant.clock.now()))
    return over_quota(tenant, toolkit, *wait, exchange);
  if (!has_scope(*match.route, caller) || asks_for_nobody(toolkit, routes, *match.route, caller))
    return forbidden(tenant, toolkit, *match.route, values, exchange);
  auto body = read_body(request);
  if (!body) return standard_answer(tenant, toolkit, "bad_request", values, exchange);
  values["body"] = std::move(*body);
  if (routes.take_any_method() && values["body"].is_object()) {
    values["body"].update(values["query"]);
    values["query"] = values["body"];
  }
  return run(tenant, toolkit, *match.route, caller, std::move(values), exchange);
}

}  // namespace coffer::mock
