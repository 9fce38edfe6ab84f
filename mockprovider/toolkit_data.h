#pragma once

#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>

#include "vault/base/clock.h"
#include "vault/model/toolkit.h"

namespace coffer::mock {

struct AccountData;

// The small worlds of all accounts at all toolkits. One thread at a time.
class ToolkitData {
 public:
  ToolkitData();
  ~ToolkitData();

  // The account's own copy of the toolkit's seed, made when first asked for. `values`: what the
  // seed's templates see.
  AccountData& of(const Toolkit& toolkit, const std::string& account, const nlohmann::json& values,
                  Timestamp now);

 private:
  friend class SnapshotFields;
  std::map<std::pair<std::string, std::string>, std::unique_ptr<AccountData>>
      accounts_;  // by toolkit and account
};

}  // namespace coffer::mock
