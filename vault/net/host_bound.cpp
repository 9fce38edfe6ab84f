#include "vault/net/host_bound.h"

#include <utility>

#include "vault/base/encoding.h"

namespace coffer {

HostBound::Place::Place(Place&& other) noexcept
    : bound_(std::exchange(other.bound_, nullptr)), origin_(std::move(other.origin_)) {}

HostBound::Place::~Place() {
  if (bound_ != nullptr) bound_->leave(origin_);
}

std::optional<HostBound::Place> HostBound::try_enter(const std::string& url) {
  std::string origin = origin_of(url).value_or("");
  const std::lock_guard lock(mutex_);
  const auto found = waiting_.find(origin);
  const bool is_full = found != waiting_.end() && found->second >= limits_.per_origin;
  if (is_full || waiting_in_all_ >= limits_.in_all) return std::nullopt;
  ++waiting_[origin];
  ++waiting_in_all_;
  return Place(*this, std::move(origin));
}

HostBound::Place HostBound::enter(const std::string& url) {
  if (auto place = try_enter(url)) return std::move(*place);
  throw Error(ErrorCode::Unavailable, too_many_requests(url), "try again in a moment");
}

void HostBound::leave(const std::string& origin) {
  const std::lock_guard lock(mutex_);
  const auto found = waiting_.find(origin);
  if (--found->second == 0) waiting_.erase(found);
  --waiting_in_all_;
}

std::string too_many_requests(const std::string& url) {
  return "too many requests wait for " + origin_of(url).value_or("one service") + " already";
}

HttpResult BoundedHttp::send(const HttpRequest& request) {
  const HostBound::Place place = bound_.enter(request.url);
  return inner_.send(request);
}

}  // namespace coffer
