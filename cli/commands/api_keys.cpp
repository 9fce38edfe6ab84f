#include <algorithm>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.h"
#include "cli/commands/output.h"
#include "cli/commands/private_file.h"
#include "cli/commands/vault_access.h"
#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/base/log.h"
#include "vault/base/random.h"
#include "vault/store/api_key_store.h"
#include "vault/store/audit_log.h"

namespace coffer::cli {
namespace {

namespace fs = std::filesystem;

struct ApiKeysOptions {
  std::string verb;
  std::string id;
  std::string name = "added";
  std::vector<std::string> scopes;
  std::string file;
  bool json = false;
};

struct OpenVault {
  explicit OpenVault(const Globals& globals)
      : database(opening([&] { return Database::open(vault_location(globals), random, null_log()); })) {}

  SystemRandom random;
  std::unique_ptr<Database> database;
};

void list_keys(const Globals& globals, bool as_json) {
  const OpenVault vault(globals);
  Json array = Json::array();
  Table table({"ID", "NAME", "SCOPES", "MADE", "FAULT"});
  for (const api_key_store::Listed& key : api_key_store::list(*vault.database->read())) {
    const std::string made = to_rfc3339(key.created_at);
    const std::string fault = key.is_authentic ? "" : "fails authentication";
    table.add({key.id, key.value.name, join(key.value.scopes, " "), made, fault});
    array.push_back({{"id", key.id},
                     {"name", key.value.name},
                     {"scopes", key.value.scopes},
                     {"created_at", made},
                     {"fault", fault}});
  }
  if (as_json) {
    print_json(array);
  } else {
    table.print();
  }
}

std::vector<std::string> scopes_of(const ApiKeysOptions& options) {
  std::vector<std::string> scopes = {"api"};
  for (const std::string& scope : options.scopes) {
    if (scope != "api" && scope != "tokens") {
      throw Error(ErrorCode::InvalidArgument, "\"" + scope + "\" is not a scope",
                  "use tokens, or none: every key has the scope api");
    }
    if (std::find(scopes.begin(), scopes.end(), scope) == scopes.end()) scopes.push_back(scope);
  }
  return scopes;
}

void note(WriteTransaction& tx, const std::string& action, const std::string& detail) {
  audit_log::append(tx, {0, SystemClock().now(), action, ConnectionId(), detail});
}

// The file first: a key that is stored and that nobody has seen would be of no use.
void commit_with_file(WriteTransaction& tx, const Secret& key, const fs::path& file) {
  create_private_file(file, std::string(key.expose()) + "\n");
  try {
    tx.commit();
  } catch (const Error&) {
    std::error_code ignored;
    fs::remove(file, ignored);
    throw;
  }
}

void add(const Globals& globals, const ApiKeysOptions& options) {
  const std::vector<std::string> scopes = scopes_of(options);
  OpenVault vault(globals);
  const Secret key = random_secret(vault.random, "cfr_");
  const auto tx = vault.database->write();
  api_key_store::insert(*tx, key, {options.name, scopes}, SystemClock().now());
  note(*tx, "api_key_added", options.name + ": " + join(scopes, " "));
  const fs::path file = options.file.empty() ? fs::path() : fs::absolute(options.file);
  file.empty() ? tx->commit() : commit_with_file(*tx, key, file);
  if (options.json) {
    Json line = {{"name", options.name}, {"scopes", scopes}};
    file.empty() ? line["api_key"] = key.expose() : line["api_key_file"] = file.string();
    print_json(line);
    wipe(line);
  } else if (file.empty()) {
    print_exact(std::string(key.expose()));
  } else {
    print_line("API key  in " + file.string());
  }
}

void remove_key(const Globals& globals, const std::string& id) {
  const OpenVault vault(globals);
  const auto tx = vault.database->write();
  if (!api_key_store::remove(*tx, id)) {
    throw Error(ErrorCode::NotFound, "there is no API key \"" + id + "\"", "`coffer api-keys` lists them");
  }
  note(*tx, "api_key_removed", id);
  tx->commit();
  print_line("API key " + id + " opens nothing any more");
}

int run(const Globals& globals, const ApiKeysOptions& options) {
  if (options.verb.empty()) {
    list_keys(globals, options.json);
  } else if (options.verb == "add") {
    add(globals, options);
  } else if (options.verb == "remove") {
    remove_key(globals, options.id);
  } else {
    throw Error(ErrorCode::InvalidArgument, "api-keys cannot \"" + options.verb + "\"",
                "use add or remove ID");
  }
  return exit_code::kOk;
}

}  // namespace

Command api_keys_command(const Globals& globals) {
  auto options = std::make_shared<ApiKeysOptions>();
  return {"api-keys",
          "List, add or remove the API keys that callers present; while no daemon runs",
          {{"verb", "add or remove ID", &options->verb, "VERB"},
           {"id", "The key to remove", &options->id, "ID"},
           {"--name", "What the list calls the new key [added]", &options->name, "NAME"},
           {"--scope", "tokens: the new key may read raw credentials; may be repeated", &options->scopes,
            "SCOPE"},
           {"--file", "Write the new key there, mode 0600, in place of printing it", &options->file, "FILE"},
           {"--json", "Print the list as a JSON array, or the new key as an object", &options->json}},
          [&globals, options] { return run(globals, *options); }};
}

}  // namespace coffer::cli
