#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "vault/model/connection.h"
#include "vault/model/token_set.h"
#include "vault/store/database.h"
#include "vault/store/page.h"

// Connected accounts and their sealed credentials. Every read checks the row's MAC; find() and
// open() throw TamperedRow, list() leaves such rows out and logs them by id.
namespace coffer::connection_store {

struct Query {
  std::vector<UserId> users;
  std::vector<std::string> toolkits;
  std::vector<AuthConfigId> auth_configs;
  std::vector<ConnectionStatus> statuses;
  std::vector<ConnectionId> ids;
  bool once_connected = false;  // leaves out what no user ever finished to connect
  bool order_by_updated = false;
  bool ascending = false;
  PageRequest page;
};

// A new row without a credential. Makes the user's data key if this is the user's first row.
void insert(WriteTransaction& tx, const Connection& connection);

// Writes everything but the credential, where the generation is still `connection.generation`.
// False: gone or changed meanwhile.
bool update(WriteTransaction& tx, const Connection& connection);

// Seals the credential and writes the rest of the row, where the generation is still
// `connection.generation`; on success the row's and the argument's generation are one higher.
bool commit_credential(WriteTransaction& tx, Connection& connection, const Credential& credential);

// Soft delete; the sealed credential is erased. False: absent already.
bool remove(WriteTransaction& tx, const ConnectionId& id, Timestamp now);

// The same for a row that fails authentication, whatever it says of itself: nothing stays of it but
// the id. False: there is none, or it is sound.
bool remove_tampered(WriteTransaction& tx, const ConnectionId& id, Timestamp now);

std::optional<Connection> find(Transaction& tx, const ConnectionId& id);
// NotFound, in the same words for an account that is not there and one of another user's.
[[noreturn]] void throw_absent(const ConnectionId& id);
std::optional<Connection> find_by_alias(Transaction& tx, const UserId& user, const std::string& toolkit,
                                        const std::string& alias);
// The default account: most recently connected ACTIVE one that passes authentication; one whose auth config
// is disabled only where there is no other. Logs those that do not pass; throws TamperedRow if there are no
// others.
std::optional<Connection> find_default(Transaction& tx, const UserId& user, const std::string& toolkit);
Page<Connection> list(Transaction& tx, const Query& query);
// The ids and users of rows that fail authentication, for `doctor`; normally empty.
std::vector<ConnectionId> tampered(Transaction& tx);

struct Opened {
  Connection connection;
  Credential credential;
};
// Row and credential in one read: the path of every tool call.
std::optional<Opened> open(Transaction& tx, const ConnectionId& id);

// Uses a partial index: idle connections cost nothing.
std::optional<Timestamp> next_refresh_at(Transaction& tx);
std::vector<ConnectionId> due(Transaction& tx, Timestamp now, std::int64_t limit);

std::int64_t count_of_auth_config(Transaction& tx, const AuthConfigId& id);
std::map<std::string, std::int64_t> count_by_status(Transaction& tx);

}  // namespace coffer::connection_store
