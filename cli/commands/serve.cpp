#include <unistd.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.h"
#include "cli/commands/daemon.h"
#include "cli/commands/output.h"
#include "cli/commands/process.h"
#include "cli/commands/runtime_file.h"
#include "cli/commands/values.h"
#include "cli/commands/vault_access.h"
#include "vault/base/encoding.h"
#include "vault/base/json.h"
#include "vault/server.h"

namespace coffer::cli {
namespace {

struct ServeOptions {
  std::string host = "127.0.0.1";
  int port = 9900;
  std::string public_url;
  std::string managed_clients;
  std::string mock_url;
  bool bind_any = false;
  bool test_controls = false;
  bool print_json = false;
  StopChoice stop;
  LogChoice log;
};

void check(const ServeOptions& options) {
  check_port("--port", options.port);
  const bool is_loopback = is_loopback_host(options.host);
  if (!is_loopback && !options.bind_any) {
    throw Error(ErrorCode::InvalidArgument, "\"" + options.host + "\" is not a loopback address",
                "put a TLS proxy in front and name it with --public-url; or insist with --bind-any");
  }
  if (!is_loopback && options.test_controls) {
    throw Error(ErrorCode::InvalidArgument, "test controls are for loopback addresses only",
                "leave out --host or --test-controls");
  }
  if (!options.mock_url.empty() && !is_loopback_host(host_of(options.mock_url).value_or(""))) {
    throw Error(ErrorCode::InvalidArgument, "--mock-url is not a loopback URL",
                "write the URL that `coffer mock` prints");
  }
}

std::filesystem::path existing_vault(const Globals& globals) {
  std::filesystem::path path = vault_file(globals);
  if (!std::filesystem::exists(path)) {
    throw Error(ErrorCode::NotFound, "there is no vault at \"" + path.string() + "\"",
                "run `coffer init` first");
  }
  return path;
}

VaultOptions vault_options(const Globals& globals, const ServeOptions& options) {
  VaultOptions vault;
  vault.path = existing_vault(globals);
  vault.key = key_source(globals);
  vault.create_if_missing = false;
  vault.toolkit_directories = toolkit_directories(globals);
  vault.mock_url = options.mock_url;
  if (!options.managed_clients.empty()) vault.managed_clients = read_managed_clients(options.managed_clients);
  return vault;
}

void say_ready(const ServeOptions& options, const Server& server) {
  if (options.print_json) {
    print_json({{"url", server.url()}, {"pid", ::getpid()}});
  } else {
    print_line("coffer serves " + server.url());
  }
}

int run(const Globals& globals, const ServeOptions& options) {
  check(options);
  const std::string public_url =
      options.public_url.empty() ? "" : read_public_url("--public-url", options.public_url);
  require_descriptors();
  StopSignals signals;
  const std::unique_ptr<Log> log = make_log(options.log);
  const std::unique_ptr<MovableClock> clock = options.test_controls ? make_movable_clock() : nullptr;
  VaultOptions settings = vault_options(globals, options);
  settings.log = log.get();
  settings.clock = clock.get();
  Vault vault = opening([&] { return Vault(std::move(settings)); });
  Server server(vault, {.host = options.host,
                        .port = options.port,
                        .public_url = public_url,
                        .stop_timeout = stop_timeout(options.stop),
                        .movable_clock = clock.get()});
  server.start();
  warn_if_memory_is_not_locked();
  if (!is_loopback_host(options.host)) {
    print_warning("the API is open to the network, without TLS: " + server.url());
  }
  const RuntimeFile published({server.url(), {}, {}, static_cast<int>(::getpid())});
  say_ready(options, server);
  signals.wait();
  const Impatience impatience(signals);
  server.stop();
  return exit_code::kOk;
}

}  // namespace

Command serve_command(const Globals& globals) {
  auto options = std::make_shared<ServeOptions>();
  Command command{
      "serve",
      "Run the daemon on the vault that `coffer init` made",
      {{"--host", "Address to listen on [127.0.0.1]", &options->host, "ADDRESS"},
       {"--port", "Port to listen on; 0: any free one [9900]", &options->port, "PORT"},
       {"--bind-any", "Allow an address that other machines reach", &options->bind_any},
       {"--public-url", "How browsers reach the daemon, behind a TLS proxy", &options->public_url, "URL"},
       {"--managed-clients", "JSON file of OAuth clients by toolkit, mode 0600", &options->managed_clients,
        "FILE"},
       {"--mock-url", "Use this mock provider in place of all services", &options->mock_url, "URL"},
       {"--test-controls", "Let callers move the clock and trigger events", &options->test_controls},
       {"--print-json", "Say where the daemon is as one JSON line", &options->print_json},
       stop_option(options->stop)},
      [&globals, options] { return run(globals, *options); }};
  for (Option& option : log_options(options->log)) command.options.push_back(std::move(option));
  return command;
}

}  // namespace coffer::cli
