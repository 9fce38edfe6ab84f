#include "vault/api/v3/shared_start.h"

#include "vault/connect/account_choice.h"
#include "vault/store/connection_store.h"

namespace coffer::api::v3 {
namespace {

ConnectionId make_account(Engine& engine, const ConnectRequest& request, const SharedAccess& shared) {
  check_connect_request(request);
  const Timestamp now = engine.env().clock.now();
  const auto tx = engine.database().write();
  const Blueprint blueprint = load_blueprint(*tx, engine.catalog(), request.auth_config);
  require_enabled(blueprint);
  const Connection made = make_shared_account(*tx, request, blueprint, shared, now, engine.env().random);
  tx->commit();
  return made.id;
}

void drop_account(Engine& engine, const ConnectionId& id) {
  const auto tx = engine.database().write();
  connection_store::remove(*tx, id, engine.env().clock.now());
  tx->commit();
}

}  // namespace

void with_account(Engine& engine, ConnectRequest request, const std::optional<SharedAccess>& shared,
                  const std::function<void(const ConnectRequest&)>& start) {
  if (!shared) return start(request);
  request.reconnect = make_account(engine, request, *shared);
  try {
    start(request);
  } catch (...) {
    drop_account(engine, *request.reconnect);
    throw;
  }
}

}  // namespace coffer::api::v3
