#include "mockprovider/accounts.h"

#include <algorithm>

#include "mockprovider/digest.h"

namespace coffer::mock {

Accounts::Accounts() {
  add({"alice@example.com", "Alice Example", "password"});
  add({"bob@example.com", "Bob Example", "password"});
}

void Accounts::add(Account account) {
  std::erase_if(accounts_, [&](const Account& other) { return other.email == account.email; });
  accounts_.push_back(std::move(account));
}

const Account* Accounts::find(std::string_view email) const {
  const auto found = std::find_if(accounts_.begin(), accounts_.end(), [&](const Account& account) {
    return equals_ignoring_case(account.email, email);
  });
  return found == accounts_.end() ? nullptr : &*found;
}

bool Accounts::set_locked(std::string_view email, bool is_locked) {
  for (auto& account : accounts_) {
    if (account.email != email) continue;
    account.is_locked = is_locked;
    return true;
  }
  return false;
}

std::string subject_of(std::string_view provider, std::string_view account) {
  const std::string text = "subject|" + std::string(provider) + "|" + std::string(account);
  return to_hex(as_bytes(sha256(text).substr(0, 10)));
}

std::string number_of(std::string_view account) {
  std::uint32_t number = 0;
  for (const char byte : sha256("number|" + std::string(account)).substr(0, 4)) {
    number = number << 8 | static_cast<unsigned char>(byte);
  }
  return std::to_string(10'000'000 + number % 90'000'000);
}

Fields Keys::credentials_of(const Toolkit& toolkit, std::string_view account) const {
  Fields all;
  for (const auto& mode : toolkit.auth) {
    for (auto& field : fields_of(toolkit, mode, account)) {
      if (!find_field(all, field.first)) all.push_back(std::move(field));
    }
  }
  return all;
}

Fields Keys::fields_of(const Toolkit& toolkit, const AuthMode& mode, std::string_view account) const {
  Fields fields;
  for (const auto& field : mode.fields) fields.emplace_back(field.name, value_of(toolkit, field, account));
  return fields;
}

std::string Keys::value_of(const Toolkit& toolkit, const ConnectionField& field,
                           std::string_view account) const {
  if (!field.is_secret) {
    const bool names_the_person = field.name == "username" || field.name == "email";
    return names_the_person ? std::string(account) : field.example;
  }
  const auto found = generations_.find({toolkit.slug, std::string(account)});
  const int generation = found == generations_.end() ? 0 : found->second;
  const std::string text = "key|" + std::to_string(seed_) + "|" + toolkit.slug + "|" + field.name + "|" +
                           std::string(account) + "|" + std::to_string(generation);
  return "mak_" + to_base64url(sha256(text));
}

void Keys::rotate(const std::string& toolkit, const std::string& account) {
  ++generations_[{toolkit, account}];
}

}  // namespace coffer::mock
