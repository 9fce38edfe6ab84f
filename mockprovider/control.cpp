#include "mockprovider/control.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mockprovider/clock_control.h"
#include "mockprovider/control_calls.h"
#include "mockprovider/control_pages.h"
#include "mockprovider/error_answer.h"
#include "mockprovider/har.h"
#include "mockprovider/journal_filter.h"
#include "mockprovider/members.h"
#include "mockprovider/mounts.h"
#include "mockprovider/pages.h"
#include "vault/base/error.h"
#include "vault/base/json.h"

namespace coffer::mock {
namespace {

Json get_clock(const ControlCall& call) {
  return clock_json(call.tenant.clock);
}

Json list_faults(const ControlCall& call) {
  Json faults = Json::array();
  for (const auto& fault : call.tenant.faults.all()) faults.push_back(to_json(fault));
  return {{"faults", faults}};
}

// A typing error would make a fault that never hits.
void check_api(const Tenant& tenant, const std::string& endpoint) {
  const std::string toolkit = endpoint.starts_with("api:") ? endpoint.substr(4) : "";
  if (toolkit.empty() || tenant.catalog.find_toolkit(toolkit)) return;
  throw Error(ErrorCode::InvalidArgument, "fault: endpoint names no toolkit: " + toolkit);
}

Json add_fault(const ControlCall& call) {
  Fault fault = parse_fault(call.body, call.tenant.clock.now());
  check_api(call.tenant, fault.match.endpoint);
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

Json list_journal(const ControlCall& call) {
  Json entries = Json::array();
  const auto filter = parse_journal_filter(call.request.query, call.tenant);
  for (const auto& entry : call.tenant.journal.find(filter)) entries.push_back(to_json(entry));
  return {{"entries", entries}};
}

Json export_journal(const ControlCall& call) {
  const auto filter = parse_journal_filter(call.request.query, call.tenant);
  return to_har(call.tenant.journal.find(filter), call.tenant.url);
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
    {"GET", "clock", get_clock},          {"GET", "faults", list_faults},
    {"POST", "faults", add_fault},        {"DELETE", "faults", remove_faults},
    {"GET", "providers", list_providers}, {"GET", "grants", list_grants},
    {"POST", "grants", change_grants},    {"GET", "scripts", list_scripts},
    {"POST", "scripts", add_script},      {"DELETE", "scripts", clear_scripts},
    {"GET", "journal", list_journal},     {"GET", "journal.har", export_journal},
    {"DELETE", "journal", clear_journal}, {"GET", "keys", show_keys},
    {"POST", "keys", rotate_keys},        {"GET", "clients", list_clients},
    {"POST", "clients", add_client},      {"GET", "accounts", list_accounts},
    {"POST", "accounts", add_account},    {"POST", "signing_keys", rotate_signing_keys},
    {"GET", "quotas", list_quotas},       {"POST", "quotas", set_quota},
    {"DELETE", "quotas", clear_quotas},
};

const Route& find_route(const ServerRequest& request, const std::string& name) {
  const auto found = std::find_if(std::begin(kRoutes), std::end(kRoutes), [&](const Route& route) {
    return route.name == name && route.method == served_method(request);
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
  if (served_method(request) == "GET" && segments.empty()) return serve_index(tenant);
  if (auto page = serve_control_page(tenant, request, segments)) return std::move(*page);
  const std::string name = segments.size() < 2 ? "" : segments[1];
  const Route& route = find_route(request, name);
  const Json body = control_body(request);
  const ControlCall call{tenant, request, body, segments.size() > 2 ? segments[2] : ""};
  return ServerResponse::json(200, dump_json(route.serve(call))).with_header("Cache-Control", "no-store");
}

}  // namespace coffer::mock
