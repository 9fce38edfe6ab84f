#include "vault/api/v3/shared_input.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "vault/model/user_id.h"

namespace coffer::api::v3 {
namespace {

constexpr const char* kList = "acl_config_for_shared";
constexpr std::size_t kMostUsersOfList = 1000;

void read_users(const ObjectReader& list, const char* key, std::vector<std::string>& users) {
  if (!list.has(key)) return;
  if (!list.value(key).is_array()) list.fail(key, "is not a list of strings");
  users = list.texts(key);
  if (users.size() > kMostUsersOfList) list.fail(key, "has more than 1000 entries");
  const bool is_odd = std::any_of(users.begin(), users.end(),
                                  [](const std::string& user) { return fault_of_user_id(user).has_value(); });
  if (is_odd) list.fail(key, "holds what is no user id", kUserIdRule);
}

void read_list(const ObjectReader& list, SharedAccess& access) {
  for (const std::string& key : list.keys()) {
    if (key == "allow_all_users" || key == "allowed_user_ids" || key == "not_allowed_user_ids") continue;
    list.fail(key, "is not known", "use allow_all_users, allowed_user_ids and not_allowed_user_ids");
  }
  access.allow_all_users = list.boolean("allow_all_users").value_or(access.allow_all_users);
  read_users(list, "allowed_user_ids", access.allowed_user_ids);
  read_users(list, "not_allowed_user_ids", access.not_allowed_user_ids);
}

// The SDKs look for these words.
[[noreturn]] void fail_on_private(const ObjectReader& experimental) {
  experimental.fail(kList, "is refused: acl_config_for_shared is only valid on SHARED connected accounts",
                    "make the account with account_type SHARED");
}

bool asks_for_shared(const ObjectReader& experimental) {
  const std::string type = experimental.text("account_type");
  if (type == "SHARED") return true;
  if (!type.empty() && type != "PRIVATE") {
    experimental.fail("account_type", "is none of its values", "use PRIVATE or SHARED");
  }
  return false;
}

}  // namespace

std::optional<SharedAccess> read_shared_access(const ObjectReader& body) {
  const auto experimental = body.object("experimental");
  if (!experimental) return std::nullopt;
  const auto list = experimental->object(kList);
  if (!asks_for_shared(*experimental)) {
    if (list) fail_on_private(*experimental);
    return std::nullopt;
  }
  SharedAccess access;
  if (list) read_list(*list, access);
  return access;
}

std::optional<SharedAccess> change_shared_access(const ObjectReader& body,
                                                 const std::optional<SharedAccess>& known) {
  const auto experimental = body.object("experimental");
  if (!experimental) return std::nullopt;
  if (experimental->has("account_type") && asks_for_shared(*experimental) != known.has_value()) {
    experimental->fail("account_type", "cannot be changed", "it is chosen when the account is made");
  }
  const auto list = experimental->object(kList);
  if (!list) return std::nullopt;
  if (!known) fail_on_private(*experimental);
  SharedAccess access = *known;
  read_list(*list, access);
  return access;
}

}  // namespace coffer::api::v3
