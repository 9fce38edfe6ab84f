#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "vault/model/auth_config.h"
#include "vault/model/connection.h"
#include "vault/store/database.h"

namespace coffer::api::v3 {

// Throws NotFound: the same words for an account of nobody and one of somebody else.
Connection account_or_not_found(Transaction& tx, const ConnectionId& id);

// Views of many accounts: each auth config is read once.
class AccountViews {
 public:
  explicit AccountViews(Transaction& tx) : tx_(tx) {}
  nlohmann::json view(const Connection& connection);

 private:
  Transaction& tx_;
  std::map<AuthConfigId, std::optional<AuthConfig>> auth_configs_;
};

}  // namespace coffer::api::v3
