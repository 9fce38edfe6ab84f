#pragma once

#include <optional>

#include "vault/model/connection.h"
#include "vault/model/shared_access.h"
#include "vault/store/connection_store.h"

// Which accounts are SHARED, and with whom. An account is what it was made as: nothing turns a
// private one into a shared one later.
namespace coffer::shared_account_store {

void put(WriteTransaction& tx, const ConnectionId& id, const SharedAccess& access, Timestamp now);
void remove(WriteTransaction& tx, const ConnectionId& id);
// nullopt: the account is private. Throws TamperedRow.
std::optional<SharedAccess> find(Transaction& tx, const ConnectionId& id);
enum class AccountType { Private, Shared };
// connection_store::list() of one kind of account alone.
Page<Connection> list(Transaction& tx, const connection_store::Query& query, AccountType type);
// A private account is its user's alone.
bool may_use(Transaction& tx, const Connection& connection, const UserId& user);

// SQL: true for rows of `connection AS c` that are SHARED.
inline constexpr const char* kIsShared =
    "EXISTS (SELECT 1 FROM document AS d WHERE d.kind = 'shared_account' AND d.id = c.id)";

}  // namespace coffer::shared_account_store
