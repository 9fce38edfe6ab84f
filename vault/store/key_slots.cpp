#include "vault/store/key_slots.h"

#include <utility>

#include "vault/store/offline_vault.h"
#include "vault/store/sql_error.h"

namespace coffer::key_slots {
namespace {

// A failure leaves the transaction to the connection's end, which rolls it back.
template <class Change>
auto changing(SqlConnection& connection, Change&& change) {
  connection.execute("BEGIN IMMEDIATE");
  const auto result = change();
  connection.reset_statements();
  connection.execute("COMMIT");
  return result;
}

int newest(const OfflineVault& vault) {
  return static_cast<int>(vault.steps.size());
}

}  // namespace

std::vector<header::SlotEntry> list(VaultLocation location) {
  const OfflineVault vault(std::move(location));
  return converting([&] { return header::list_slots(*vault.connection, vault.key, newest(vault)); });
}

std::int64_t add(VaultLocation location, KeySource added, Random& random) {
  const OfflineVault vault(std::move(location));
  const KeyMaterial key = load(std::move(added));
  return converting([&] {
    return changing(*vault.connection, [&] {
      return header::add_slot(*vault.connection, vault.key, key, newest(vault), random);
    });
  });
}

void remove(VaultLocation location, std::int64_t number) {
  const OfflineVault vault(std::move(location));
  converting([&] {
    return changing(*vault.connection, [&] {
      header::remove_slot(*vault.connection, vault.key, number, newest(vault));
      return number;
    });
  });
}

}  // namespace coffer::key_slots
