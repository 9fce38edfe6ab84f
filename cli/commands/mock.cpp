#include "mockprovider/provider.h"

#include <unistd.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.h"
#include "cli/commands/daemon.h"
#include "cli/commands/output.h"
#include "cli/commands/private_file.h"
#include "cli/commands/process.h"
#include "cli/commands/values.h"
#include "cli/commands/vault_access.h"
#include "vault/base/json.h"

namespace coffer::cli {
namespace {

struct MockCommandOptions {
  int port = 0;
  std::string provider = "mockidp";
  std::string managed_clients;
  bool print_json = false;
  bool exit_with_stdin = false;
  LogChoice log;
};

const Provider& require_provider(const Catalog& catalog, const std::string& id) {
  const Provider* provider = catalog.find_provider(id);
  if (provider != nullptr) return *provider;
  throw Error(ErrorCode::NotFound, "there is no provider \"" + id + "\"", "fixtures/providers lists them");
}

// The file that `coffer serve --managed-clients` reads.
void write_managed_clients(const mock::MockProvider& mock, const Catalog& catalog, const std::string& file) {
  Json clients = Json::object();
  for (const Toolkit& toolkit : catalog.toolkits()) {
    const AuthMode* oauth = toolkit.find_auth(AuthScheme::OAuth2);
    if (oauth == nullptr) continue;
    const mock::MockClient client = mock.managed_client(oauth->provider);
    clients[toolkit.slug] = {{"client_id", client.client_id}, {"client_secret", client.client_secret}};
  }
  replace_private_file(file, dump_json(clients) + "\n");
}

void say_ready(const mock::MockProvider& mock, const Provider& provider, bool as_json) {
  const mock::MockClient client = mock.managed_client(provider.id);
  if (as_json) {
    print_json({{"url", mock.url()},
                {"issuer", mock.url() + provider.mock_path},
                {"client_id", client.client_id},
                {"client_secret", client.client_secret},
                {"control_url", mock.url() + "/_mock"},
                {"pid", ::getpid()}});
    return;
  }
  print_line("coffer mock provider at " + mock.url());
  print_line("  issuer         " + mock.url() + provider.mock_path);
  print_line("  client_id      " + client.client_id);
  print_line("  client_secret  " + client.client_secret);
  print_line("  accounts       alice@example.com, bob@example.com, password \"password\"");
}

int run(const Globals& globals, const MockCommandOptions& options) {
  check_port("--port", options.port);
  StopSignals signals;
  const std::unique_ptr<Log> log = make_log(options.log);
  const Catalog catalog = Catalog::load({toolkit_directories(globals), {}});
  const Provider& provider = require_provider(catalog, options.provider);
  mock::MockProvider mock({.port = options.port, .catalog = &catalog, .log = log.get()});
  mock.start();
  if (!options.managed_clients.empty()) write_managed_clients(mock, catalog, options.managed_clients);
  say_ready(mock, provider, options.print_json);
  if (options.exit_with_stdin) {
    signals.wait_or_end_of(STDIN_FILENO);
  } else {
    signals.wait();
  }
  const Impatience impatience(signals);
  mock.stop();
  return exit_code::kOk;
}

}  // namespace

Command mock_command(const Globals& globals) {
  auto options = std::make_shared<MockCommandOptions>();
  Command command{
      "mock",
      "Run the mock OAuth provider and toolkit servers alone",
      {{"--port", "Port to listen on; 0: any free one [0]", &options->port, "PORT"},
       {"--provider", "The provider whose issuer and client are printed [mockidp]", &options->provider, "ID"},
       {"--managed-clients", "Write the OAuth clients of all toolkits to FILE, for `coffer serve`",
        &options->managed_clients, "FILE"},
       {"--print-json", "Say where everything is as one JSON line", &options->print_json},
       {"--exit-with-stdin", "End when standard input does: with the program that holds its other end",
        &options->exit_with_stdin}},
      [&globals, options] { return run(globals, *options); }};
  for (Option& option : log_options(options->log)) command.options.push_back(std::move(option));
  return command;
}

}  // namespace coffer::cli
