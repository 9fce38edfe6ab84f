#include "mockprovider/control_calls.h"

#include <nlohmann/json.hpp>

#include "mockprovider/members.h"
#include "vault/base/error.h"
#include "vault/base/json.h"

namespace coffer::mock {
namespace {

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

Grants::What what_of(const Members& body) {
  const std::string name = body.text("what", "all");
  if (name == "all") return Grants::What::All;
  if (name == "refresh") return Grants::What::Refresh;
  if (name == "access") return Grants::What::Access;
  body.fail("what", "is not refresh, access or all");
}

Json script_json(const LoginScript& script) {
  return {{"id", script.id},
          {"provider", script.provider},
          {"client_id", script.client_id},
          {"login_hint", script.login_hint},
          {"action", name_of(script.action)},
          {"account", script.account},
          {"count", script.count}};
}

std::string account_or_any(const Tenant& tenant, const std::string& email) {
  return email.empty() ? "" : account_named(tenant, email);
}

// Who signs in by a script that does not say: the person it waits for.
std::string account_meant(const Tenant& tenant, const LoginScript& script) {
  return tenant.accounts.find(script.login_hint) ? script.login_hint : script.account;
}

}  // namespace

Json list_grants(const ControlCall& call) {
  call.allow_only({"provider", "account"});
  const std::string provider = call.query("provider");
  check_provider(call.tenant, provider);
  const std::string account = account_or_any(call.tenant, call.query("account"));
  Json families = Json::array();
  for (const auto& family : call.tenant.grants.families()) {
    const bool fits =
        (provider.empty() || provider == family.provider) && (account.empty() || account == family.account);
    if (fits) families.push_back(family_json(call.tenant.grants, family));
  }
  return {{"grants", families}, {"refreshes_granted", call.tenant.refreshes_granted}};
}

Json change_grants(const ControlCall& call) {
  const Members body(call.body, "grants");
  if (call.id == "drop_scope") return drop_scope(call);
  body.allow_only({"provider", "account", "family", "what"});
  const std::string family = body.text("family");
  const std::string provider = body.text("provider");
  check_provider(call.tenant, provider);
  const std::string account = account_or_any(call.tenant, body.text("account"));
  Grants& grants = call.tenant.grants;
  if (call.id == "revoke") return {{"grants", grants.revoke_all(provider, account, what_of(body), family)}};
  if (call.id == "expire") return {{"grants", grants.expire_all(provider, account, what_of(body), family)}};
  throw Error(ErrorCode::NotFound, "grants can be revoked or expired, and lose a scope",
              "POST /_mock/grants/revoke, expire or drop_scope");
}

Json drop_scope(const ControlCall& call) {
  const Members body(call.body, "grants");
  body.allow_only({"family", "scope"});
  const std::string family = body.text("family");
  const std::string scope = body.text("scope");
  if (!call.tenant.grants.drop_scope(family, scope)) {
    throw Error(ErrorCode::NotFound, "grant \"" + family + "\" with scope \"" + scope + "\" does not exist");
  }
  return {{"family", family}, {"dropped", scope}};
}

Json list_scripts(const ControlCall& call) {
  Json scripts = Json::array();
  for (const auto& script : call.tenant.scripts.all()) scripts.push_back(script_json(script));
  return {{"scripts", scripts}};
}

Json add_script(const ControlCall& call) {
  const Members body(call.body, "script");
  body.allow_only({"provider", "client_id", "login_hint", "action", "account", "refuse", "delay", "count"});
  LoginScript script;
  script.provider = body.text("provider");
  check_provider(call.tenant, script.provider);
  script.client_id = body.text("client_id");
  script.login_hint = body.text("login_hint");
  const auto action = login_action(body.text("action", "auto"));
  if (!action) body.fail("action", "is none of " + join(login_actions(), ", "));
  script.action = *action;
  script.delay = body.duration("delay").value_or(script.delay);
  script.account = account_named(call.tenant, body.text("account", account_meant(call.tenant, script)));
  script.refused_scopes = body.texts("refuse");
  script.count = body.number("count", 0, 0, 1'000'000);
  call.tenant.scripts.add(std::move(script));
  return script_json(call.tenant.scripts.all().back());
}

Json clear_scripts(const ControlCall& call) {
  call.tenant.scripts.clear();
  return list_scripts(call);
}

}  // namespace coffer::mock
