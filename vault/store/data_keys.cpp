#include "vault/store/data_keys.h"

#include <limits>
#include <utility>

#include "vault/base/error.h"
#include "vault/store/sql_query.h"

namespace coffer::data_keys {
namespace {

std::uint32_t next_id(WriteTransaction& tx) {
  SqlQuery row(tx, "SELECT coalesce(max(id), 0) FROM data_key");
  row.step();
  const std::int64_t newest = row.number();
  if (newest < 0 || newest >= std::numeric_limits<std::uint32_t>::max()) {
    throw Error(ErrorCode::Internal, "data key numbers are used up");
  }
  return static_cast<std::uint32_t>(newest) + 1;
}

}  // namespace

std::string user(std::string_view user_ref) {
  return "user:" + std::string(user_ref);
}

std::string auth_config(const AuthConfigId& id) {
  return "auth_config:" + id.str();
}

DataKey insert(WriteTransaction& tx, std::string_view owner, KeyBytes key) {
  DataKey made{next_id(tx), std::move(key)};
  SqlQuery(tx, "INSERT INTO data_key (id, owner, wrapped) VALUES (?, ?, ?)")
      .number(made.id)
      .text(owner)
      .blob(tx.keys().wrap(made.key, made.id, owner, tx.random()))
      .run();
  return made;
}

DataKey get_or_make(WriteTransaction& tx, std::string_view owner) {
  SqlQuery row(tx, "SELECT id, wrapped FROM data_key WHERE owner = ?");
  if (!row.text(owner).step()) return insert(tx, owner, random_key(tx.random()));
  const std::int64_t id = row.number();
  return from_row(tx.keys(), id, row.blob(), owner);
}

DataKey from_row(const Keyring& keys, std::int64_t id, Bytes wrapped, std::string_view owner) {
  const auto number = static_cast<std::uint32_t>(id);
  return {number, keys.unwrap(wrapped, number, owner)};
}

void destroy(WriteTransaction& tx, std::string_view owner) {
  SqlQuery(tx, "DELETE FROM data_key WHERE owner = ?").text(owner).run();
}

}  // namespace coffer::data_keys
