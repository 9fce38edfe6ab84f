#pragma once

#include <compare>
#include <functional>
#include <string>

namespace coffer {

// A text that names one kind of thing, so that a user id cannot be passed for an account id.
template <class Tag>
class Id {
 public:
  Id() = default;
  explicit Id(std::string value) : value_(std::move(value)) {}

  const std::string& str() const { return value_; }
  bool empty() const { return value_.empty(); }
  auto operator<=>(const Id&) const = default;

 private:
  std::string value_;
};

using UserId = Id<struct UserTag>;                  // the application's own text, up to 256 bytes
using ConnectionId = Id<struct ConnectionTag>;      // ca_
using AuthConfigId = Id<struct AuthConfigTag>;      // ac_
using SessionId = Id<struct SessionTag>;            // trs_
using SubscriptionId = Id<struct SubscriptionTag>;  // ws_

}  // namespace coffer

template <class Tag>
struct std::hash<coffer::Id<Tag>> {
  std::size_t operator()(const coffer::Id<Tag>& id) const { return std::hash<std::string>{}(id.str()); }
};
