#include "mockprovider/control.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "mockprovider/members.h"
#include "mockprovider/pages.h"
#include "vault/base/error.h"
#include "vault/base/json.h"

namespace coffer::mock {
namespace {

Json fields_json(const Fields& fields) {
  Json object = Json::object();
  for (const auto& [name, value] : fields) object[name] = value;
  return object;
}

const Toolkit& toolkit_named(const Tenant& tenant, const std::string& slug) {
  const Toolkit* toolkit = tenant.catalog.find_toolkit(slug);
  if (!toolkit) throw Error(ErrorCode::NotFound, "toolkit \"" + slug + "\" does not exist here");
  return *toolkit;
}

std::string account_named(const Tenant& tenant, const std::string& email) {
  if (!tenant.accounts.find(email))
    throw Error(ErrorCode::NotFound, "account \"" + email + "\" does not exist here");
  return email;
}

void check_provider(const Tenant& tenant, const std::string& id) {
  if (!id.empty() && !tenant.profiles.contains(id)) {
    throw Error(ErrorCode::NotFound, "provider \"" + id + "\" does not exist here");
  }
}

// One request to the controls.
struct Call {
  Tenant& tenant;
  const ServerRequest& request;
  const Json& body;
  std::string id;  // what follows the name in the path

  std::string query(std::string_view name) const { return std::string(request.query_value(name)); }
};

Json clock_json(const Tenant& tenant) {
  const Timestamp now = tenant.clock.now();
  return {{"now", to_rfc3339(now)}, {"now_ms", to_ms(now)}, {"frozen", tenant.clock.is_frozen()}};
}

Json get_clock(const Call& call) {
  return clock_json(call.tenant);
}

Json move_clock(const Call& call) {
  const Members body(call.body, "clock");
  body.allow_only({"advance", "set", "freeze", "rate"});
  MovableClock& clock = call.tenant.clock;
  const std::string moment = body.text("set");
  const auto parsed = moment.empty() ? std::nullopt : parse_rfc3339(moment);
  if (!moment.empty() && !parsed) body.fail("set", "is not a time such as 2026-11-22T12:00:00Z");
  const int rate = body.number("rate", -1, 0, 1'000'000);
  const auto by = body.duration("advance");
  if (parsed) clock.set(*parsed);
  if (by) clock.advance(*by);
  if (rate >= 0) clock.run_at(rate);
  if (body.find("freeze")) clock.run_at(body.flag("freeze") ? 0 : 1);
  return clock_json(call.tenant);
}

Json list_faults(const Call& call) {
  Json faults = Json::array();
  for (const auto& fault : call.tenant.faults.all()) faults.push_back(to_json(fault));
  return {{"faults", faults}};
}

Json add_fault(const Call& call) {
  Fault fault = parse_fault(call.body);
  check_provider(call.tenant, fault.match.provider);
  call.tenant.faults.add(std::move(fault));
  return to_json(call.tenant.faults.all().back());
}

Json remove_faults(const Call& call) {
  if (call.id.empty()) {
    call.tenant.faults.clear();
  } else if (!call.tenant.faults.remove(call.id)) {
    throw Error(ErrorCode::NotFound, call.id + " does not exist");
  }
  return list_faults(call);
}

Json token_json(const Grants& grants, const Token& token) {
  Json json = {{"id", token.id},
               {"kind", token.kind == TokenKind::Access ? "access" : "refresh"},
               {"parent", token.parent},
               {"live", grants.is_live(token)},
               {"issued_at", to_rfc3339(token.issued_at)}};
  if (token.expires_at) json["expires_at"] = to_rfc3339(*token.expires_at);
  if (token.replaced_at) json["replaced_at"] = to_rfc3339(*token.replaced_at);
  return json;
}

Json family_json(const Grants& grants, const Family& family) {
  Json json = {{"id", family.id},
               {"provider", family.provider},
               {"client_id", family.client_id},
               {"account", family.account},
               {"scopes", family.scopes},
               {"alive", family.is_alive()},
               {"tokens", Json::array()},
               {"created_at", to_rfc3339(family.created_at)}};
  if (!family.is_alive()) json["ended_because"] = family.ended_because;
  for (const auto& token : grants.tokens_of(family.id)) json["tokens"].push_back(token_json(grants, token));
  return json;
}

Json list_grants(const Call& call) {
  const std::string provider = call.query("provider");
  const std::string account = call.query("account");
  Json families = Json::array();
  for (const auto& family : call.tenant.grants.families()) {
    const bool fits =
        (provider.empty() || provider == family.provider) && (account.empty() || account == family.account);
    if (fits) families.push_back(family_json(call.tenant.grants, family));
  }
  return {{"grants", families}, {"refreshes_granted", call.tenant.refreshes_granted}};
}

Grants::What what_of(const Members& body) {
  const std::string name = body.text("what", "all");
  if (name == "all") return Grants::What::All;
  if (name == "refresh") return Grants::What::Refresh;
  if (name == "access") return Grants::What::Access;
  body.fail("what", "is not refresh, access or all");
}

Json change_grants(const Call& call) {
  const Members body(call.body, "grants");
  body.allow_only({"provider", "account", "what"});
  const std::string provider = body.text("provider");
  check_provider(call.tenant, provider);
  Grants& grants = call.tenant.grants;
  if (call.id == "revoke")
    return {{"grants", grants.revoke_all(provider, body.text("account"), what_of(body))}};
  if (call.id == "expire")
    return {{"grants", grants.expire_all(provider, body.text("account"), what_of(body))}};
  throw Error(ErrorCode::NotFound, "grants can be revoked or expired", "POST /_mock/grants/revoke");
}

Json script_json(const LoginScript& script) {
  return {{"id", script.id},
          {"provider", script.provider},
          {"client_id", script.client_id},
          {"login_hint", script.login_hint},
          {"action", script.action == LoginScript::Action::Allow ? "allow" : "deny"},
          {"account", script.account},
          {"count", script.count}};
}

Json list_scripts(const Call& call) {
  Json scripts = Json::array();
  for (const auto& script : call.tenant.scripts.all()) scripts.push_back(script_json(script));
  return {{"scripts", scripts}};
}

std::vector<std::string> read_texts(const Members& body, const char* name) {
  const Json* list = body.find(name);
  if (!list) return {};
  const bool is_list = list->is_array() &&
                       std::all_of(list->begin(), list->end(), [](const Json& e) { return e.is_string(); });
  if (!is_list) body.fail(name, "is not a list of texts");
  return list->get<std::vector<std::string>>();
}

Json add_script(const Call& call) {
  const Members body(call.body, "script");
  body.allow_only({"provider", "client_id", "login_hint", "action", "account", "refuse", "count"});
  LoginScript script;
  script.provider = body.text("provider");
  check_provider(call.tenant, script.provider);
  script.client_id = body.text("client_id");
  script.login_hint = body.text("login_hint");
  const std::string action = body.text("action", "allow");
  if (action != "allow" && action != "deny") body.fail("action", "is not allow or deny");
  script.action = action == "allow" ? LoginScript::Action::Allow : LoginScript::Action::Deny;
  script.account = account_named(call.tenant, body.text("account", script.account));
  script.refused_scopes = read_texts(body, "refuse");
  script.count = body.number("count", 0, 0, 1'000'000);
  call.tenant.scripts.add(std::move(script));
  return script_json(call.tenant.scripts.all().back());
}

Json clear_scripts(const Call& call) {
  call.tenant.scripts.clear();
  return list_scripts(call);
}

std::uint64_t number_of_query(const Call& call, const char* name, std::uint64_t fallback) {
  const std::string_view text = call.request.query_value(name);
  if (text.empty()) return fallback;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw Error(ErrorCode::InvalidArgument, std::string(name) + " is not a number");
  }
  return number;
}

Json list_journal(const Call& call) {
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

Json clear_journal(const Call& call) {
  call.tenant.journal.clear();
  return {{"entries", Json::array()}};
}

Json show_keys(const Call& call) {
  const Toolkit& toolkit = toolkit_named(call.tenant, call.query("toolkit"));
  return fields_json(
      call.tenant.keys.credentials_of(toolkit, account_named(call.tenant, call.query("account"))));
}

Json rotate_keys(const Call& call) {
  if (call.id != "rotate") throw Error(ErrorCode::NotFound, "keys can be rotated", "POST /_mock/keys/rotate");
  const Members body(call.body, "keys");
  body.allow_only({"toolkit", "account"});
  const Toolkit& toolkit = toolkit_named(call.tenant, body.text("toolkit"));
  const std::string account = account_named(call.tenant, body.text("account"));
  call.tenant.keys.rotate(toolkit.slug, account);
  return fields_json(call.tenant.keys.credentials_of(toolkit, account));
}

Json client_json(const Client& client) {
  return {{"provider", client.provider},           {"client_id", client.client_id},
          {"client_secret", client.client_secret}, {"name", client.name},
          {"redirect_uris", client.redirect_uris}, {"any_loopback_redirect", client.any_loopback_redirect}};
}

Json list_clients(const Call& call) {
  Json clients = Json::array();
  for (const auto& client : call.tenant.clients.all()) clients.push_back(client_json(client));
  return {{"clients", clients}};
}

Json add_client(const Call& call) {
  const Members body(call.body, "client");
  body.allow_only(
      {"provider", "client_id", "client_secret", "name", "redirect_uris", "any_loopback_redirect"});
  Client client;
  client.provider = body.text("provider");
  check_provider(call.tenant, client.provider);
  client.client_id = body.text("client_id");
  if (client.provider.empty() || client.client_id.empty()) body.fail("provider", "and client_id are needed");
  client.client_secret = body.text("client_secret");
  client.name = body.text("name", client.client_id);
  client.redirect_uris = read_texts(body, "redirect_uris");
  client.any_loopback_redirect = body.flag("any_loopback_redirect");
  call.tenant.clients.add(client);
  return client_json(client);
}

Json list_accounts(const Call& call) {
  Json accounts = Json::array();
  for (const auto& account : call.tenant.accounts.all()) {
    accounts.push_back({{"email", account.email}, {"name", account.name}, {"locked", account.is_locked}});
  }
  return {{"accounts", accounts}};
}

Json add_account(const Call& call) {
  const Members body(call.body, "account");
  body.allow_only({"email", "name", "password", "locked"});
  Account account;
  account.email = to_lower(body.text("email"));
  if (account.email.find('@') == std::string::npos) body.fail("email", "is not an address");
  account.name = body.text("name", account.email);
  account.password = body.text("password", "password");
  account.is_locked = body.flag("locked");
  call.tenant.accounts.add(std::move(account));
  return list_accounts(call);
}

struct Route {
  std::string_view method;
  std::string_view name;
  Json (*serve)(const Call&);
};

constexpr Route kRoutes[] = {
    {"GET", "clock", get_clock},         {"POST", "clock", move_clock},
    {"GET", "faults", list_faults},      {"POST", "faults", add_fault},
    {"DELETE", "faults", remove_faults}, {"GET", "grants", list_grants},
    {"POST", "grants", change_grants},   {"GET", "scripts", list_scripts},
    {"POST", "scripts", add_script},     {"DELETE", "scripts", clear_scripts},
    {"GET", "journal", list_journal},    {"DELETE", "journal", clear_journal},
    {"GET", "keys", show_keys},          {"POST", "keys", rotate_keys},
    {"GET", "clients", list_clients},    {"POST", "clients", add_client},
    {"GET", "accounts", list_accounts},  {"POST", "accounts", add_account},
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

Json read_body(const ServerRequest& request) {
  if (request.method != "POST" || request.body.empty()) return Json::object();
  // A page of another site can send text/plain without being asked first, but not this type.
  if (!to_lower(request.header("content-type")).starts_with("application/json")) {
    throw Error(ErrorCode::InvalidArgument, "the body has to be application/json");
  }
  return parse_json(request.body);
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

bool wants_reset(const ServerRequest& request) {
  return request.method == "POST" && request.path == "/_mock/reset";
}

ServerResponse serve_control(Tenant& tenant, const ServerRequest& request,
                             const std::vector<std::string>& segments) {
  if (request.method == "GET" && segments.size() < 2) return serve_index(tenant);
  const std::string name = segments.size() < 2 ? "" : segments[1];
  if (request.method == "GET" && name == "style.css") return style_sheet();
  const Route& route = find_route(request, name);
  const Json body = read_body(request);
  const Call call{tenant, request, body, segments.size() > 2 ? segments[2] : ""};
  return ServerResponse::json(200, dump_json(route.serve(call))).with_header("Cache-Control", "no-store");
}

}  // namespace coffer::mock
