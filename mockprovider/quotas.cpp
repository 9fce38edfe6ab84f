#include "mockprovider/quotas.h"

#include <algorithm>

#include "vault/base/error.h"

namespace coffer::mock {
namespace {

constexpr std::size_t kMaxQuotas = 1'000;
constexpr std::size_t kMaxUses = 10'000;

}  // namespace

void Quotas::set(Quota quota) {
  std::erase_if(limits_, [&](const Quota& other) {
    return other.toolkit == quota.toolkit && other.account == quota.account;
  });
  if (limits_.size() >= kMaxQuotas) throw Error(ErrorCode::TooLarge, "more than 1000 quotas");
  limits_.push_back(std::move(quota));
}

void Quotas::clear() {
  limits_.clear();
  uses_.clear();
}

// The account's own comes before that of everybody.
const Quota* Quotas::find(const std::string& toolkit, const std::string& account) const {
  const Quota* best = nullptr;
  for (const auto& quota : limits_) {
    if (quota.toolkit != toolkit) continue;
    if (quota.account == account) return &quota;
    if (quota.account.empty()) best = &quota;
  }
  return best;
}

std::optional<Duration> Quotas::take(const std::string& toolkit, const std::string& account, Timestamp now) {
  const Quota* quota = limits_.empty() ? nullptr : find(toolkit, account);
  if (!quota) return std::nullopt;
  if (uses_.size() >= kMaxUses) uses_.clear();
  Use& use = uses_[{toolkit, account}];
  if (use.count == 0 || now >= use.begins_at + quota->window) use = {now, 0};
  if (use.count >= quota->limit) return use.begins_at + quota->window - now;
  ++use.count;
  return std::nullopt;
}

}  // namespace coffer::mock
