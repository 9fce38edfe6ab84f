#include "mockprovider/grants.h"

#include <algorithm>
#include <utility>

#include "mockprovider/digest.h"
#include "mockprovider/grant_rules.h"
#include "vault/base/error.h"
#include "vault/base/secret.h"

namespace coffer::mock {
namespace {

constexpr std::size_t kMaxCodes = 20'000;

// RFC 7636 section 4.1: 43 to 128 unreserved characters.
bool is_code_verifier(std::string_view text) {
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
  };
  return text.size() >= 43 && text.size() <= 128 && std::all_of(text.begin(), text.end(), is_allowed);
}

bool verifier_fits(std::string_view challenge, std::string_view verifier) {
  // A verifier without a challenge is a downgrade of the request (RFC 9700 section 4.8.2).
  if (challenge.empty()) return verifier.empty();
  return is_code_verifier(verifier) && constant_time_equal(s256_challenge(verifier), challenge);
}

std::string consent_key(std::string_view provider, std::string_view client_id, std::string_view account) {
  return std::string(provider).append("\n").append(client_id).append("\n").append(account);
}

std::optional<Timestamp> end_of(TokenKind kind, const Family& family, const TokenPolicy& policy,
                                Timestamp now) {
  std::optional<Duration> lifetime = policy.refresh_lifetime;
  if (kind == TokenKind::Access) {
    lifetime = family.access_lifetime ? family.access_lifetime : policy.access_lifetime;
  }
  std::optional<Timestamp> end;
  if (lifetime) end = now + *lifetime;
  if (kind == TokenKind::Refresh && policy.refresh_absolute) {
    const Timestamp last = family.created_at + *policy.refresh_absolute;
    end = end ? std::min(*end, last) : last;
  }
  return end;
}

}  // namespace

std::string Grants::next_id(std::string_view prefix) {
  return std::string(prefix) + std::to_string(++counter_);
}

std::string Grants::issue_code(Consent consent, const TokenPolicy& policy) {
  if (codes_.size() >= kMaxCodes) {
    std::erase_if(codes_, [&](const auto& entry) {
      return entry.second.is_used || entry.second.expires_at <= clock_.now();
    });
  }
  if (codes_.size() >= kMaxCodes) {
    throw Error(ErrorCode::TooLarge, "more than 20000 codes wait to be redeemed", "reset the mock provider");
  }
  std::string value = random_id(random_, policy.code_prefix, 24);
  codes_.emplace(value,
                 Code{std::move(consent), next_id("code_"), clock_.now() + kCodeLifetime, {}, {}, false});
  return value;
}

bool Grants::has_consented(const Consent& consent) const {
  const auto found =
      families_of_consent_.find(consent_key(consent.provider, consent.client_id, consent.account));
  if (found == families_of_consent_.end()) return false;
  return std::any_of(found->second.rbegin(), found->second.rend(),
                     [&](const std::string& id) { return families_.at(id).is_alive(); });
}

std::optional<Refusal> Grants::refuse_code(const Code& code, const Redemption& request) const {
  const Consent& consent = code.consent;
  if (code.expires_at <= clock_.now()) return invalid_grant("the code has expired", {}, code.id);
  if (consent.redirect_uri != request.redirect_uri) {
    return invalid_grant("redirect_uri is not the one of the authorization request", {}, code.id);
  }
  if (!verifier_fits(consent.code_challenge, request.code_verifier)) {
    return invalid_grant("code_verifier does not match the code challenge", {}, code.id);
  }
  if (!consent.resources.empty() && !is_subset(request.resources, consent.resources)) {
    return Refusal{"invalid_target", "a resource that the authorization request did not name", {}, code.id};
  }
  return std::nullopt;
}

GrantOutcome Grants::redeem(const Redemption& request, const TokenPolicy& policy) {
  const auto found = codes_.find(request.code);
  if (found == codes_.end()) return invalid_grant("the code is unknown");
  Code& code = found->second;
  const Consent& consent = code.consent;
  if (consent.client_id != request.client_id || consent.provider != request.provider) {
    return invalid_grant("the code was issued to another client", {}, code.id);
  }
  if (code.is_used) {
    for (const std::string& id : {code.family, code.companion}) {
      const auto family = families_.find(id);
      if (family != families_.end()) end(family->second, "its code was presented twice");
    }
    return invalid_grant("the code was used before; what it gave is revoked", code.family, code.id);
  }
  // From here on every answer uses the code up: a guess at the verifier has one try.
  code.is_used = true;
  if (auto refusal = refuse_code(code, request)) return std::move(*refusal);
  Family& family = open_family(consent, policy);
  if (family.resources.empty()) family.resources = request.resources;
  code.family = family.id;
  const auto& resources = request.resources.empty() ? family.resources : request.resources;
  IssuedTokens issued = issue(family, family.scopes, resources, code.id, policy);
  if (consent.gives_refresh_token && policy.gives_refresh_tokens) give_refresh_token(issued, family, policy);
  issued.nonce = consent.nonce;
  if (consent.companion_scopes.empty()) return issued;
  issued.companion.push_back(begin_companion(consent, code.id, policy));
  code.companion = issued.companion.front().family;
  return issued;
}

IssuedTokens Grants::begin_companion(const Consent& consent, const std::string& parent,
                                     const TokenPolicy& policy) {
  Consent companion = consent;
  companion.scopes = std::exchange(companion.companion_scopes, {});
  companion.is_companion = true;
  return begin(companion, parent, policy);
}

