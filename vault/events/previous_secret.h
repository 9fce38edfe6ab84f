#pragma once

#include "vault/base/clock.h"
#include "vault/base/id.h"
#include "vault/base/secret.h"
#include "vault/store/database.h"

// The signing secret that a subscription had before its last rotation: deliveries are signed with
// both until receivers have had the time to change over.
namespace coffer::previous_secret {

inline constexpr Duration kOverlap = std::chrono::hours(24);

void keep(WriteTransaction& tx, const SubscriptionId& id, const Secret& secret, Timestamp now);
// Empty: there is none, or its time is over.
Secret find(Transaction& tx, const SubscriptionId& id, Timestamp now);
void forget(WriteTransaction& tx, const SubscriptionId& id);

}  // namespace coffer::previous_secret
