#include "vault/store/key_slots.h"

#include <utility>

#include "vault/base/log.h"
#include "vault/store/anchor.h"
#include "vault/store/digest_keeper.h"
#include "vault/store/offline_vault.h"
#include "vault/store/sql_error.h"

namespace coffer::key_slots {
namespace {

int newest(const OfflineVault& vault) {
  return static_cast<int>(vault.steps.size());
}

// A failure leaves the transaction to the connection's end, which rolls it back. The change counts as a
// commit, so that an older copy, which a removed key opens, is told apart by the anchor.
template <class Change>
auto changing(const OfflineVault& vault, Change&& change) {
  SqlConnection& connection = *vault.connection;
  connection.execute("BEGIN IMMEDIATE");
  const auto keys = vault.unlock();
  const auto anchor = anchors::find(connection, *keys, null_log());
  DigestRow digest = DigestRow::read(connection, *keys);
  if (anchor) anchor->check(digest.commits);
  const auto result = change();
  ++digest.commits;
  digest.write(connection, *keys);
  connection.reset_statements();
  connection.execute("COMMIT");
  if (anchor) anchor->advance(digest.commits);
  return result;
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
    return changing(
        vault, [&] { return header::add_slot(*vault.connection, vault.key, key, newest(vault), random); });
  });
}

void remove(VaultLocation location, std::int64_t number) {
  const OfflineVault vault(std::move(location));
  converting([&] {
    return changing(vault, [&] {
      header::remove_slot(*vault.connection, vault.key, number, newest(vault));
      return number;
    });
  });
  vault.empty_log();
}

}  // namespace coffer::key_slots
