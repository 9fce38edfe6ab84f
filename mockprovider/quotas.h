#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "vault/base/clock.h"

namespace coffer::mock {

// So many requests an account may make to a toolkit within a window of the tenant's clock.
struct Quota {
  std::string toolkit;
  std::string account;  // empty: each account
  int limit = 1;
  Duration window = std::chrono::minutes(1);
};

// One thread at a time.
class Quotas {
 public:
  void set(Quota quota);  // replaces one of the same toolkit and account
  const std::vector<Quota>& all() const { return limits_; }
  void clear();

  // Counts one request. A value: it is one too many, and how long until the next will do.
  std::optional<Duration> take(const std::string& toolkit, const std::string& account, Timestamp now);

 private:
  friend class SnapshotFields;
  struct Use {
    Timestamp begins_at;
    int count = 0;
  };
  const Quota* find(const std::string& toolkit, const std::string& account) const;

  std::vector<Quota> limits_;
  std::map<std::pair<std::string, std::string>, Use> uses_;  // by toolkit and account
};

}  // namespace coffer::mock
