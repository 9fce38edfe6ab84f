#include "vault/store/link_store.h"

#include <utility>

#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/store/integrity.h"
#include "vault/store/link_row.h"
#include "vault/store/row_guard.h"

namespace coffer::link_store {
namespace {

const std::string kFind = link_row::select("WHERE l.token_hash = ?");
const std::string kFindByState = link_row::select("WHERE l.state_hash = ?");
const std::string kOpenOfConnection = link_row::select(R"sql(
     WHERE l.connection_id = ? AND l.state IN ('FRESH', 'BEGUN') ORDER BY l.rowid DESC)sql");
const std::string kOpen = link_row::select(R"sql(
     WHERE l.state IN ('FRESH', 'BEGUN') ORDER BY l.expires_at_ms)sql");
const std::string kOverdue = link_row::select(R"sql(
     WHERE l.state IN ('FRESH', 'BEGUN') AND l.expires_at_ms <= ? ORDER BY l.expires_at_ms)sql");
const std::string kAll = link_row::select("ORDER BY l.rowid");

// An ended link is kept so long that its page can still say what became of it.
constexpr Duration kKeptAfterEnd = std::chrono::hours(24);
constexpr std::ptrdiff_t kMostOverdue = 1000;  // at once

Mac token_hash_of(const Transaction& tx, std::string_view token) {
  return tx.keys().token_hash("link", token);
}
Mac state_hash_of(const Transaction& tx, std::string_view state) {
  return tx.keys().token_hash("state", state);
}
Mac browser_hash_of(const Transaction& tx, std::string_view browser) {
  return tx.keys().token_hash("browser", browser);
}

std::vector<std::uint8_t> to_vector(const Mac& mac) {
  return {mac.begin(), mac.end()};
}

void drop_ended(WriteTransaction& tx, Timestamp now) {
  SqlQuery(tx, "DELETE FROM link WHERE expires_at_ms < ? AND state NOT IN ('FRESH', 'BEGUN')")
      .time(now - kKeptAfterEnd)
      .run();
}

void end(WriteTransaction& tx, LinkRow& row, State state) {
  row.value.state = state;
  row.verifier = {};
  link_row::update(tx, row);
}

bool is_bound(Transaction& tx, SqlQuery& query, std::string_view browser) {
  if (!query.step()) return false;
  const LinkRow row = link_row::read(query, tx.keys());
  return constant_time_equal(browser_hash_of(tx, browser), row.browser_hash);
}

std::optional<Link> whole(Transaction& tx, SqlQuery& query) {
  if (!query.step()) return std::nullopt;
  return link_row::read_whole(query, tx.keys()).value;
}

void freeze(Link& stored, const Link& wanted) {
  stored.state = State::Begun;
  stored.fields = wanted.fields;
  stored.token_url = wanted.token_url;
  stored.issuer = wanted.issuer;
  stored.client_id = wanted.client_id;
  stored.redirect_uri = wanted.redirect_uri;
  stored.scopes = wanted.scopes;
  stored.code_verifier = wanted.code_verifier.clone();
}

}  // namespace

void insert(WriteTransaction& tx, const Link& link, const Secret& link_token) {
  drop_ended(tx, link.created_at);
  LinkRow row;
  row.token_hash = token_hash_of(tx, link_token.expose());
  row.user_ref = tx.keys().blind_index("user", link.user.str());
  link_row::copy(link, row.value);
  const DataKey key = data_keys::get_or_make(tx, data_keys::user(row.user_ref));
  row.data_key_id = key.id;
  link_row::Sealed sealed;
  link_row::seal_all(row, key, tx, sealed);
  link_row::insert(tx, row);
}

std::optional<Link> find(Transaction& tx, std::string_view link_token) {
  SqlQuery query(tx, kFind);
  query.blob(token_hash_of(tx, link_token));
  return whole(tx, query);
}

std::optional<Link> find_by_state(Transaction& tx, std::string_view state) {
  SqlQuery query(tx, kFindByState);
  query.blob(state_hash_of(tx, state));
  return whole(tx, query);
}

bool begin(WriteTransaction& tx, std::string_view link_token, const Link& link, const Secret& state,
           const Secret& browser) {
  SqlQuery query(tx, kFind);
  if (!query.blob(token_hash_of(tx, link_token)).step()) return false;
  LinkRow row = link_row::read_whole(query, tx.keys());
  const Mac browser_hash = browser_hash_of(tx, browser.expose());
  const bool is_again =
      row.value.state == State::Begun && constant_time_equal(browser_hash, row.browser_hash);
  if (row.value.state != State::Fresh && !is_again) return false;
  freeze(row.value, link);
  row.browser_hash = to_vector(browser_hash);
  row.state_hash.clear();
  if (!state.empty()) row.state_hash = to_vector(state_hash_of(tx, state.expose()));
  link_row::Sealed sealed;
  link_row::seal_all(row, link_row::key_of(row, tx.keys()), tx, sealed);
  link_row::update(tx, row);
  return true;
}

bool is_bound_to(Transaction& tx, std::string_view link_token, std::string_view browser) {
  SqlQuery query(tx, kFind);
  query.blob(token_hash_of(tx, link_token));
  return is_bound(tx, query, browser);
}

bool is_state_bound_to(Transaction& tx, std::string_view state, std::string_view browser) {
  SqlQuery query(tx, kFindByState);
  query.blob(state_hash_of(tx, state));
  return is_bound(tx, query, browser);
}

bool consume_state(WriteTransaction& tx, std::string_view state) {
  SqlQuery query(tx, kFindByState);
  if (!query.blob(state_hash_of(tx, state)).step()) return false;
  LinkRow row = link_row::read(query, tx.keys());
  row.state_hash.clear();
  link_row::update(tx, row);
  return true;
}

void finish(WriteTransaction& tx, const ConnectionId& connection, State state) {
  SqlQuery query(tx, kOpenOfConnection);
  query.text(connection.str());
  std::optional<LinkRow> newest;
  while (!newest && query.step()) {
    unless_tampered(tx, [&] { newest = link_row::read(query, tx.keys()); });
  }
  if (newest) end(tx, *newest, state);
}

bool finish(WriteTransaction& tx, const Link& link, State state) {
  const auto token_hash = from_hex(link.id);
  if (!token_hash) return false;
  SqlQuery query(tx, kFind);
  if (!query.blob(as_bytes(*token_hash)).step()) return false;
  LinkRow row = link_row::read(query, tx.keys());
  if (row.value.state != State::Fresh && row.value.state != State::Begun) return false;
  end(tx, row, state);
  return true;
}

void supersede(WriteTransaction& tx, const ConnectionId& connection) {
  SqlQuery query(tx, kOpenOfConnection);
  query.text(connection.str());
  std::vector<Mac> newest_first;
  while (query.step()) {
    unless_tampered(tx, [&] { newest_first.push_back(link_row::read(query, tx.keys()).token_hash); });
  }
  for (std::size_t i = 1; i < newest_first.size(); ++i) {
    SqlQuery one(tx, kFind);
    if (!one.blob(newest_first[i]).step()) continue;
    LinkRow row = link_row::read(one, tx.keys());
    end(tx, row, State::Expired);
  }
}

bool has_open(Transaction& tx, const ConnectionId& connection, Timestamp now) {
  SqlQuery query(tx, kOpenOfConnection);
  query.text(connection.str());
  bool is_open = false;
  while (!is_open && query.step()) {
    unless_tampered(tx, [&] { is_open = now < link_row::read(query, tx.keys()).value.expires_at; });
  }
  return is_open;
}

std::optional<Timestamp> next_expiry(Transaction& tx) {
  SqlQuery query(tx, kOpen);
  std::optional<Timestamp> next;
  while (!next && query.step()) {
    static_cast<void>(is_sound([&] { next = link_row::read(query, tx.keys()).value.expires_at; }));
  }
  return next;
}

std::vector<Link> overdue(Transaction& tx, Timestamp now) {
  std::vector<Link> links;
  SqlQuery query(tx, kOverdue);
  query.time(now);
  while (std::ssize(links) < kMostOverdue && query.step()) {
    static_cast<void>(
        is_sound([&] { links.push_back(std::move(link_row::read_whole(query, tx.keys()).value)); }));
  }
  return links;
}

}  // namespace coffer::link_store

namespace coffer::integrity {

void check_links(Transaction& tx, Faults& faults) {
  SqlQuery rows(tx, link_store::kAll);
  while (rows.step()) {
    note(faults, [&] { link_row::read_whole(rows, tx.keys()); });
  }
}

}  // namespace coffer::integrity
