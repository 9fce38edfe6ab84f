#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "cli/commands/command.h"
#include "vault/base/error.h"
#include "vault/model/auth_config.h"
#include "vault/model/key_source.h"
#include "vault/store/database.h"

namespace coffer::cli {

// Absolute.
std::filesystem::path vault_file(const Globals& globals);

// --key-file; --passphrase-file; systemd's credential "master-key"; the default key file.
KeySource key_source(const Globals& globals);

// Of --toolkit-dir. Throws NotFound for one that is not there.
std::vector<std::filesystem::path> toolkit_directories(const Globals& globals);

// Of the vault that is there already, with the key above.
VaultLocation vault_location(const Globals& globals);

// What `open` returns. An anchor that speaks against the vault keeps it closed as a damaged header does, and
// says so by the same exit code.
template <class Open>
auto opening(Open open) {
  try {
    return open();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::WrongState) throw;
    throw Error(ErrorCode::CorruptHeader, error.what(), error.hint());
  }
}

// OAuth clients of managed auth: {"<toolkit>": {"client_id": "..", "client_secret": ".."}, ...}.
// Throws InvalidArgument that names what is wrong, never a value.
std::map<std::string, ClientCredentials> read_managed_clients(const std::filesystem::path& file);

}  // namespace coffer::cli
