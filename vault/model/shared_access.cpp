#include "vault/model/shared_access.h"

#include <algorithm>

namespace coffer {
namespace {

bool holds(const std::vector<std::string>& ids, const UserId& user) {
  return std::find(ids.begin(), ids.end(), user.str()) != ids.end();
}

}  // namespace

bool SharedAccess::permits(const UserId& user, const UserId& creator) const {
  if (user == creator) return true;
  if (holds(not_allowed_user_ids, user)) return false;
  return allow_all_users || holds(allowed_user_ids, user);
}

}  // namespace coffer
