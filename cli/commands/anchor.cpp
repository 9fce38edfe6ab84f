#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.h"
#include "cli/commands/output.h"
#include "cli/commands/paths.h"
#include "cli/commands/vault_access.h"
#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/base/log.h"
#include "vault/base/random.h"
#include "vault/store/anchor.h"

namespace coffer::cli {
namespace {

struct AnchorOptions {
  std::string verb;
  std::string directory;
  bool json = false;
};

void show(const Globals& globals, bool as_json) {
  const anchors::State state = opening([&] { return anchors::look(vault_location(globals), null_log()); });
  if (as_json) {
    print_json({{"file", state.file.string()}, {"exists", state.was_seen}});
  } else if (state.file.empty()) {
    print_line("the vault has no anchor");
  } else {
    print_line(state.file.string() + (state.was_seen ? "" : " (missing)"));
  }
}

void set(const Globals& globals, const std::string& directory) {
  SystemRandom random;
  const std::filesystem::path path =
      directory.empty() ? default_anchor_directory() : std::filesystem::path(directory);
  anchors::set(vault_location(globals), path, SystemClock().now(), random, null_log());
  print_line("what is seen of the vault is remembered in " + path.string());
}

void remove(const Globals& globals) {
  SystemRandom random;
  anchors::remove(vault_location(globals), SystemClock().now(), random, null_log());
  print_line("the vault has no anchor");
}

void accept(const Globals& globals) {
  SystemRandom random;
  anchors::accept(vault_location(globals), random, null_log());
  print_line(
      "the vault is taken as it is; refresh tokens that were used up since will be refused, and their "
      "accounts expire");
}

int run(const Globals& globals, const AnchorOptions& options) {
  if (options.verb.empty()) {
    show(globals, options.json);
  } else if (options.verb == "set") {
    set(globals, options.directory);
  } else if (options.verb == "remove") {
    remove(globals);
  } else if (options.verb == "accept") {
    accept(globals);
  } else {
    throw Error(ErrorCode::InvalidArgument, "anchor cannot \"" + options.verb + "\"",
                "use set DIRECTORY, remove or accept");
  }
  return exit_code::kOk;
}

}  // namespace

Command anchor_command(const Globals& globals) {
  auto options = std::make_shared<AnchorOptions>();
  return {"anchor",
          "Say where it is remembered how new the vault is, or accept an older one; works without a daemon",
          {{"verb", "set DIRECTORY, remove or accept", &options->verb, "VERB"},
           {"value", "The directory, outside of the vault's own", &options->directory, "VALUE"},
           {"--json", "Print where it is as JSON", &options->json}},
          [&globals, options] { return run(globals, *options); }};
}

}  // namespace coffer::cli
