#include "mockprovider/pushed_requests.h"

#include "vault/base/error.h"

namespace coffer::mock {
namespace {

constexpr std::size_t kMaxPushed = 10'000;

}  // namespace

std::string PushedRequests::add(AuthorizationRequest request) {
  const Timestamp now = clock_.now();
  if (pushed_.size() >= kMaxPushed) {
    std::erase_if(pushed_, [&](const auto& entry) { return entry.second.expires_at <= now; });
  }
  if (pushed_.size() >= kMaxPushed) throw Error(ErrorCode::TooLarge, "more than 10000 pushed requests wait");
  std::string address = random_id(random_, "urn:ietf:params:oauth:request_uri:", 24);
  pushed_.emplace(address, Pushed{std::move(request), now + kPushedRequestLifetime});
  return address;
}

std::optional<AuthorizationRequest> PushedRequests::take(std::string_view address, std::string_view provider,
                                                         std::string_view client_id) {
  const auto found = pushed_.find(address);
  if (found == pushed_.end()) return std::nullopt;
  const AuthorizationRequest& request = found->second.request;
  if (request.provider != provider || request.client_id != client_id) return std::nullopt;
  if (found->second.expires_at <= clock_.now()) return std::nullopt;
  AuthorizationRequest taken = std::move(found->second.request);
  pushed_.erase(found);
  return taken;
}

}  // namespace coffer::mock
