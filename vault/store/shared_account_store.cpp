#include "vault/store/shared_account_store.h"

#include <nlohmann/json.hpp>

#include "vault/base/json.h"
#include "vault/store/document_store.h"

namespace coffer::shared_account_store {
namespace {

constexpr std::string_view kKind = "shared_account";

}  // namespace

void put(WriteTransaction& tx, const ConnectionId& id, const SharedAccess& access, Timestamp now) {
  const Json text = {{"allow_all_users", access.allow_all_users},
                     {"allowed_user_ids", access.allowed_user_ids},
                     {"not_allowed_user_ids", access.not_allowed_user_ids}};
  document_store::put(tx, {std::string(kKind), id.str(), dump_json(text), now, now});
}

void remove(WriteTransaction& tx, const ConnectionId& id) {
  document_store::remove(tx, kKind, id.str());
}

std::optional<SharedAccess> find(Transaction& tx, const ConnectionId& id) {
  const auto document = document_store::find(tx, kKind, id.str());
  if (!document) return std::nullopt;
  const Json text = parse_json(document->text, "stored list of users");
  return SharedAccess{text.at("allow_all_users"), text.at("allowed_user_ids"),
                      text.at("not_allowed_user_ids")};
}

bool may_use(Transaction& tx, const Connection& connection, const UserId& user) {
  const auto access = find(tx, connection.id);
  return access ? access->permits(user, connection.user) : user == connection.user;
}

}  // namespace coffer::shared_account_store
