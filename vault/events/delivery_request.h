#pragma once

#include <optional>
#include <string>

#include "vault/base/http.h"
#include "vault/model/event.h"

namespace coffer {

// The signed POST of one delivery attempt. `real_now`: verifiers refuse timestamps that are off
// by more than 300 s, so it is real time even where the vault's clock was moved. Signed with a
// previous secret, too, unless it is empty.
HttpRequest delivery_request(const Event& event, const Subscription& subscription, int attempt,
                             Timestamp real_now, const Secret& previous_secret = {});

// How a receiver answered.
struct DeliveryVerdict {
  enum class Kind {
    Delivered,
    Failed,
    Gone,        // for good: nothing is sent there any more
    Impossible,  // this one cannot be sent
  };
  Kind kind = Kind::Failed;
  int http_status = 0;
  std::string failure;                 // without anything the receiver wrote
  std::optional<Duration> not_before;  // it asked to be left alone for so long
};

DeliveryVerdict judge_delivery(const HttpResult& result, Timestamp real_now);

}  // namespace coffer
