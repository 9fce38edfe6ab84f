#include "mockprovider/decision.h"

#include <algorithm>

#include "mockprovider/pages.h"

namespace coffer::mock {
namespace {

bool contains(const std::vector<std::string>& list, std::string_view value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

bool asks_for_offline(const Profile& profile, const AuthorizationRequest& request) {
  return request.offline_params == profile.offline_params;
}

bool wants_refresh_token(const Tenant& tenant, const Profile& profile, const AuthorizationRequest& request,
                         const Consent& consent) {
  const Client* client = tenant.clients.find(consent.provider, consent.client_id);
  if (!client || !allows_grant(*client, "refresh_token")) return false;
  switch (profile.refresh_tokens) {
    case Profile::RefreshTokens::Never:
      return false;
    case Profile::RefreshTokens::OfflineParam:
      if (request.device_code.empty() && !asks_for_offline(profile, request)) return false;
      break;
    case Profile::RefreshTokens::OfflineScope:
      if (!contains(consent.scopes, "offline_access")) return false;
      break;
    case Profile::RefreshTokens::Always:
      break;
  }
  const bool asks_again = request.prompt.find("consent") != std::string::npos;
  return !profile.refresh_on_first_consent_only || asks_again || !tenant.grants.has_consented(consent);
}

Consent consent_of(const Tenant& tenant, const Profile& profile, const AuthorizationRequest& request,
                   const AccessDecision& decision) {
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
  const auto is_refused = [&](const auto& scope) { return contains(decision.refused_scopes, scope); };
  consent.scopes = request.scopes;
  std::erase_if(consent.scopes, is_refused);
  consent.companion_scopes = request.companion_scopes;
  std::erase_if(consent.companion_scopes, is_refused);
  // Nothing is asked for the person: the companion is all there is.
  if (consent.scopes.empty() && !consent.companion_scopes.empty()) {
    consent.scopes.swap(consent.companion_scopes);
    consent.is_companion = true;
  }
  consent.gives_refresh_token = wants_refresh_token(tenant, profile, request, consent);
  return consent;
}

// Why there is no code; empty: there is one. Nobody signs in by a script who could not on the page.
std::string refusal_of(const Tenant& tenant, const AccessDecision& decision) {
  if (!decision.error.empty()) return "decided on the consent page";
  const Account* account = tenant.accounts.find(decision.account);
  if (!account) return "login_hint names no account here";
  return account->is_locked ? "the account is locked" : "";
}

ServerResponse answer_device(Tenant& tenant, const Profile& profile, const AuthorizationRequest& request,
                             const AccessDecision& decision, bool is_allowed) {
  if (is_allowed) {
    tenant.devices.allow(request.device_code, consent_of(tenant, profile, request, decision));
    return message_page("The device is connected", "You can close this page and go back to the device.");
  }
  tenant.devices.deny(request.device_code);
  return message_page("The device was refused", "It has no access. You can close this page.");
}

// As a login script wants it.
ServerResponse give_code(const Tenant& tenant, const Profile& profile, const AuthorizationRequest& request,
                         LoginScript::Action manner, const std::string& code) {
  auto state = request.state;
  Fields answer = {{profile.name_of("code"), code}};
  if (manner == LoginScript::Action::WrongState) state = state.value_or("") + "-of-another";
  if (manner == LoginScript::Action::IssuerMismatch)
    answer.emplace_back("iss", "https://other-issuer.example");
  ServerResponse response = back_to_client(tenant, profile, request.redirect_uri, state, std::move(answer));
  if (manner != LoginScript::Action::DuplicateCallback) return response;
  return twice_page(std::string(header_value(response.headers, "Location")));
}

}  // namespace

ServerResponse back_to_client(const Tenant& tenant, const Profile& profile, const std::string& redirect_uri,
                              const std::optional<std::string>& state, Fields answer) {
  if (state) answer.emplace_back("state", *state);
  if (profile.sends_iss && !find_field(answer, "iss"))
    answer.emplace_back("iss", tenant.issuer_of(profile));  // RFC 9207
  return ServerResponse::redirect(303, with_query(redirect_uri, answer))
      .with_header("Cache-Control", "no-store")
      .with_header("Referrer-Policy", "no-referrer");
}

ServerResponse carry_out(Tenant& tenant, const Profile& profile, const AuthorizationRequest& request,
                         const AccessDecision& decision, Exchange& exchange) {
  const std::string refusal = refusal_of(tenant, decision);
  if (tenant.accounts.find(decision.account)) exchange.entry.account = decision.account;
  exchange.entry.client_id = request.client_id;
  if (!refusal.empty()) exchange.entry.error = decision.error.empty() ? "access_denied" : decision.error;
  if (!request.device_code.empty()) return answer_device(tenant, profile, request, decision, refusal.empty());
  if (!refusal.empty()) {
    const Fields answer = {{"error", exchange.entry.error}, {"error_description", refusal}};
    return back_to_client(tenant, profile, request.redirect_uri, request.state, answer);
  }
  const std::string code =
      tenant.grants.issue_code(consent_of(tenant, profile, request, decision), profile.policy);
  exchange.hide(code, "code");
  exchange.hide(form_encode(code), "code");
  return give_code(tenant, profile, request, decision.manner, code);
}

}  // namespace coffer::mock
