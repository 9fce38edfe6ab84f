#include "mockprovider/grants.h"

#include <algorithm>

#include "mockprovider/digest.h"
#include "vault/base/error.h"
#include "vault/base/secret.h"

namespace coffer::mock {
namespace {

constexpr std::size_t kMaxCodes = 20'000;
constexpr std::size_t kMaxTokens = 200'000;

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

bool matches(const Family& family, std::string_view provider, std::string_view account) {
  return (provider.empty() || family.provider == provider) && (account.empty() || family.account == account);
}

std::optional<Duration> lifetime_of(TokenKind kind, const Family& family, const TokenPolicy& policy) {
  if (kind == TokenKind::Refresh) return policy.refresh_lifetime;
  return family.access_lifetime ? family.access_lifetime : policy.access_lifetime;
}

bool covers(Grants::What what, TokenKind kind) {
  if (what == Grants::What::All) return true;
  return (what == Grants::What::Access) == (kind == TokenKind::Access);
}

}  // namespace

std::string Grants::next_id(std::string_view prefix) {
  return std::string(prefix) + std::to_string(++counter_);
}

std::string Grants::issue_code(Consent consent, const TokenPolicy& policy) {
  if (codes_.size() >= kMaxCodes) {
    std::erase_if(codes_, [&](const auto& entry) { return entry.second.expires_at <= clock_.now(); });
  }
  if (codes_.size() >= kMaxCodes) {
    throw Error(ErrorCode::TooLarge, "more than 20000 codes wait to be redeemed", "reset the mock provider");
  }
  std::string value = random_id(random_, policy.code_prefix, 24);
  codes_.emplace(value, Code{std::move(consent), next_id("code_"), clock_.now() + kCodeLifetime, {}, false});
  return value;
}

bool Grants::has_consented(const Consent& consent) const {
  return std::any_of(families_.begin(), families_.end(), [&](const auto& entry) {
    const Family& family = entry.second;
    return family.is_alive() && family.client_id == consent.client_id &&
           matches(family, consent.provider, consent.account);
  });
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
    const auto family = families_.find(code.family);
    if (family != families_.end()) end(family->second, "its code was presented twice");
    return invalid_grant("the code was used before; what it gave is revoked", code.family, code.id);
  }
  // From here on every answer uses the code up: a guess at the verifier has one try.
  code.is_used = true;
  if (code.expires_at <= clock_.now()) return invalid_grant("the code has expired", {}, code.id);
  if (consent.redirect_uri != request.redirect_uri) {
    return invalid_grant("redirect_uri is not the one of the authorization request", {}, code.id);
  }
  if (!verifier_fits(consent.code_challenge, request.code_verifier)) {
    return invalid_grant("code_verifier does not match the code challenge", {}, code.id);
  }
  Family family{next_id("fam_"), consent.provider,        consent.client_id, consent.account,
                consent.scopes,  consent.access_lifetime, clock_.now(),      {}};
  code.family = family.id;
  Family& stored = families_.emplace(family.id, std::move(family)).first->second;
  return issue(stored, stored.scopes, code.id, policy, consent.gives_refresh_token);
}

GrantOutcome Grants::refresh(const RefreshRequest& request, const TokenPolicy& policy) {
  const auto found = tokens_.find(request.refresh_token);
  if (found == tokens_.end() || found->second.kind != TokenKind::Refresh) {
    return invalid_grant("the refresh token is unknown");
  }
  Token& token = found->second;
  Family& family = families_.at(token.family);
  if (auto refusal = refuse_refresh(token, family, request, policy)) return std::move(*refusal);
  if (policy.refresh_ends_old_access) end_access_tokens(family.id);
  token.last_used_at = clock_.now();
  const bool rotates = policy.rotation == Rotation::Strict;
  if (rotates && !token.replaced_at) token.replaced_at = clock_.now();
  const std::string parent = token.id;  // issuing may forget dead tokens
  return issue(family, request.scopes.empty() ? family.scopes : request.scopes, parent, policy, rotates);
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
  if (token.replaced_at && now >= *token.replaced_at + policy.reuse_window) {
    end(family, "refresh token " + token.id + " was presented twice");
    return invalid_grant("the refresh token was used before; the grant is revoked", family.id, token.id);
  }
  if (!is_subset(request.scopes, family.scopes)) {
    return Refusal{"invalid_scope", "more scopes than were granted", family.id, token.id};
  }
  return std::nullopt;
}

