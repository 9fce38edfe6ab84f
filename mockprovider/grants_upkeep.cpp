#include <algorithm>

#include "mockprovider/grants.h"

namespace coffer::mock {
namespace {

bool matches(const Family& family, std::string_view provider, std::string_view account) {
  return (provider.empty() || family.provider == provider) && (account.empty() || family.account == account);
}

bool covers(Grants::What what, TokenKind kind) {
  if (what == Grants::What::All) return true;
  return (what == Grants::What::Access) == (kind == TokenKind::Access);
}

// Ids hold ascending numbers.
bool is_older(const std::string& a, const std::string& b) {
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

}  // namespace

void Grants::make_room() {
  constexpr std::size_t kMaxTokens = 100'000;
  constexpr std::size_t kAtOnce = 2;
  if (tokens_.size() + kAtOnce > kMaxTokens) forget_the_dead();
  if (tokens_.size() + kAtOnce > kMaxTokens) forget_the_oldest();
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
  std::erase_if(values_of_family_, [](const auto& entry) { return entry.second.empty(); });
  std::erase_if(families_, [&](const auto& entry) { return !values_of_family_.contains(entry.first); });
  for (auto& [key, siblings] : families_of_consent_) {
    std::erase_if(siblings, [&](const std::string& id) { return !families_.contains(id); });
  }
  std::erase_if(families_of_consent_, [](const auto& entry) { return entry.second.empty(); });
}

// Half of them, so that it is seldom done.
void Grants::forget_the_oldest() {
  std::vector<std::string> ids;
  for (const auto& [id, family] : families_) ids.push_back(id);
  std::sort(ids.begin(), ids.end(), is_older);
  ids.resize((ids.size() + 1) / 2);
  for (const auto& id : ids) end(families_.at(id), "forgotten: too many are alive");
  forget_the_dead();
}

void Grants::revoke_client(std::string_view provider, std::string_view client_id) {
  for (auto& [id, family] : families_) {
    if (family.provider == provider && family.client_id == client_id) end(family, "its client is gone");
  }
  std::erase_if(codes_, [&](const auto& entry) {
    const Consent& consent = entry.second.consent;
    return consent.provider == provider && consent.client_id == client_id;
  });
}

bool Grants::drop_scope(std::string_view id, std::string_view scope) {
  const auto found = families_.find(id);
  if (found == families_.end() || std::erase(found->second.scopes, scope) == 0) return false;
  for (const auto& value : values_of_family_[found->first]) std::erase(tokens_.at(value).scopes, scope);
  return true;
}

int Grants::revoke_all(std::string_view provider, std::string_view account, What what,
                       std::string_view only) {
  int touched = 0;
  for (auto& [id, family] : families_) {
    const bool is_meant = matches(family, provider, account) && (only.empty() || only == id);
    if (!is_meant || !family.is_alive()) continue;
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

int Grants::expire_all(std::string_view provider, std::string_view account, What what,
                       std::string_view only) {
  int touched = 0;
  for (const auto& [id, family] : families_) {
    const bool is_meant = matches(family, provider, account) && (only.empty() || only == id);
    if (!is_meant || !family.is_alive()) continue;
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
  std::sort(all.begin(), all.end(), [](const Family& a, const Family& b) { return is_older(a.id, b.id); });
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
