#include "mockprovider/interaction.h"

#include <nlohmann/json.hpp>

#include "mockprovider/decision.h"
#include "mockprovider/oauth_request.h"
#include "mockprovider/pages.h"
#include "mockprovider/token_answer.h"
#include "vault/base/json.h"
#include "vault/catalog/template.h"

namespace coffer::mock {
namespace {

LoginPage login_view(const Tenant& tenant, const Profile& profile, const AuthorizationRequest& request,
                     const std::string& transaction) {
  LoginPage page;
  page.provider_name = profile.provider->name;
  page.app_name = request.client_name;
  page.action = tenant.issuer_of(profile) + "/login";
  page.transaction = transaction;
  page.email = request.login_hint;
  for (const auto& account : tenant.accounts.all()) page.accounts.push_back(account.email);
  return page;
}

// The scopes that have a box of their own on the consent page.
std::vector<std::string> choices_of(const Profile& profile, std::vector<std::string> scopes) {
  if (!profile.unasked_scopes) return {};
  const auto& unasked = *profile.unasked_scopes;
  std::erase_if(scopes, [&](const std::string& scope) {
    return std::find(unasked.begin(), unasked.end(), scope) != unasked.end();
  });
  return scopes;
}

ServerResponse show_consent(const Tenant& tenant, const Profile& profile, const PendingAuthorization& pending,
                            const std::string& transaction) {
  const AuthorizationRequest& request = pending.request;
  ConsentPage page;
  page.provider_name = profile.provider->name;
  page.app_name = request.client_name;
  page.account = pending.account;
  page.action = tenant.issuer_of(profile) + "/consent";
  page.transaction = transaction;
  page.redirect_scheme = to_lower(request.redirect_uri.substr(0, request.redirect_uri.find(':')));
  page.redirect_host = host_of(request.redirect_uri).value_or("an application on this device");
  if (!request.device_code.empty()) page.redirect_host.clear();
  page.scopes = request.scopes;
  page.scopes.insert(page.scopes.end(), request.companion_scopes.begin(), request.companion_scopes.end());
  page.choices = choices_of(profile, request.scopes);
  const Json values = {{"client", request.client_name}, {"account", account_values(tenant, pending.account)}};
  page.text = render_text(profile.consent_text, {values, tenant.clock.now(), nullptr}).value_or("");
  return consent_page(page);
}

ServerResponse stale_page() {
  return problem_page(
      400, "This page is over",
      "It was answered already, or it waited too long. Go back to the application and start again.");
}

// The walk that a form belongs to; its transaction goes to `transaction`.
PendingAuthorization* find_pending(Tenant& tenant, const Profile& profile, const Fields& form,
                                   std::string& transaction) {
  transaction = text_of(form, "transaction");
  PendingAuthorization* pending = tenant.pending.find(transaction);
  return pending && pending->request.provider == profile.id() ? pending : nullptr;
}

std::string problem_with_login(const Account* account, const std::string& password) {
  if (!account) return "There is no such account here.";
  if (account->password != password) return "The password is wrong.";
  if (account->is_locked) return "This account is locked.";
  return {};
}

std::optional<Duration> read_lifetime(const std::string& text) {
  const bool is_number =
      !text.empty() && text.size() <= 9 && text.find_first_not_of("0123456789") == std::string::npos;
  if (!is_number) return std::nullopt;
  return std::chrono::seconds(std::stol(text));
}

AccessDecision read_decision(const Profile& profile, const Fields& form,
                             const PendingAuthorization& pending) {
  AccessDecision decision;
  decision.account = pending.account;
  decision.refused_scopes = choices_of(profile, pending.request.scopes);
  decision.error = text_of(form, "error");
  if (text_of(form, "decision") != "allow") decision.error = "access_denied";
  decision.access_lifetime = read_lifetime(text_of(form, "expires_in"));
  for (const auto& [name, value] : form) {
    if (name == "grant") std::erase(decision.refused_scopes, value);
    if (name == "refuse") decision.refused_scopes.push_back(value);
  }
  return decision;
}

AccessDecision decision_of(const LoginScript& script) {
  const bool is_denied = script.action == LoginScript::Action::Deny;
  return {is_denied ? "access_denied" : "", script.account, script.refused_scopes, std::nullopt,
          script.action};
}

// The script that the request names itself, else the newest one planned for it.
std::optional<LoginScript> find_script(Tenant& tenant, const AuthorizationRequest& request) {
  const auto named = login_action(request.script);
  if (!named) return tenant.scripts.take(request.provider, request.client_id, request.login_hint);
  LoginScript script;
  script.action = *named;
  if (!request.login_hint.empty()) script.account = request.login_hint;
  if (const Account* account = tenant.accounts.find(script.account)) script.account = account->email;
  return script;
}

ServerResponse follow(Tenant& tenant, const Profile& profile, const AuthorizationRequest& request,
                      const LoginScript& script, Exchange& exchange) {
  const AccessDecision decision = decision_of(script);
  if (script.action == LoginScript::Action::Abandon) {
    return problem_page(200, "Nobody answers", "The person who was asked has gone away.");
  }
  if (script.action != LoginScript::Action::Slow)
    return carry_out(tenant, profile, request, decision, exchange);
  exchange.later = script.delay;
  exchange.answer_later = [&profile, request, decision](Tenant& then, Exchange& answered) {
    return carry_out(then, profile, request, decision, answered);
  };
  return ServerResponse();
}

}  // namespace

ServerResponse begin_interaction(Tenant& tenant, const Profile& profile, const AuthorizationRequest& request,
                                 Exchange& exchange) {
  exchange.entry.client_id = request.client_id;
  if (const auto script = find_script(tenant, request)) {
    return follow(tenant, profile, request, *script, exchange);
  }
  const std::string transaction = tenant.pending.add(request);
  exchange.hide(transaction, "transaction");
  return login_page(login_view(tenant, profile, request, transaction));
}

ServerResponse serve_login(Tenant& tenant, const Profile& profile, const ServerRequest& request,
                           Exchange& exchange) {
  const Fields form = parse_form(request.body).value_or(Fields());
  std::string transaction;
  PendingAuthorization* pending = find_pending(tenant, profile, form, transaction);
  if (!pending) return stale_page();
  exchange.hide(transaction, "transaction");
  exchange.entry.client_id = pending->request.client_id;
  const std::string email = text_of(form, "email");
  const Account* account = tenant.accounts.find(email);
  const std::string problem = problem_with_login(account, text_of(form, "password"));
  if (!problem.empty()) {
    LoginPage page = login_view(tenant, profile, pending->request, transaction);
    page.email = email;
    page.problem = problem;
    return login_page(page);
  }
  pending->account = account->email;
  exchange.entry.account = account->email;
  return show_consent(tenant, profile, *pending, transaction);
}

ServerResponse serve_consent(Tenant& tenant, const Profile& profile, const ServerRequest& request,
                             Exchange& exchange) {
  const Fields form = parse_form(request.body).value_or(Fields());
  exchange.entry.parameters = redact_parameters(form);
  std::string transaction;
  const PendingAuthorization* pending = find_pending(tenant, profile, form, transaction);
  if (!pending || pending->account.empty()) return stale_page();
  const PendingAuthorization answered = *pending;
  tenant.pending.remove(transaction);
  return carry_out(tenant, profile, answered.request, read_decision(profile, form, answered), exchange);
}

}  // namespace coffer::mock
