#pragma once

#include <string>
#include <vector>

#include "vault/base/id.h"

namespace coffer {

// Who may act through a SHARED account besides the user who made it.
struct SharedAccess {
  bool allow_all_users = false;
  std::vector<std::string> allowed_user_ids;
  std::vector<std::string> not_allowed_user_ids;

  // The creator always; of all others a denial wins over everything, and nobody is let in by silence.
  bool permits(const UserId& user, const UserId& creator) const;
};

}  // namespace coffer
