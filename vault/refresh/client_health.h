#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string_view>

#include "vault/base/clock.h"
#include "vault/base/id.h"

namespace coffer {

// What this process has seen of each auth config's OAuth client, to tell a client that the
// provider refuses from a single account with an odd answer. Any thread.
class ClientHealth {
 public:
  // The provider refused this client. Returns until when to hold its accounts' requests back: for
  // 15 minutes, doubling to 6 hours; refusals that come in while a block runs do not lengthen it.
  // nullopt: other accounts were served within the last hour and the error is not
  // invalid_client, so the fault is this account's alone.
  std::optional<Timestamp> refused(const AuthConfigId& config, std::string_view error, Timestamp now);
  void served(const AuthConfigId& config, Timestamp now);
  void forget(const AuthConfigId& config);

 private:
  struct State {
    Duration last_block{0};
    std::optional<Timestamp> blocked_until;
    std::optional<Timestamp> served_at;
  };
  std::mutex mutex_;  // guards states_
  std::map<AuthConfigId, State> states_;
};

}  // namespace coffer
