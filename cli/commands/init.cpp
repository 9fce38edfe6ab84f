#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.h"
#include "cli/commands/output.h"
#include "cli/commands/paths.h"
#include "cli/commands/private_file.h"
#include "cli/commands/vault_access.h"
#include "vault/base/json.h"
#include "vault/store/anchor.h"
#include "vault/store/vault_files.h"
#include "vault/vault.h"

namespace coffer::cli {
namespace {

namespace fs = std::filesystem;

struct InitOptions {
  bool allow_tokens = false;
  bool json = false;
};

fs::path api_key_file(const Globals& globals) {
  return globals.api_key_file.empty() ? default_api_key_file() : fs::absolute(globals.api_key_file);
}

void refuse_existing(const fs::path& path, const std::string& what) {
  if (!fs::exists(fs::symlink_status(path))) return;  // a link that leads nowhere is in the way too
  throw Error(ErrorCode::Conflict, "there is " + what + " at \"" + path.string() + "\" already",
              "nothing was changed; move it away first if you mean to start anew");
}

bool is_missing_or_empty(const fs::path& path) {
  std::error_code error;
  return !fs::exists(path, error) || (fs::is_regular_file(path, error) && fs::file_size(path, error) == 0);
}

void refuse_half_made(const fs::path& vault, const fs::path& api_key) {
  if (!fs::exists(vault) || !is_missing_or_empty(api_key)) return;
  if (is_missing_or_empty(vault)) {
    throw Error(ErrorCode::Conflict, "there is an empty file at \"" + vault.string() + "\"",
                "an earlier `coffer init` was cut short: remove the file and run it again");
  }
  throw Error(ErrorCode::Conflict, "there is a vault at \"" + vault.string() + "\" already",
              std::string("its API key is missing: run `") +
                  (fs::exists(api_key) ? "rm " + api_key.string() + " && " : "") +
                  "coffer api-keys add --file " + api_key.string() + "`");
}

// A key file that is there already is used: it may have been made elsewhere.
void make_key_file(const fs::path& path) {
  if (fs::exists(path)) {
    if (!is_missing_or_empty(path)) return;
    throw Error(ErrorCode::Conflict, "the key file \"" + path.string() + "\" is empty",
                "an earlier `coffer init` was cut short: remove the file and run it again");
  }
  SystemRandom random;
  const KeyBytes key = random_key(random);
  create_private_file(path, {reinterpret_cast<const char*>(key.data()), KeyBytes::kSize});
}

KeySource copy_of(const KeySource& key) {
  if (const auto* passphrase = std::get_if<Passphrase>(&key)) {
    return Passphrase{passphrase->text.clone(), passphrase->cost};
  }
  if (const auto* file = std::get_if<KeyFile>(&key)) return KeyFile{file->path};
  return std::get<SystemdCredential>(key);
}

void remove_vault(const fs::path& path) {
  for (const char* suffix : {"", "-wal", "-shm", "-journal", ".lock"}) {
    std::error_code ignored;
    fs::remove(path.string() + suffix, ignored);
  }
}

Secret make_vault(const fs::path& path, KeySource key, bool allow_tokens) {
  VaultOptions options;
  options.path = path;
  options.key = std::move(key);
  options.log = &null_log();
  Vault vault(std::move(options));
  std::vector<std::string> scopes = {"api"};
  if (allow_tokens) scopes.emplace_back("tokens");
  return vault.create_api_key("init", scopes);
}

// Made under another name, so that there is a whole vault in its place, or none, whenever this is cut short.
Secret make_in_place(const fs::path& path, KeySource key, bool allow_tokens) {
  const fs::path draft = path.string() + ".init";
  remove_vault(draft);  // of an attempt that was cut short
  try {
    Secret made = make_vault(draft, copy_of(key), allow_tokens);
    SystemRandom random;
    anchors::set({draft, std::move(key), false}, default_anchor_directory(), SystemClock().now(), random,
                 null_log());
    vault_files::finish_draft(draft, path);
    remove_vault(draft);  // its lock
    return made;
  } catch (const Error&) {
    remove_vault(draft);
    throw;
  }
}

// A failure leaves nothing that a second try would refuse.
void make_vault_and_api_key(const fs::path& vault, KeySource key, const fs::path& api_key,
                            bool allow_tokens) {
  const LockFile lock(vault_files::lock_path(vault));
  refuse_existing(vault, "a vault");  // made by another `coffer init` meanwhile
  try {
    const Secret made = make_in_place(vault, std::move(key), allow_tokens);
    create_private_file(api_key, std::string(made.expose()) + "\n");
  } catch (const Error&) {
    remove_vault(vault);
    throw;
  }
}

void report(const fs::path& vault, const std::string& key, const fs::path& api_key, bool as_json) {
  if (as_json) {
    print_json({{"vault", vault.string()}, {"key_file", key}, {"api_key_file", api_key.string()}});
    return;
  }
  print_line("vault    " + vault.string());
  print_line(key.empty() ? "key      your own: the passphrase or credential" : "key      " + key);
  print_line("API key  in " + api_key.string());
  print_line("");
  print_line("Keep a copy of the key away from this machine: without it nothing can be recovered.");
  print_line("Next: coffer serve");
}

int run(const Globals& globals, const InitOptions& options) {
  const fs::path vault = vault_file(globals);
  const fs::path api_key = api_key_file(globals);
  refuse_half_made(vault, api_key);
  refuse_existing(vault, "a vault");
  refuse_existing(api_key, "an API key");
  KeySource key = key_source(globals);
  const auto* file = std::get_if<KeyFile>(&key);
  const std::string key_path = file != nullptr ? file->path.string() : "";
  if (file != nullptr) make_key_file(file->path);
  make_private_directory(vault.parent_path());
  make_private_directory(api_key.parent_path());  // before there is a vault that a second try would refuse
  make_vault_and_api_key(vault, std::move(key), api_key, options.allow_tokens);
  report(vault, key_path, api_key, options.json);
  return exit_code::kOk;
}

}  // namespace

Command init_command(const Globals& globals) {
  auto options = std::make_shared<InitOptions>();
  return {
      "init",
      "Create a vault, its key file and an API key",
      {{"--allow-tokens", "Let the API key read raw credentials (`coffer token`)", &options->allow_tokens},
       {"--json", "Print the paths as JSON", &options->json}},
      [&globals, options] { return run(globals, *options); }};
}

}  // namespace coffer::cli
