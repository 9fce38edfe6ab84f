#include "vault/api/v3/account_view.h"

#include <nlohmann/json.hpp>

#include "vault/base/json.h"
#include "vault/engine/views.h"
#include "vault/store/auth_config_store.h"
#include "vault/store/connection_store.h"
#include "vault/store/shared_account_store.h"

namespace coffer::api::v3 {

Connection account_or_not_found(Transaction& tx, const ConnectionId& id) {
  auto found = connection_store::find(tx, id);
  if (found) return std::move(*found);
  connection_store::throw_absent(id);
}

Json AccountViews::view(const Connection& connection) {
  const auto [place, is_new] = auth_configs_.try_emplace(connection.auth_config);
  if (is_new) place->second = auth_config_store::find(tx_, connection.auth_config);
  return connection_view(connection, place->second ? &*place->second : nullptr,
                         shared_account_store::find(tx_, connection.id));
}

}  // namespace coffer::api::v3
