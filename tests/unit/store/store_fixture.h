#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/support/temp_vault.h"
#include "vault/base/error.h"

namespace coffer::testing {

// A vault whose file a test can edit behind its back.
struct StoreFixture {
  TestEnv env;
  TempVault vault{env};

  // What somebody without the key can do: one statement that changes one row, while the vault is
  // closed.
  void edit(const std::string& sql);
  // Any statements.
  void run(const std::string& sql);
  // The first column of the first row, as the file has it.
  std::string ask(const std::string& sql);
  // All bytes of the vault's files, after a checkpoint.
  std::string bytes();

  bool check_names(const std::string& what);
};

// The key that every test vault opens with.
inline KeySource first_key() {
  return RawKey{test_key()};
}
// Of so few passes that a test may make many.
inline KeySource passphrase(const std::string& text) {
  return Passphrase{Secret(text), {1, 8192, true}};
}

std::string file_bytes(const std::filesystem::path& path);

// The code of the Error that `call` throws; nullopt if it throws none.
template <class Call>
std::optional<ErrorCode> code_of(Call&& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.code();
  }
  return std::nullopt;
}

// Texts that must come back as they went in, and mean nothing to SQL, JSON or the log.
inline std::vector<std::string> hostile_texts() {
  return {"",
          "'; DROP TABLE connection; --",
          "%",
          "_",
          "\"",
          "\n",
          std::string("a\0b", 3),
          "\xff\xfe\xc0\xaf",
          "\xf0\x9f\x94\x91",
          std::string(100'000, 'x')};
}

}  // namespace coffer::testing
