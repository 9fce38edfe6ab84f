#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "vault/base/secret.h"
#include "vault/model/connection.h"
#include "vault/store/database.h"

// Connect Links: single use, short-lived. Link token, state and browser secret are stored as
// hashes only; verifier, alias and callback URL are sealed.
namespace coffer::link_store {

enum class State {
  Fresh,      // not opened by a POST yet
  Begun,      // bound to a browser; on its way through the provider, or showing a form
  Completed,  // the grant was committed
  Failed,     // denied or refused
  Expired,
};

struct Link {
  std::string id;  // names the row; set by whatever reads it
  ConnectionId connection;
  UserId user;
  AuthConfigId auth_config;
  std::string toolkit;
  std::string callback_url;
  std::string alias;
  std::map<std::string, std::string> fields;  // connection fields given in advance
  State state = State::Fresh;
  Timestamp created_at;
  Timestamp expires_at;
  std::int64_t expected_generation = 0;  // of the connection when the link was made

  // Set when the walk begins; frozen, so that a later change of the configuration cannot send
  // the code elsewhere.
  std::string token_url;
  std::string issuer;
  std::string client_id;
  std::string redirect_uri;
  std::vector<std::string> scopes;
  Secret code_verifier;
};

void insert(WriteTransaction& tx, const Link& link, const Secret& link_token);
std::optional<Link> find(Transaction& tx, std::string_view link_token);
std::optional<Link> find_by_state(Transaction& tx, std::string_view state);

// Fresh -> Begun, or again from the same browser. `link` carries the frozen fields.
// False: not Fresh, and not this browser's.
bool begin(WriteTransaction& tx, std::string_view link_token, const Link& link, const Secret& state,
           const Secret& browser);
// True if this browser secret is the one the link was begun with.
bool is_bound_to(Transaction& tx, std::string_view link_token, std::string_view browser);
bool is_state_bound_to(Transaction& tx, std::string_view state, std::string_view browser);

// Takes the state away, so that a callback works once. False: taken already.
bool consume_state(WriteTransaction& tx, std::string_view state);
// Ends the newest open link of this connection; the sealed verifier is erased.
void finish(WriteTransaction& tx, const ConnectionId& connection, State state);
// Ends this link and no other. False: it had ended already, by time or by a newer link.
bool finish(WriteTransaction& tx, const Link& link, State state);
// Ends every open link of the connection but this one's newest: a fresh link replaces older ones.
void supersede(WriteTransaction& tx, const ConnectionId& connection);

// Whether a link may still bring this connection a grant.
bool has_open(Transaction& tx, const ConnectionId& connection, Timestamp now);

std::optional<Timestamp> next_expiry(Transaction& tx);
// Open links whose time is over.
std::vector<Link> overdue(Transaction& tx, Timestamp now);

}  // namespace coffer::link_store
