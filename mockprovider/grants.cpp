#include "mockprovider/grants.h"

#include <algorithm>
#include <utility>

#include "mockprovider/digest.h"
#include "vault/base/error.h"
#include "vault/base/secret.h"

namespace coffer::mock {
namespace {

constexpr std::size_t kMaxCodes = 20'000;

Refusal invalid_grant(std::string description, std::string family = {}, std::string parent = {}) {
  return {"invalid_grant", std::move(description), std::move(family), std::move(parent)};
}

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

bool is_subset(const std::vector<std::string>& part, const std::vector<std::string>& whole) {
  return std::all_of(part.begin(), part.end(), [&](const std::string& scope) {
    return std::find(whole.begin(), whole.end(), scope) != whole.end();
  });
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

std::optional<Duration> until(const std::optional<Timestamp>& end, Timestamp now) {
  if (!end) return std::nullopt;
  return *end - now;
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

GrantOutcome Grants::refresh(const RefreshRequest& request, const TokenPolicy& policy) {
  make_room();
  const auto found = tokens_.find(request.refresh_token);
  if (found == tokens_.end() || found->second.kind != TokenKind::Refresh) {
    return invalid_grant("the refresh token is unknown");
  }
  Token& token = found->second;
  Family& family = families_.at(token.family);
  if (auto refusal = refuse_refresh(token, family, request, policy)) return std::move(*refusal);
  if (policy.refresh_ends_old_access) end_access_tokens(family.id);
  if (policy.max_access_tokens > 0) end_oldest_access_tokens(family.id, policy.max_access_tokens - 1);
  const Timestamp now = clock_.now();
  token.last_used_at = now;
  IssuedTokens issued =
      issue(family, request.scopes.empty() ? family.scopes : request.scopes,
            request.resources.empty() ? family.resources : request.resources, token.id, policy);
  if (policy.rotation == Rotation::Keep) return issued;
  if (token.replaced_at && policy.reuse == Reuse::SameSuccessor) {
    const Token& successor = tokens_.at(token.successor);
    issued.refresh_token = token.successor;
    issued.refresh_id = successor.id;
    issued.refresh_expires_in = until(successor.expires_at, now);
    return issued;
  }
  give_refresh_token(issued, family, policy);
  if (policy.rotation == Rotation::Additive || token.replaced_at) return issued;
  token.replaced_at = now;
  token.successor = issued.refresh_token;
  return issued;
}

std::optional<Refusal> Grants::refuse_refresh(const Token& token, Family& family,
                                              const RefreshRequest& request, const TokenPolicy& policy) {
  const Timestamp now = clock_.now();
  if (family.client_id != request.client_id || family.provider != request.provider) {
    return invalid_grant("the refresh token was issued to another client", family.id, token.id);
  }
  if (!family.is_alive())
    return invalid_grant("the grant has ended: " + family.ended_because, family.id, token.id);
  if (token.is_revoked) return invalid_grant("the refresh token is revoked", family.id, token.id);
  if (token.expires_at && *token.expires_at <= now) {
    return invalid_grant("the refresh token has expired", family.id, token.id);
  }
  if (policy.refresh_idle && token.last_used_at + *policy.refresh_idle <= now) {
    return invalid_grant("the refresh token was not used for too long", family.id, token.id);
  }
  if (auto refusal = refuse_reuse(token, family, policy)) return refusal;
  if (!is_subset(request.scopes, family.scopes)) {
    return Refusal{"invalid_scope", "more scopes than were granted", family.id, token.id};
  }
  if (!family.resources.empty() && !is_subset(request.resources, family.resources)) {
    return Refusal{"invalid_target", "a resource that was not granted", family.id, token.id};
  }
  if (policy.refresh_opens && family.access_ends && now + *policy.refresh_opens < *family.access_ends) {
    return Refusal{"too_early", "the access token is far from its end", family.id, token.id};
  }
  if (policy.refresh_limit > 0 &&
      refreshes_since(family.id, now - policy.refresh_limit_window) >= policy.refresh_limit) {
    return Refusal{"slow_down", "too many refreshes of this grant", family.id, token.id};
  }
  return std::nullopt;
}

std::optional<Refusal> Grants::refuse_reuse(const Token& token, Family& family, const TokenPolicy& policy) {
  if (!token.replaced_at) return std::nullopt;
  const auto successor = tokens_.find(token.successor);
  // Whoever used the successor had received it, so this is somebody else, or a mistake.
  const bool was_received = policy.reuse == Reuse::SameSuccessor &&
                            (successor == tokens_.end() || successor->second.replaced_at.has_value());
  if (clock_.now() < *token.replaced_at + policy.reuse_window && !was_received) return std::nullopt;
  if (!policy.reuse_ends_family)
    return invalid_grant("the refresh token was used before", family.id, token.id);
  end(family, "refresh token " + token.id + " was presented twice");
  return invalid_grant("the refresh token was used before; the grant is revoked", family.id, token.id);
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

void Grants::end_access_tokens(const std::string& family) {
  for (const auto& value : values_of_family_[family]) {
    Token& token = tokens_.at(value);
    if (token.kind == TokenKind::Access) token.is_revoked = true;
  }
}

void Grants::end_oldest_access_tokens(const std::string& family, std::size_t most) {
  const auto& values = values_of_family_[family];
  std::size_t living = 0;
  for (auto value = values.rbegin(); value != values.rend(); ++value) {
    Token& token = tokens_.at(*value);
    if (token.kind == TokenKind::Access && is_live(token) && ++living > most) token.is_revoked = true;
  }
}

// Access tokens whose parent is a refresh token; the first one's is a code.
std::size_t Grants::refreshes_since(const std::string& family, Timestamp from) const {
  const auto& values = values_of_family_.at(family);
  return static_cast<std::size_t>(std::count_if(values.begin(), values.end(), [&](const std::string& value) {
    const Token& token = tokens_.at(value);
    return token.kind == TokenKind::Access && token.parent.starts_with("rt_") && token.issued_at > from;
  }));
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
