#include "mockprovider/control.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "mockprovider/control_calls.h"
#include "mockprovider/error_answer.h"
#include "mockprovider/members.h"
#include "mockprovider/pages.h"
#include "vault/base/error.h"
#include "vault/base/json.h"

namespace coffer::mock {
namespace {

constexpr Duration kFarthestAdvance = std::chrono::hours(24 * 36'525);

Json clock_json(const Tenant& tenant) {
  const Timestamp now = tenant.clock.now();
  return {{"now", to_rfc3339(now)}, {"now_ms", to_ms(now)}, {"frozen", tenant.clock.is_frozen()}};
}

Json get_clock(const ControlCall& call) {
  return clock_json(call.tenant);
}

Json move_clock(const ControlCall& call) {
  const Members body(call.body, "clock");
  body.allow_only({"advance", "set", "freeze", "rate"});
  MovableClock& clock = call.tenant.clock;
  const std::string moment = body.text("set");
  const auto parsed = moment.empty() ? std::nullopt : parse_rfc3339(moment);
  if (!moment.empty() && !parsed) body.fail("set", "is not a time such as 2026-11-22T12:00:00Z");
  const int rate = body.number("rate", -1, 0, 1'000'000);
  const auto by = body.duration("advance");
  if (by && *by > kFarthestAdvance) body.fail("advance", "is longer than a hundred years");
  if (parsed) clock.set(*parsed);
  if (by) clock.advance(*by);
  if (rate >= 0) clock.run_at(rate);
  if (body.find("freeze")) clock.run_at(body.flag("freeze") ? 0 : 1);
  return clock_json(call.tenant);
}

Json list_faults(const ControlCall& call) {
  Json faults = Json::array();
  for (const auto& fault : call.tenant.faults.all()) faults.push_back(to_json(fault));
  return {{"faults", faults}};
}

Json add_fault(const ControlCall& call) {
  Fault fault = parse_fault(call.body);
  check_provider(call.tenant, fault.match.provider);
  call.tenant.faults.add(std::move(fault));
  return to_json(call.tenant.faults.all().back());
}

Json remove_faults(const ControlCall& call) {
  if (call.id.empty()) {
    call.tenant.faults.clear();
  } else if (!call.tenant.faults.remove(call.id)) {
    throw Error(ErrorCode::NotFound, call.id + " does not exist");
  }
  return list_faults(call);
}

std::uint64_t number_of_query(const ControlCall& call, const char* name, std::uint64_t fallback) {
  const std::string_view text = call.request.query_value(name);
  if (text.empty()) return fallback;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw Error(ErrorCode::InvalidArgument, std::string(name) + " is not a number");
  }
  return number;
}

Json list_journal(const ControlCall& call) {
  Journal::Filter filter;
  filter.endpoint = call.query("endpoint");
  filter.provider = call.query("provider");
  filter.toolkit = call.query("toolkit");
  filter.account = call.query("account");
  filter.client_id = call.query("client_id");
  filter.family = call.query("family");
  filter.after = number_of_query(call, "after", 0);
  filter.limit = number_of_query(call, "limit", filter.limit);
  Json entries = Json::array();
  for (const auto& entry : call.tenant.journal.find(filter)) entries.push_back(to_json(entry));
  return {{"entries", entries}};
}

Json clear_journal(const ControlCall& call) {
  call.tenant.journal.clear();
  return {{"entries", Json::array()}};
}

struct Route {
  std::string_view method;
  std::string_view name;
  Json (*serve)(const ControlCall&);
};

constexpr Route kRoutes[] = {
    {"GET", "clock", get_clock},
    {"POST", "clock", move_clock},
    {"GET", "faults", list_faults},
    {"POST", "faults", add_fault},
    {"DELETE", "faults", remove_faults},
    {"GET", "grants", list_grants},
    {"POST", "grants", change_grants},
    {"GET", "scripts", list_scripts},
    {"POST", "scripts", add_script},
    {"DELETE", "scripts", clear_scripts},
    {"GET", "journal", list_journal},
    {"DELETE", "journal", clear_journal},
    {"GET", "keys", show_keys},
    {"POST", "keys", rotate_keys},
    {"GET", "clients", list_clients},
    {"POST", "clients", add_client},
    {"GET", "accounts", list_accounts},
    {"POST", "accounts", add_account},
    {"POST", "signing_keys", rotate_signing_keys},
};

const Route& find_route(const ServerRequest& request, const std::string& name) {
  const auto found = std::find_if(std::begin(kRoutes), std::end(kRoutes), [&](const Route& route) {
    return route.name == name && route.method == request.method;
  });
  if (found != std::end(kRoutes)) return *found;
  throw Error(ErrorCode::NotFound,
              request.method + " " + request.path + " is no control of the mock provider",
              "docs/mock-provider.md lists them");
}

ServerResponse serve_index(const Tenant& tenant) {
  IndexPage page;
  for (const auto& [id, profile] : tenant.profiles) {
    page.providers.push_back({profile.provider->name, tenant.issuer_of(profile)});
  }
  for (const auto& toolkit : tenant.catalog.toolkits()) {
    page.toolkits.push_back({toolkit.name, tenant.url + toolkit.mock_path});
  }
  for (const auto& account : tenant.accounts.all()) page.accounts.push_back(account.email);
  return index_page(page);
}

}  // namespace

bool wants_reset(const ServerRequest& request, const std::vector<std::string>& segments) {
  return request.method == "POST" && segments.size() == 2 && segments[1] == "reset";
}

bool may_control(const ServerRequest& request) {
  const std::string_view host = request.header("host");
  const auto host_name =
      host.empty() ? std::optional<std::string>("localhost") : host_of("http://" + std::string(host));
  const std::string_view origin = request.header("origin");
  const bool is_same_origin = origin.empty() || origin == "http://" + std::string(host);
  return host_name && is_loopback_host(*host_name) && is_same_origin;
}

ServerResponse control_refused() {
  return error_answer(403, "forbidden", "the controls answer on loopback and to no other site's pages");
}

Json control_body(const ServerRequest& request) {
  if (request.method != "POST" || request.body.empty()) return Json::object();
  // A page of another site can send text/plain without being asked first, but not this type.
  if (!to_lower(request.header("content-type")).starts_with("application/json")) {
    throw Error(ErrorCode::InvalidArgument, "the body has to be application/json");
  }
  return parse_json(request.body);
}

ServerResponse serve_control(Tenant& tenant, const ServerRequest& request,
                             const std::vector<std::string>& segments) {
  if (request.method == "GET" && segments.size() < 2) return serve_index(tenant);
  const std::string name = segments.size() < 2 ? "" : segments[1];
  if (request.method == "GET" && name == "style.css") return style_sheet();
  const Route& route = find_route(request, name);
  const Json body = control_body(request);
  const ControlCall call{tenant, request, body, segments.size() > 2 ? segments[2] : ""};
  return ServerResponse::json(200, dump_json(route.serve(call))).with_header("Cache-Control", "no-store");
}

}  // namespace coffer::mock
