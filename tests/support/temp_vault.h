#pragma once

#include <memory>
#include <utility>

#include "tests/support/test_env.h"
#include "vault/store/connection_store.h"
#include "vault/store/database.h"

namespace coffer::testing {

// A new vault in a private directory, opened with test_key(). Goes with the object.
class TempVault {
 public:
  explicit TempVault(TestEnv& env) : env_(env) { open(); }

  Database& database() { return *database_; }
  Database* operator->() { return database_.get(); }
  const std::filesystem::path& directory() const { return dir_.path(); }
  std::filesystem::path path() const { return dir_.path() / "vault.db"; }

  // Ends the process's hold on the files, as a stop of the daemon does.
  void close() { database_.reset(); }
  void open() { database_ = Database::open({path(), RawKey{test_key()}, true}, env_.random, *env_.log); }
  void reopen() {
    close();
    open();
  }

  // Runs `body(tx)` in a write transaction and commits it.
  template <class Body>
  auto write(Body&& body) {
    const auto tx = database_->write();
    if constexpr (std::is_void_v<decltype(body(*tx))>) {
      body(*tx);
      tx->commit();
    } else {
      auto result = body(*tx);
      tx->commit();
      return result;
    }
  }

  template <class Body>
  auto read(Body&& body) {
    const auto tx = database_->read();
    return body(*tx);
  }

 private:
  TestEnv& env_;
  TempDir dir_;
  std::unique_ptr<Database> database_;
};

// An ACTIVE-to-be OAuth account; change what the test is about.
inline Connection make_connection(std::string id = "ca_1", std::string user = "alice",
                                  std::string toolkit = "gmail") {
  Connection connection;
  connection.id = ConnectionId(std::move(id));
  connection.user = UserId(std::move(user));
  connection.auth_config = AuthConfigId("ac_" + toolkit);
  connection.toolkit = std::move(toolkit);
  connection.scheme = AuthScheme::OAuth2;
  connection.status = ConnectionStatus::Initiated;
  connection.scopes = {"mail.read", "mail.send"};
  connection.created_at = connection.updated_at = from_ms(kStartMs);
  return connection;
}

inline TokenSet make_tokens(std::string_view name = "1") {
  TokenSet tokens;
  tokens.access_token = Secret("access-token-" + std::string(name));
  tokens.refresh_token = Secret("refresh-token-" + std::string(name));
  tokens.expires_at = from_ms(kStartMs) + std::chrono::hours(1);
  tokens.scopes = {"mail.read"};
  return tokens;
}

}  // namespace coffer::testing
