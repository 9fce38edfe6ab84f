#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "vault/base/encoding.h"
#include "vault/model/toolkit.h"

namespace coffer::mock {

// A person who can sign in at every mock provider.
struct Account {
  std::string email;
  std::string name;
  std::string password;
  bool is_locked = false;
};

class Accounts {
 public:
  Accounts();  // alice@example.com and bob@example.com, password "password"

  void add(Account account);  // replaces one of the same address
  const Account* find(std::string_view email) const;
  bool set_locked(std::string_view email, bool is_locked);
  const std::vector<Account>& all() const { return accounts_; }

 private:
  friend class SnapshotFields;
  std::vector<Account> accounts_;
};

// Stable for provider and account, and tells nothing of the address.
std::string subject_of(std::string_view provider, std::string_view account);
// Eight digits that are always the same for this account.
std::string number_of(std::string_view account);

// The keys that accounts hold at toolkits which take keys. They follow from the seed; rotating
// one makes the earlier ones worthless.
class Keys {
 public:
  explicit Keys(std::uint64_t seed) : seed_(seed) {}

  // Every field that the toolkit's key schemes ask for.
  Fields credentials_of(const Toolkit& toolkit, std::string_view account) const;
  // The same for one scheme.
  Fields fields_of(const Toolkit& toolkit, const AuthMode& mode, std::string_view account) const;
  void rotate(const std::string& toolkit, const std::string& account);

 private:
  std::string value_of(const Toolkit& toolkit, const ConnectionField& field, std::string_view account) const;

  friend class SnapshotFields;
  std::uint64_t seed_;
  std::map<std::pair<std::string, std::string>, int> generations_;  // by toolkit and account
};

}  // namespace coffer::mock
