#include "cli/commands/vault_access.h"

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "cli/commands/paths.h"
#include "cli/commands/private_file.h"
#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/base/text.h"

namespace coffer::cli {
namespace {

bool has_systemd_credential() {
  const char* directory = std::getenv("CREDENTIALS_DIRECTORY");
  return directory != nullptr &&
         std::filesystem::exists(std::filesystem::path(directory) / SystemdCredential{}.name);
}

ClientCredentials read_client(const std::filesystem::path& file, const std::string& toolkit, Json& client) {
  const auto id = client.is_object() ? client.find("client_id") : client.end();
  if (!client.is_object() || id == client.end() || !id->is_string()) {
    throw Error(ErrorCode::InvalidArgument, file.string() + ": \"" + toolkit + "\" has no client_id",
                R"(write {"gmail": {"client_id": "..", "client_secret": ".."}})");
  }
  return {id->get<std::string>(), take_secret(client, "client_secret")};
}

}  // namespace

std::filesystem::path vault_file(const Globals& globals) {
  return globals.vault.empty() ? default_vault_file() : std::filesystem::absolute(globals.vault);
}

KeySource key_source(const Globals& globals) {
  if (!globals.key_file.empty()) return KeyFile{std::filesystem::absolute(globals.key_file)};
  if (!globals.passphrase_file.empty()) return Passphrase{read_private_file(globals.passphrase_file), {}};
  if (has_systemd_credential()) return SystemdCredential{};
  return KeyFile{default_key_file()};
}

std::vector<std::filesystem::path> toolkit_directories(const Globals& globals) {
  for (const std::string& directory : globals.toolkit_dirs) {
    std::error_code unknown;
    if (std::filesystem::is_directory(directory, unknown)) continue;
    throw Error(ErrorCode::NotFound, "toolkit directory " + in_quotes(directory) + " does not exist",
                "name a directory with --toolkit-dir that holds toolkits/ or providers/");
  }
  return {globals.toolkit_dirs.begin(), globals.toolkit_dirs.end()};
}

VaultLocation vault_location(const Globals& globals) {
  return {vault_file(globals), key_source(globals), false};
}

std::map<std::string, ClientCredentials> read_managed_clients(const std::filesystem::path& file) {
  const Secret text = read_private_file(file);
  Json clients = parse_json(text.expose(), file.string());
  if (!clients.is_object()) throw Error(ErrorCode::InvalidArgument, file.string() + " is not a JSON object");
  std::map<std::string, ClientCredentials> result;
  for (auto& [toolkit, client] : clients.items()) result.emplace(toolkit, read_client(file, toolkit, client));
  wipe(clients);
  return result;
}

}  // namespace coffer::cli
