#include <algorithm>

#include "mockprovider/client_authentication.h"
#include "mockprovider/grant_types.h"
#include "mockprovider/oauth_request.h"

namespace coffer::mock {
namespace {

constexpr std::string_view kAccessTokenType = "urn:ietf:params:oauth:token-type:access_token";

// RFC 8693 section 2.2.2: a bad token is a bad request.
Refusal invalid_request(std::string description) {
  return {"invalid_request", std::move(description)};
}

const Token* find_live(const TokenRequest& request, const std::string& value) {
  const Grants& grants = request.tenant.grants;
  const Token* token = grants.find(value);
  const bool is_good = token && token->kind == TokenKind::Access && grants.is_live(*token) &&
                       grants.family_of(*token)->provider == request.profile.id();
  return is_good ? token : nullptr;
}

bool are_within(const std::vector<std::string>& part, const std::vector<std::string>& whole) {
  return std::all_of(part.begin(), part.end(), [&](const std::string& one) {
    return std::find(whole.begin(), whole.end(), one) != whole.end();
  });
}

// Who the new token speaks for, and what it may do at most.
Consent consent_of(const TokenRequest& request, const Token& subject) {
  const Family& family = *request.tenant.grants.family_of(subject);
  Consent consent;
  consent.provider = request.profile.id();
  consent.client_id = request.client.client_id;
  consent.account = family.account;
  consent.scopes = subject.scopes;
  consent.signed_in_at = family.signed_in_at;
  consent.gives_refresh_token = false;
  return consent;
}

std::optional<Refusal> refuse_types(const TokenRequest& request) {
  if (request.text("subject_token_type") != kAccessTokenType)
    return invalid_request("subject_token_type has to be that of an access token");
  const std::string wanted = request.text("requested_token_type");
  if (!wanted.empty() && wanted != kAccessTokenType)
    return invalid_request("requested_token_type has to be that of an access token");
  if (!request.text("actor_token").empty() || !request.text("actor_token_type").empty())
    return invalid_request("actor tokens are not taken");
  return std::nullopt;
}

}  // namespace

GrantOutcome grant_by_exchange(const TokenRequest& request) {
  const std::string value = request.text("subject_token");
  if (value.empty()) return invalid_request("subject_token is missing");
  note_token(request.tenant, value, request.exchange);
  if (auto refusal = refuse_types(request)) return std::move(*refusal);
  const Token* subject = find_live(request, value);
  if (!subject) return invalid_request("subject_token is no live access token of this provider");
  Consent consent = consent_of(request, *subject);
  const auto scopes = request.scopes();
  if (!are_within(scopes, consent.scopes)) {
    return Refusal{"invalid_scope", "more scopes than the subject token has", subject->family, subject->id};
  }
  if (!scopes.empty()) consent.scopes = scopes;
  consent.resources = request.resources();
  for (auto& audience : texts_of(request.parameters, "audience"))
    consent.resources.push_back(std::move(audience));
  IssuedTokens issued = request.tenant.grants.begin(consent, std::string(subject->id), request.policy);
  issued.issued_token_type = kAccessTokenType;
  return issued;
}

GrantOutcome grant_by_own_exchange(const TokenRequest& request, const OwnExchange& exchange) {
  const std::string value = request.text(exchange.token_param);
  if (value.empty()) return invalid_request(exchange.token_param + " is missing");
  note_token(request.tenant, value, request.exchange);
  const Token* subject = find_live(request, value);
  const bool is_own =
      subject && request.tenant.grants.family_of(*subject)->client_id == request.client.client_id;
  if (!is_own) return Refusal{"invalid_grant", "the token is not live, or not this client's"};
  if (request.tenant.clock.now() < subject->issued_at + exchange.least_age)
    return Refusal{"too_early", "the token is too young", subject->family, subject->id};
  Consent consent = consent_of(request, *subject);
  consent.access_lifetime = exchange.lifetime;
  return request.tenant.grants.begin(consent, std::string(subject->id), request.policy);
}

}  // namespace coffer::mock
