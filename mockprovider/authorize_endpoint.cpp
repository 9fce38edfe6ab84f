#include "mockprovider/authorize_endpoint.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mockprovider/authorization_check.h"
#include "mockprovider/oauth_request.h"
#include "mockprovider/pages.h"
#include "mockprovider/token_answer.h"
#include "vault/base/json.h"
#include "vault/catalog/template.h"

namespace coffer::mock {
namespace {

// What was decided about an authorization request, by a person or a script.
struct Decision {
  std::string error;  // empty: allowed
  std::string account;
  std::vector<std::string> refused_scopes;
  std::optional<Duration> access_lifetime;
};

ServerResponse back_to_client(const Tenant& tenant, const Profile& profile, const std::string& redirect_uri,
                              const std::optional<std::string>& state, Fields answer) {
  if (state) answer.emplace_back("state", *state);
  answer.emplace_back("iss", tenant.issuer_of(profile));  // RFC 9207
  return ServerResponse::redirect(303, with_query(redirect_uri, answer))
      .with_header("Cache-Control", "no-store")
      .with_header("Referrer-Policy", "no-referrer");
}

bool wants_refresh_token(const Tenant& tenant, const Profile& profile, const AuthorizationRequest& request,
                         const Consent& consent) {
  const auto& scopes = consent.scopes;
  const Client* client = tenant.clients.find(consent.provider, consent.client_id);
  if (!client || !allows_grant(*client, "refresh_token")) return false;
  const bool has_offline_scope = std::find(scopes.begin(), scopes.end(), "offline_access") != scopes.end();
  switch (profile.refresh_tokens) {
    case Profile::RefreshTokens::Never:
      return false;
    case Profile::RefreshTokens::OfflineParam:
      if (request.access_type != "offline") return false;
      break;
    case Profile::RefreshTokens::OfflineScope:
      if (!has_offline_scope) return false;
      break;
    case Profile::RefreshTokens::Always:
      break;
  }
  const bool asks_again = request.prompt.find("consent") != std::string::npos;
  return !profile.refresh_on_first_consent_only || asks_again || !tenant.grants.has_consented(consent);
}

ServerResponse decide(Tenant& tenant, const Profile& profile, const AuthorizationRequest& request,
                      const Decision& decision, Exchange& exchange) {
  exchange.entry.account = decision.account;
  exchange.entry.client_id = request.client_id;
  if (!decision.error.empty()) {
    exchange.entry.error = decision.error;
    const Fields answer = {{"error", decision.error}, {"error_description", "decided on the consent page"}};
    return back_to_client(tenant, profile, request.redirect_uri, request.state, answer);
  }
  Consent consent;
  consent.provider = request.provider;
  consent.client_id = request.client_id;
  consent.account = decision.account;
  consent.redirect_uri = request.redirect_uri;
  consent.code_challenge = request.code_challenge;
  consent.nonce = request.nonce;
  consent.resources = request.resources;
  consent.signed_in_at = tenant.clock.now();
  consent.access_lifetime = decision.access_lifetime;
  const auto& refused = decision.refused_scopes;
  std::copy_if(
      request.scopes.begin(), request.scopes.end(), std::back_inserter(consent.scopes),
      [&](const auto& scope) { return std::find(refused.begin(), refused.end(), scope) == refused.end(); });
  consent.gives_refresh_token = wants_refresh_token(tenant, profile, request, consent);
  const std::string code = tenant.grants.issue_code(std::move(consent), profile.policy);
  return back_to_client(tenant, profile, request.redirect_uri, request.state, {{"code", code}});
}

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
  page.scopes = request.scopes;
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

Decision read_decision(const Fields& form, const std::string& account) {
  Decision decision;
  decision.account = account;
  decision.error = text_of(form, "error");
  if (text_of(form, "decision") != "allow") decision.error = "access_denied";
  decision.access_lifetime = read_lifetime(text_of(form, "expires_in"));
  for (const auto& [name, value] : form) {
    if (name == "refuse") decision.refused_scopes.push_back(value);
  }
  return decision;
}

Decision decision_of(const LoginScript& script) {
  const bool is_denied = script.action == LoginScript::Action::Deny;
  return {is_denied ? "access_denied" : "", script.account, script.refused_scopes, std::nullopt};
}

ServerResponse begin(Tenant& tenant, const Profile& profile, const AuthorizationRequest& request,
                     Exchange& exchange) {
  exchange.entry.client_id = request.client_id;
  if (const auto script = tenant.scripts.take(profile.id(), request.client_id, request.login_hint)) {
    return decide(tenant, profile, request, decision_of(*script), exchange);
  }
  const std::string transaction = tenant.pending.add(request);
  exchange.hide(transaction, "transaction");
  return login_page(login_view(tenant, profile, request, transaction));
}

}  // namespace

ServerResponse serve_authorize(Tenant& tenant, const Profile& profile, const ServerRequest& request,
                               Exchange& exchange) {
  const auto parameters = request.method == "POST" ? parse_form(request.body) : std::optional(request.query);
  if (!parameters) return problem_page(400, "The request is broken", "The form cannot be read.");
  exchange.entry.parameters = redact_parameters(*parameters);
  const auto checked = check_authorization(tenant, profile, *parameters);
  if (const auto* untrusted = std::get_if<UntrustedRequest>(&checked)) {
    exchange.entry.error = "untrusted_request";
    return problem_page(400, "The request cannot be trusted", untrusted->problem);
  }
  if (const auto* error = std::get_if<AuthorizationError>(&checked)) {
    exchange.entry.error = error->error;
    return back_to_client(tenant, profile, error->redirect_uri, error->state,
                          {{"error", error->error}, {"error_description", error->description}});
  }
  return begin(tenant, profile, std::get<AuthorizationRequest>(checked), exchange);
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
  return decide(tenant, profile, answered.request, read_decision(form, answered.account), exchange);
}

}  // namespace coffer::mock
