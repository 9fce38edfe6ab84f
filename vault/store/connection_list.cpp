#include "vault/store/connection_list.h"

#include <array>

#include "vault/store/connection_row.h"
#include "vault/store/json_list.h"
#include "vault/store/row_guard.h"
#include "vault/store/shared_account_store.h"

namespace coffer::connection_list {
namespace {

using connection_store::Query;

// A filter that may be absent keeps SQLite from using an index, so the two that name few rows get
// statements of their own: [by user][by id].
std::string where(bool by_user, bool by_id) {
  std::string text = " WHERE c.deleted_at_ms IS NULL";
  text += by_user ? " AND c.user_ref IN (SELECT value FROM json_each(?1))" : " AND ?1 IS NULL";
  text += by_id ? " AND c.id IN (SELECT value FROM json_each(?2))" : " AND ?2 IS NULL";
  text += R"sql(
      AND (?3 IS NULL OR c.toolkit IN (SELECT value FROM json_each(?3)))
      AND (?4 IS NULL OR c.auth_config_id IN (SELECT value FROM json_each(?4)))
      AND (?5 IS NULL OR c.status IN (SELECT value FROM json_each(?5)))
      AND (NOT ?6 OR c.connected_at_ms IS NOT NULL)
      AND (?7 IS NULL OR ?7 = )sql";
  return text + shared_account_store::kIsShared + ")";
}

// Rows are numbered as they are made: the order of creation, whatever the clock did.
std::string order(bool by_updated, bool ascending) {
  const std::string direction = ascending ? "ASC" : "DESC";
  return " ORDER BY " + (by_updated ? "c.updated_at_ms " + direction + ", " : std::string()) + "c.rowid " +
         direction + " LIMIT ?8 OFFSET ?9";
}

constexpr std::size_t kFilters = 4;
constexpr std::size_t kOrders = 4;

struct Statements {
  std::array<std::array<std::string, kOrders>, kFilters> select;
  std::array<std::string, kFilters> count;
};

Statements build() {
  Statements all;
  for (std::size_t filter = 0; filter < kFilters; ++filter) {
    const std::string condition = where((filter & 1) != 0, (filter & 2) != 0);
    all.count[filter] = "SELECT count(*) FROM connection AS c" + condition;
    for (std::size_t o = 0; o < kOrders; ++o) {
      all.select[filter][o] = connection_row::select((condition + order((o & 1) != 0, (o & 2) != 0)).c_str());
    }
  }
  return all;
}

const Statements kStatements = build();

std::vector<std::string> user_refs(const Transaction& tx, const Query& query) {
  std::vector<std::string> refs;
  for (const UserId& user : query.users) refs.push_back(tx.keys().blind_index("user", user.str()));
  return refs;
}

std::vector<std::string> status_names(const Query& query) {
  std::vector<std::string> names;
  for (const ConnectionStatus status : query.statuses) names.emplace_back(to_string(status));
  return names;
}

void bind_filters(SqlQuery& sql, const Transaction& tx, const Query& query,
                  const std::optional<std::int64_t>& is_shared) {
  sql.optional_text(json_list(user_refs(tx, query))).optional_text(json_list_of_ids(query.ids));
  sql.optional_text(json_list(query.toolkits)).optional_text(json_list_of_ids(query.auth_configs));
  sql.optional_text(json_list(status_names(query)));
  sql.number(query.once_connected ? 1 : 0).number(is_shared);
}

std::size_t filter_of(const Query& query) {
  return (query.users.empty() ? 0U : 1U) + (query.ids.empty() ? 0U : 2U);
}

std::size_t order_of(const Query& query) {
  return (query.order_by_updated ? 1U : 0U) + (query.ascending ? 2U : 0U);
}

Page<Connection> page_of(Transaction& tx, const Query& query, const std::optional<std::int64_t>& is_shared) {
  Page<Connection> page;
  SqlQuery count(tx, kStatements.count[filter_of(query)]);
  bind_filters(count, tx, query, is_shared);
  count.step();
  page.total = count.number();

  SqlQuery rows(tx, kStatements.select[filter_of(query)][order_of(query)]);
  bind_filters(rows, tx, query, is_shared);
  rows.number(query.page.limit).number(query.page.offset);
  while (rows.step()) {
    unless_tampered(tx, [&] { page.items.push_back(connection_row::read(rows, tx.keys()).value); });
  }
  return page;
}

}  // namespace

Page<Connection> run(Transaction& tx, const Query& query) {
  return page_of(tx, query, std::nullopt);
}

}  // namespace coffer::connection_list

namespace coffer::shared_account_store {

Page<Connection> list(Transaction& tx, const connection_store::Query& query, AccountType type) {
  return connection_list::page_of(tx, query, type == AccountType::Shared ? 1 : 0);
}

}  // namespace coffer::shared_account_store
