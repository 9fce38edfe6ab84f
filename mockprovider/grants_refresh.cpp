#include <algorithm>

#include "mockprovider/grant_rules.h"
#include "mockprovider/grants.h"

namespace coffer::mock {

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

}  // namespace coffer::mock
