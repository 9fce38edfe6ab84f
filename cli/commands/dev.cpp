#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.h"
#include "cli/commands/daemon.h"
#include "cli/commands/output.h"
#include "cli/commands/private_file.h"
#include "cli/commands/process.h"
#include "cli/commands/runtime_file.h"
#include "cli/commands/values.h"
#include "cli/commands/vault_access.h"
#include "mockprovider/provider.h"
#include "vault/base/json.h"
#include "vault/engine/engine.h"
#include "vault/engine/time_travel.h"
#include "vault/server.h"

namespace coffer::cli {
namespace {

namespace fs = std::filesystem;

struct DevOptions {
  int port = 9900;
  int mock_port = 0;
  bool print_json = false;
  std::string state_dir;
  StopChoice stop;
  LogChoice log;
};

// Where the vault of this run lives: a new directory that goes with the process, or one that the
// caller named and keeps.
class StateDirectory {
 public:
  explicit StateDirectory(const std::string& chosen) : is_temporary_(chosen.empty()) {
    is_temporary_ ? make_temporary() : adopt(chosen);
  }
  ~StateDirectory() {
    std::error_code ignored;
    if (is_temporary_) fs::remove_all(path_, ignored);
  }
  StateDirectory(const StateDirectory&) = delete;
  StateDirectory& operator=(const StateDirectory&) = delete;

  fs::path vault() const { return path_ / "vault.db"; }

 private:
  void make_temporary() {
    std::string name = (fs::temp_directory_path() / "coffer-dev-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw Error(ErrorCode::Storage, "cannot make \"" + name + "\"");
    path_ = name;
  }
  void adopt(const std::string& chosen) {
    path_ = fs::absolute(chosen);
    make_private_directory(path_);
    if (fs::exists(vault())) {
      throw Error(ErrorCode::Conflict, "there is a vault in \"" + chosen + "\" already",
                  "the key of a dev vault ends with its process: choose an empty directory");
    }
  }

  bool is_temporary_;
  fs::path path_;
};

std::map<std::string, ClientCredentials> mock_clients(const mock::MockProvider& mock,
                                                      const Catalog& catalog) {
  std::map<std::string, ClientCredentials> clients;
  for (const Toolkit& toolkit : catalog.toolkits()) {
    const AuthMode* oauth = toolkit.find_auth(AuthScheme::OAuth2);
    if (oauth == nullptr) continue;
    mock::MockClient client = mock.managed_client(oauth->provider);
    clients.emplace(toolkit.slug, ClientCredentials{client.client_id, Secret::consume(client.client_secret)});
  }
  return clients;
}

// A program that lists auth configs before it links finds them as in an account that was in use.
void seed_managed_auth_configs(Engine& engine) {
  for (const Toolkit& toolkit : engine.catalog().toolkits()) {
    if (engine.has_managed_auth(toolkit)) engine.managed_auth_config(toolkit.slug);
  }
}

CatalogOptions catalog_options(const Globals& globals) {
  return {toolkit_directories(globals), {}};
}

// The daemon, its mock provider and the one clock that both live by.
struct DevDaemon {
  DevDaemon(const Globals& globals, const DevOptions& options)
      : log(make_log(options.log)),
        clock(make_movable_clock()),
        catalog(Catalog::load(catalog_options(globals))),
        state(options.state_dir),
        mock({.port = options.mock_port,
              .clock = clock.get(),
              .travel = [this](Timestamp target) { travel_to(vault.engine(), *clock, target); },
              .catalog = &catalog,
              .log = log.get()}),
        vault(vault_options(globals)),
        server(vault, server_options(options)),
        api_key(vault.create_api_key("dev", {"api", "tokens"})) {
    seed_managed_auth_configs(vault.engine());
    mock.start();
    server.start();
  }
  ~DevDaemon() { stop(); }

  void stop() {
    server.stop();
    mock.stop();
  }

  VaultOptions vault_options(const Globals& globals) {
    VaultOptions options;
    options.path = state.vault();
    options.key = RawKey{random_key(random)};
    options.is_temporary = true;
    options.toolkit_directories = catalog_options(globals).directories;
    options.mock_url = mock.url();
    options.managed_clients = mock_clients(mock, catalog);
    options.clock = clock.get();
    options.log = log.get();
    return options;
  }

  ServerOptions server_options(const DevOptions& options) {
    ServerOptions server_options;
    server_options.port = options.port;
    server_options.stop_timeout = stop_timeout(options.stop);
    server_options.movable_clock = clock.get();
    server_options.revoke_grant = [this](const Secret& token) { return mock.revoke_grant_of(token); };
    return server_options;
  }

  SystemRandom random;
  std::unique_ptr<Log> log;
  std::unique_ptr<MovableClock> clock;
  Catalog catalog;
  StateDirectory state;
  mock::MockProvider mock;
  Vault vault;
  Server server;
  Secret api_key;
};

void print_ready_json(const DevDaemon& daemon) {
  Json ready = {{"url", daemon.server.url()},
                {"api_key", daemon.api_key.expose()},
                {"mock_url", daemon.mock.url()},
                {"mcp_url", daemon.server.url() + "/mcp"},
                {"pid", ::getpid()}};
  print_json(ready);
  wipe(ready);
}

void print_banner(const DevDaemon& daemon) {
  const std::string key(daemon.api_key.expose());
  print_line("coffer dev is ready. It is for development: all of it is lost when it ends.");
  print_line("  API   " + daemon.server.url() + "   key " + key);
  print_line("  mock  " + daemon.mock.url() + "   alice@example.com, bob@example.com, password \"password\"");
  print_line("  MCP   " + daemon.server.url() + "/mcp?user_id=USER   or `coffer mcp --user USER`");
  print_line("");
  print_line("export COMPOSIO_BASE_URL=" + daemon.server.url() + " COMPOSIO_API_KEY=" + key);
}

int run(const Globals& globals, const DevOptions& options) {
  check_port("--port", options.port);
  check_port("--mock-port", options.mock_port);
  require_descriptors();
  StopSignals signals;
  DevDaemon daemon(globals, options);
  warn_if_memory_is_not_locked();
  const RuntimeFile published(
      {daemon.server.url(), daemon.mock.url(), daemon.api_key.clone(), static_cast<int>(::getpid())});
  options.print_json ? print_ready_json(daemon) : print_banner(daemon);
  signals.wait();
  const Impatience impatience(signals);
  daemon.stop();
  return exit_code::kOk;
}

}  // namespace

Command dev_command(const Globals& globals) {
  auto options = std::make_shared<DevOptions>();
  Command command{
      "dev",
      "Run a temporary vault with its own mock provider, for development",
      {{"--port", "Port of the API; 0: any free one [9900]", &options->port, "PORT"},
       {"--mock-port", "Port of the mock provider; 0: any free one [0]", &options->mock_port, "PORT"},
       {"--print-json", "Say where everything is as one JSON line", &options->print_json},
       {"--state-dir", "Keep the vault's files in DIR instead of a temporary directory", &options->state_dir,
        "DIR"},
       stop_option(options->stop)},
      [&globals, options] { return run(globals, *options); }};
  for (Option& option : log_options(options->log)) command.options.push_back(std::move(option));
  return command;
}

}  // namespace coffer::cli
