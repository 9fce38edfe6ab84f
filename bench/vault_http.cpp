// What does GET of a connected account cost the daemon, beside a bare cpp-httplib hello?
#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "bench/support/child.h"
#include "bench/support/figure.h"
#include "bench/support/http_load.h"
#include "tests/support/test_env.h"
#include "vault/server.h"

namespace {

using namespace coffer;
using namespace coffer::bench;

constexpr int kRounds = 30;
constexpr int kRequestsPerRound = 1000;

// The daemon's side, run as `vault_http serve <directory>`: one vault, one account.
int serve(const std::filesystem::path& directory) {
  VaultOptions options;
  options.path = directory / "vault.db";
  options.key = RawKey{testing::test_key()};
  Vault vault(std::move(options));
  ServerOptions server_options;
  server_options.port = 0;
  Server server(vault, server_options);
  server.start();
  const Secret key = vault.create_api_key("bench", {"api"});
  AuthorizeOptions account;
  account.user = UserId("user_1");
  account.toolkit = "tavily";
  const Connection connection = vault.import(account, ApiKeyCredential{Secret("tvly-0123456789abcdef")});
  std::printf("{\"port\":%d,\"id\":\"%s\",\"key\":\"%s\"}\n", server.port(), connection.id.str().c_str(),
              std::string(key.expose()).c_str());
  std::fflush(stdout);
  ::pause();
  return 0;
}

double cpu_per_request_us(Child& child, KeepAliveClient& client, const std::string& request) {
  const double before = child.cpu_seconds();
  for (int i = 0; i < kRequestsPerRound; ++i) {
    if (client.exchange(request) != 200) throw std::runtime_error("the measured request failed");
  }
  return (child.cpu_seconds() - before) / kRequestsPerRound * 1e6;
}

int measure(const std::string& self, const std::string& bare_daemon) {
  const testing::TempDir directory;
  Child ours({self, "serve", directory.path().string()});
  Child bare({bare_daemon, (directory.path() / "bare.db").string()});
  const std::string ready = ours.read_line();
  const int our_port = std::stoi(json_member(ready, "port"));
  const int bare_port = std::stoi(json_member(bare.read_line(), "port"));
  const std::string get = get_request(our_port, "/api/v3/connected_accounts/" + json_member(ready, "id"),
                                      json_member(ready, "key"));
  const std::string hello = get_request(bare_port, "/hello", "");
  KeepAliveClient our_client(our_port);
  KeepAliveClient bare_client(bare_port);
  std::vector<double> our_cost;
  std::vector<double> bare_cost;
  for (int round = 0; round < kRounds; ++round) {
    our_cost.push_back(cpu_per_request_us(ours, our_client, get));
    bare_cost.push_back(cpu_per_request_us(bare, bare_client, hello));
  }
  print({"connected_account_get_cpu", median(our_cost), "us", median(bare_cost), "cpp-httplib hello", 2.0});
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3 && std::string_view(argv[1]) == "serve") return serve(argv[2]);
  if (argc != 2) return 2;
  return measure(std::filesystem::read_symlink("/proc/self/exe").string(), argv[1]);
}