IssuedTokens Grants::begin(const Consent& consent, const std::string& parent, const TokenPolicy& policy) {
  Family& family = open_family(consent, policy);
  IssuedTokens issued = issue(family, family.scopes, family.resources, parent, policy);
  if (consent.gives_refresh_token && policy.gives_refresh_tokens) give_refresh_token(issued, family, policy);
  return issued;
}

Family& Grants::open_family(const Consent& consent, const TokenPolicy& policy) {
  make_room();
  Family family;
  family.id = next_id("fam_");
  family.provider = consent.provider;
  family.client_id = consent.client_id;
  family.account = consent.account;
  family.scopes = consent.scopes;
  family.resources = consent.resources;
  family.signed_in_at = consent.signed_in_at;
  family.access_lifetime = consent.access_lifetime;
  family.is_companion = consent.is_companion;
  family.created_at = clock_.now();
  if (!family.account.empty()) {
    auto& siblings = families_of_consent_[consent_key(family.provider, family.client_id, family.account)];
    if (policy.max_families > 0) end_oldest(siblings, policy.max_families - 1);
    siblings.push_back(family.id);
  }
  return families_.emplace(family.id, std::move(family)).first->second;
}

void Grants::end_oldest(const std::vector<std::string>& siblings, std::size_t most) {
  std::size_t living = 0;
  for (auto id = siblings.rbegin(); id != siblings.rend(); ++id) {
    Family& family = families_.at(*id);
    if (family.is_alive() && ++living > most) end(family, "more grants than the provider keeps");
  }
}

IssuedTokens Grants::issue(Family& family, std::vector<std::string> scopes,
                           std::vector<std::string> resources, const std::string& parent,
                           const TokenPolicy& policy) {
  Token token = make_token(TokenKind::Access, family, parent, policy);
  token.scopes = std::move(scopes);
  token.resources = std::move(resources);
  family.access_ends = token.expires_at;
  IssuedTokens issued;
  issued.expires_in = until(token.expires_at, token.issued_at);
  issued.scopes = token.scopes;
  issued.account = family.account;
  issued.signed_in_at = family.signed_in_at;
  issued.family = family.id;
  issued.parent = parent;
  issued.access_id = token.id;
  issued.is_companion = family.is_companion;
  const std::string& prefix = family.is_companion ? policy.companion_access_prefix : policy.access_prefix;
  const bool is_signed = policy.make_access && !family.is_companion;
  issued.access_token = is_signed ? policy.make_access(token, family) : random_id(random_, prefix, 32);
  if (is_signed) waiting_[issued.access_token] = policy.sign_access;
  keep(std::move(token), issued.access_token);
  return issued;
}

void Grants::give_refresh_token(IssuedTokens& issued, const Family& family, const TokenPolicy& policy) {
  Token token = make_token(TokenKind::Refresh, family, issued.parent, policy);
  token.scopes = family.scopes;
  token.resources = family.resources;
  issued.refresh_id = token.id;
  issued.refresh_expires_in = until(token.expires_at, token.issued_at);
  const std::string& prefix = family.is_companion ? policy.companion_refresh_prefix : policy.refresh_prefix;
  issued.refresh_token = keep(std::move(token), random_id(random_, prefix, 32));
}

Token Grants::make_token(TokenKind kind, const Family& family, const std::string& parent,
                         const TokenPolicy& policy) {
  Token token;
  token.kind = kind;
  token.id = next_id(kind == TokenKind::Access ? "at_" : "rt_");
  token.parent = parent;
  token.family = family.id;
  token.issued_at = clock_.now();
  token.last_used_at = token.issued_at;
  token.expires_at = end_of(kind, family, policy, token.issued_at);
  return token;
}

std::string Grants::keep(Token token, std::string value) {
  values_of_family_[token.family].push_back(value);
  tokens_.emplace(value, std::move(token));
  return value;
}

void Grants::rename(std::string_view old, const std::string& fresh) {
  if (const auto waiting = waiting_.find(old); waiting != waiting_.end()) waiting_.erase(waiting);
  const auto found = tokens_.find(old);
  if (found == tokens_.end()) return;
  auto& values = values_of_family_[found->second.family];
  std::replace(values.begin(), values.end(), found->first, fresh);
  auto entry = tokens_.extract(found);
  entry.key() = fresh;
  tokens_.insert(std::move(entry));
}

void Grants::sign_waiting() {
  const auto waiting = waiting_;
  for (const auto& [value, sign] : waiting) rename(value, sign(value));
}

void Grants::end(Family& family, std::string reason) {
  if (family.is_alive()) family.ended_because = std::move(reason);
}

const Token* Grants::find(std::string_view value) const {
  const auto found = tokens_.find(value);
  return found == tokens_.end() || waiting_.contains(found->first) ? nullptr : &found->second;
}

const Family* Grants::family_of(const Token& token) const {
  return &families_.at(token.family);
}

std::string Grants::account_of_code(std::string_view code) const {
  const auto found = codes_.find(code);
  return found == codes_.end() ? std::string() : found->second.consent.account;
}

bool Grants::is_live(const Token& token) const {
  const bool has_expired = token.expires_at && *token.expires_at <= clock_.now();
  return !token.is_revoked && !token.replaced_at && !has_expired && families_.at(token.family).is_alive();
}

bool Grants::revoke(std::string_view value, std::string_view client_id) {
  const auto found = tokens_.find(value);
  // RFC 7009 section 2.2: an unknown token is no error.
  if (found == tokens_.end() || waiting_.contains(found->first)) return true;
  Token& token = found->second;
  Family& family = families_.at(token.family);
  if (family.client_id != client_id) return false;
  token.is_revoked = true;
  if (token.kind == TokenKind::Refresh) end(family, "revoked by the client");
  return true;
}

}  // namespace coffer::mock
