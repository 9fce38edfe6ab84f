#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "vault/base/clock.h"
#include "vault/base/id.h"
#include "vault/base/secret.h"

namespace coffer {

inline constexpr std::string_view kExpiredEvent = "composio.connected_account.expired";

// A state change that webhook receivers hear of. The body is frozen when the change commits, so
// that its signature fits on every delivery.
struct Event {
  std::string id;  // msg_<uuid>, also the webhook-id
  std::string type;
  ConnectionId connection;
  std::string body;  // JSON
  Timestamp created_at;
};

struct Subscription {
  SubscriptionId id;
  std::string url;
  Secret secret;  // "whsec_" + base64 of 32 random bytes
  std::vector<std::string> events;
  std::string version = "V3";
  bool is_hidden = false;  // made by `coffer listen`: not shown to SDKs, which assume one
  bool is_enabled = true;
  Timestamp created_at;
  Timestamp updated_at;
};

// One event on its way to one subscription.
struct Delivery {
  std::int64_t id = 0;
  Event event;
  SubscriptionId subscription;
  int attempt = 0;  // attempts made so far
};

}  // namespace coffer