IssuedTokens Grants::issue(Family& family, std::vector<std::string> scopes, const std::string& parent,
                           const TokenPolicy& policy, bool with_refresh_token) {
  IssuedTokens issued;
  issued.expires_in = lifetime_of(TokenKind::Access, family, policy);
  issued.access_token = add_token(TokenKind::Access, family, parent, scopes, policy);
  issued.access_id = tokens_.at(issued.access_token).id;
  if (with_refresh_token) {
    issued.refresh_expires_in = policy.refresh_lifetime;
    issued.refresh_token = add_token(TokenKind::Refresh, family, parent, family.scopes, policy);
    issued.refresh_id = tokens_.at(issued.refresh_token).id;
  }
  issued.scopes = std::move(scopes);
  issued.account = family.account;
  issued.family = family.id;
  issued.parent = parent;
  return issued;
}

std::string Grants::add_token(TokenKind kind, const Family& family, const std::string& parent,
                              std::vector<std::string> scopes, const TokenPolicy& policy) {
  if (tokens_.size() >= kMaxTokens) forget_the_dead();
  const bool is_access = kind == TokenKind::Access;
  Token token;
  token.kind = kind;
  token.id = next_id(is_access ? "at_" : "rt_");
  token.parent = parent;
  token.family = family.id;
  token.scopes = std::move(scopes);
  token.issued_at = clock_.now();
  token.last_used_at = token.issued_at;
  const auto lifetime = lifetime_of(kind, family, policy);
  if (lifetime) token.expires_at = token.issued_at + *lifetime;
  std::string value = random_id(random_, is_access ? policy.access_prefix : policy.refresh_prefix, 32);
  tokens_.emplace(value, std::move(token));
  values_of_family_[family.id].push_back(value);
  return value;
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

void Grants::forget_the_dead() {
  for (auto& [id, values] : values_of_family_) {
    std::erase_if(values, [&](const std::string& value) {
      const auto token = tokens_.find(value);
      if (is_live(token->second)) return false;
      tokens_.erase(token);
      return true;
    });
  }
  std::erase_if(families_, [](const auto& entry) { return !entry.second.is_alive(); });
  std::erase_if(values_of_family_, [&](const auto& entry) { return !families_.contains(entry.first); });
  if (tokens_.size() >= kMaxTokens) {
    throw Error(ErrorCode::TooLarge, "more than 200000 tokens are alive", "reset the mock provider");
  }
}

const Token* Grants::find(std::string_view value) const {
  const auto found = tokens_.find(value);
  return found == tokens_.end() ? nullptr : &found->second;
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
  if (found == tokens_.end()) return true;  // RFC 7009 section 2.2: an unknown token is no error
  Token& token = found->second;
  Family& family = families_.at(token.family);
  if (family.client_id != client_id) return false;
  token.is_revoked = true;
  if (token.kind == TokenKind::Refresh) end(family, "revoked by the client");
  return true;
}

int Grants::revoke_all(std::string_view provider, std::string_view account, What what) {
  int touched = 0;
  for (auto& [id, family] : families_) {
    if (!matches(family, provider, account) || !family.is_alive()) continue;
    bool has_changed = false;
    for (const auto& value : values_of_family_[id]) {
      Token& token = tokens_.at(value);
      if (!covers(what, token.kind) || token.is_revoked) continue;
      token.is_revoked = true;
      has_changed = true;
    }
    if (what == What::All) end(family, "revoked by the account's owner");
    touched += has_changed;
  }
  return touched;
}

int Grants::expire_all(std::string_view provider, std::string_view account, What what) {
  int touched = 0;
  for (const auto& [id, family] : families_) {
    if (!matches(family, provider, account) || !family.is_alive()) continue;
    ++touched;
    for (const auto& value : values_of_family_[id]) {
      Token& token = tokens_.at(value);
      if (covers(what, token.kind)) token.expires_at = clock_.now();
    }
  }
  return touched;
}

std::vector<Family> Grants::families() const {
  std::vector<Family> all;
  for (const auto& [id, family] : families_) all.push_back(family);
  const auto by_birth = [](const Family& a, const Family& b) {
    return a.id.size() != b.id.size() ? a.id.size() < b.id.size() : a.id < b.id;
  };
  std::sort(all.begin(), all.end(), by_birth);
  return all;
}

std::vector<Token> Grants::tokens_of(std::string_view family) const {
  std::vector<Token> all;
  const auto values = values_of_family_.find(family);
  if (values == values_of_family_.end()) return all;
  for (const auto& value : values->second) all.push_back(tokens_.at(value));
  return all;
}

}  // namespace coffer::mock
