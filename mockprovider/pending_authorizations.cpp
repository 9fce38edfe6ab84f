#include "mockprovider/pending_authorizations.h"

#include "vault/base/error.h"

namespace coffer::mock {
namespace {

constexpr std::size_t kMaxPending = 10'000;
constexpr Duration kPatience = std::chrono::minutes(30);

}  // namespace

std::string PendingAuthorizations::add(AuthorizationRequest request) {
  if (pending_.size() >= kMaxPending) {
    std::erase_if(pending_, [&](const auto& entry) { return entry.second.expires_at <= clock_.now(); });
  }
  if (pending_.size() >= kMaxPending)
    throw Error(ErrorCode::TooLarge, "more than 10000 login pages are open");
  std::string transaction = random_id(random_, "tx_", 24);
  pending_[transaction] = {std::move(request), {}, clock_.now() + kPatience};
  return transaction;
}

PendingAuthorization* PendingAuthorizations::find(std::string_view transaction) {
  const auto found = pending_.find(transaction);
  if (found == pending_.end() || found->second.expires_at <= clock_.now()) return nullptr;
  return &found->second;
}

void PendingAuthorizations::remove(std::string_view transaction) {
  const auto found = pending_.find(transaction);
  if (found != pending_.end()) pending_.erase(found);
}

}  // namespace coffer::mock
