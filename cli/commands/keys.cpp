#include <charconv>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.h"
#include "cli/commands/output.h"
#include "cli/commands/private_file.h"
#include "cli/commands/vault_access.h"
#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/base/log.h"
#include "vault/base/random.h"
#include "vault/store/key_rotation.h"
#include "vault/store/key_slots.h"

namespace coffer::cli {
namespace {

struct KeysOptions {
  std::string verb;
  std::string value;
  bool json = false;
};

void list_slots(const Globals& globals, bool as_json) {
  Json array = Json::array();
  Table table({"SLOT", "KIND", "THIS KEY'S"});
  for (const header::SlotEntry& slot : key_slots::list(vault_location(globals))) {
    table.add({std::to_string(slot.number), std::string(to_string(slot.kind)), slot.is_opened ? "yes" : ""});
    array.push_back({{"slot", slot.number}, {"kind", to_string(slot.kind)}, {"opened", slot.is_opened}});
  }
  if (as_json) {
    print_json(array);
  } else {
    table.print();
  }
}

void add(const Globals& globals, KeySource added) {
  SystemRandom random;
  const std::int64_t number = key_slots::add(vault_location(globals), std::move(added), random);
  print_line("slot " + std::to_string(number) + " opens the vault");
}

void remove_slot(const Globals& globals, const std::string& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw Error(ErrorCode::InvalidArgument, "\"" + text + "\" is not the number of a slot",
                "`coffer keys` lists them");
  }
  key_slots::remove(vault_location(globals), number);
  print_line("slot " + text + " is gone");
}

void rotate(const Globals& globals, bool as_json) {
  SystemRandom random;
  const key_rotation::Rotated rotated = key_rotation::rotate(vault_location(globals), random, null_log());
  if (as_json) {
    print_json(
        {{"root_epoch", rotated.root_epoch}, {"data_keys", rotated.data_keys}, {"rows", rotated.rows}});
  } else {
    print_line("the root key and " + std::to_string(rotated.data_keys) + " data keys are new, " +
               std::to_string(rotated.rows) + " rows sealed and authenticated by them");
  }
}

int run(const Globals& globals, const KeysOptions& options) {
  if (options.verb.empty()) {
    list_slots(globals, options.json);
  } else if (options.verb == "add-file") {
    add(globals, KeyFile{options.value});
  } else if (options.verb == "add-passphrase") {
    add(globals, Passphrase{read_private_file(options.value), {}});
  } else if (options.verb == "remove") {
    remove_slot(globals, options.value);
  } else if (options.verb == "rotate") {
    rotate(globals, options.json);
  } else {
    throw Error(ErrorCode::InvalidArgument, "keys cannot \"" + options.verb + "\"",
                "use add-file FILE, add-passphrase FILE, remove SLOT or rotate");
  }
  return exit_code::kOk;
}

}  // namespace

Command keys_command(const Globals& globals) {
  auto options = std::make_shared<KeysOptions>();
  return {
      "keys",
      "List, add or remove the keys that open the vault, or renew those inside; works without a daemon",
      {{"verb", "add-file FILE, add-passphrase FILE, remove SLOT or rotate", &options->verb, "VERB"},
       {"value", "What the verb takes; - reads a passphrase from standard input", &options->value, "VALUE"},
       {"--json", "Print the slots as a JSON array, or what rotate did", &options->json}},
      [&globals, options] { return run(globals, *options); }};
}

}  // namespace coffer::cli
