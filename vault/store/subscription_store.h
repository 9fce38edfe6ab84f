#pragma once

#include <optional>
#include <vector>

#include "vault/model/event.h"
#include "vault/store/database.h"

namespace coffer::subscription_store {

void insert(WriteTransaction& tx, const Subscription& subscription);
bool update(WriteTransaction& tx, const Subscription& subscription);
// Its open deliveries end with it.
bool remove(WriteTransaction& tx, const SubscriptionId& id);
std::optional<Subscription> find(Transaction& tx, const SubscriptionId& id);
std::vector<Subscription> list(Transaction& tx, bool include_hidden);

}  // namespace coffer::subscription_store
