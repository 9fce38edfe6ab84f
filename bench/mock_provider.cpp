// How quick and how small is `coffer mock` beside the mock providers that npm has, in one run?
// `mock_provider <coffer> <node> <folder of tests/mock>`, after `npm ci` there
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "bench/support/child.h"
#include "bench/support/figure.h"
#include "bench/support/http_load.h"
#include "tests/support/test_env.h"
#include "vault/base/encoding.h"

namespace {

using namespace coffer;
using namespace coffer::bench;

constexpr int kStarts = 7;
constexpr int kRounds = 5;
constexpr int kConnections = 8;
constexpr int kTokensBeforeMemory = 2000;
constexpr double kWindowSeconds = 0.6;
constexpr int kMostRequestsPerWindow = 20'000;

enum class Kind { Opaque, Jwt };

// A provider that is running, and what a client asks it.
struct Running {
  int port = 0;
  std::string discovery;  // path
  std::string token;      // path
  std::string authorization;
  std::string opaque_form;  // the one kind that a provider has stands for both
  std::string jwt_form;
  std::string jwt_authorization;

  std::string request(Kind kind) const {
    const bool is_jwt = kind == Kind::Jwt;
    const std::string& form = is_jwt ? jwt_form : opaque_form;
    const std::string& credential = is_jwt ? jwt_authorization : authorization;
    return "POST " + token + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) +
           "\r\nAuthorization: " + credential + "\r\nContent-Type: application/x-www-form-urlencoded\r\n" +
           "Content-Length: " + std::to_string(form.size()) + "\r\n\r\n" + form;
  }
};

struct Subject {
  std::string name;
  std::vector<std::string> command;
  std::function<Running(Child&)> read_ready;
};

constexpr const char* kForm = "grant_type=client_credentials";

std::string basic(const std::string& id, const std::string& secret) {
  return "Basic " + to_base64(id + ":" + secret);
}

// "http://127.0.0.1:1234/x" -> 1234
int port_of(const std::string& url) {
  return std::stoi(url.substr(url.find(':', url.find("//")) + 1));
}

void expect_success(KeepAliveClient& client, const std::string& request) {
  const int status = client.exchange(request);
  if (status != 200)
    throw std::runtime_error(request.substr(0, request.find('\r')) + " got status " + std::to_string(status));
}

// The ready client's tokens are opaque; a second client's are JWTs.
Running coffer_ready(Child& child) {
  const std::string line = child.read_line();
  Running running;
  running.port = port_of(json_member(line, "url"));
  const std::string path = "/mock/mockidp";
  running.discovery = path + "/.well-known/openid-configuration";
  running.token = path + "/token";
  running.authorization = basic(json_member(line, "client_id"), json_member(line, "client_secret"));
  running.jwt_authorization = basic("bench-jwt", "bench-secret");
  running.opaque_form = running.jwt_form = kForm;
  return running;
}

void add_jwt_client(int port) {
  const std::string body =
      R"({"provider":"mockidp","client_id":"bench-jwt","client_secret":"bench-secret","redirect_uris":[],)"
      R"("access_token_format":"jwt"})";
  KeepAliveClient client(port);
  expect_success(client, "POST /_mock/clients HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) +
                             "\r\nContent-Type: application/json\r\nContent-Length: " +
                             std::to_string(body.size()) + "\r\n\r\n" + body);
}

Running peer_ready(Child& child) {
  const std::string line = child.read_line();
  Running running;
  running.port = port_of(json_member(line, "url"));
  running.discovery = "/.well-known/openid-configuration";
  running.token = "/token";
  running.authorization = basic(json_member(line, "client_id"), json_member(line, "client_secret"));
  running.jwt_authorization = running.authorization;
  running.opaque_form = kForm;
  running.jwt_form =
      std::string(kForm) + "&scope=read&resource=" + json_member(line, "url") + "/jwt-resource";
  return running;
}

// It checks no client and gives JWTs alone.
Running mock_server_ready(Child& child) {
  std::string line;
  do line = child.read_line();
  while (line.find("listening on ") == std::string::npos);
  Running running;
  running.port = port_of(line.substr(line.find("http://")));
  running.discovery = "/.well-known/openid-configuration";
  running.token = "/token";
  running.authorization = running.jwt_authorization = basic("bench", "bench-secret");
  running.opaque_form = running.jwt_form = kForm;
  return running;
}

// Milliseconds from before the program is there until its first answer is.
double cold_start_ms(const Subject& subject) {
  const double began = seconds_of(CLOCK_MONOTONIC);
  Child child(subject.command);
  const Running running = subject.read_ready(child);
  KeepAliveClient client(running.port);
  expect_success(client, get_request(running.port, running.discovery, ""));
  return (seconds_of(CLOCK_MONOTONIC) - began) * 1000;
}

// Tokens per second over several connections at once.
double token_rate(const Running& running, Kind kind) {
  const std::string request = running.request(kind);
  const double began = seconds_of(CLOCK_MONOTONIC);
  std::vector<int> counts(kConnections, 0);
  std::vector<std::thread> threads;
  for (int& count : counts) {
    threads.emplace_back([&request, &running, &count, began] {
      KeepAliveClient client(running.port);
      while (count < kMostRequestsPerWindow / kConnections &&
             seconds_of(CLOCK_MONOTONIC) - began < kWindowSeconds) {
        expect_success(client, request);
        ++count;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  int total = 0;
  for (const int count : counts) total += count;
  return total / (seconds_of(CLOCK_MONOTONIC) - began);
}

struct Figures {
  std::vector<double> start_ms;
  std::vector<double> opaque_rate;
  std::vector<double> jwt_rate;
  double idle_mib = 0;
  double used_mib = 0;
};

// The better of the rivals' values, and whose it is.
struct Rival {
  double value;
  std::string name;
};

Rival better_rival(const std::vector<Subject>& subjects, const std::vector<double>& values, Better better) {
  std::size_t best = 1;
  for (std::size_t i = 2; i < values.size(); ++i) {
    const bool is_better = better == Better::Lower ? values[i] < values[best] : values[i] > values[best];
    if (is_better) best = i;
  }
  return {values[best], subjects[best].name};
}

void print_beside_rivals(const std::vector<Subject>& subjects, const std::vector<Figures>& all,
                         const std::string& name, const std::string& unit, double target, Better better,
                         const std::function<double(const Figures&)>& value_of) {
  std::vector<double> values;
  for (const Figures& figures : all) values.push_back(value_of(figures));
  const Rival rival = better_rival(subjects, values, better);
  print({name, values[0], unit, rival.value, rival.name, target, better});
}

void print_all(const std::vector<Subject>& subjects, const std::vector<Figures>& all) {
  const auto figure = [&](const char* name, const char* unit, double target, Better better, auto value_of) {
    print_beside_rivals(subjects, all, name, unit, target, better, value_of);
  };
  figure("mock_cold_start", "ms", 0.1, Better::Lower, [](const Figures& f) { return median(f.start_ms); });
  figure("mock_idle_memory", "MiB", 0.25, Better::Lower, [](const Figures& f) { return f.idle_mib; });
  figure("mock_memory_after_2000_tokens", "MiB", 0.25, Better::Lower,
         [](const Figures& f) { return f.used_mib; });
  figure("mock_opaque_tokens", "1/s", 1, Better::Higher,
         [](const Figures& f) { return median(f.opaque_rate); });
  figure("mock_jwt_tokens", "1/s", 1, Better::Higher, [](const Figures& f) { return median(f.jwt_rate); });
}

// oauth2-mock-server would make an RSA key at each start; here it is given one.
std::string make_key_file(const std::vector<std::string>& command, const std::filesystem::path& directory) {
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(directory);
  std::vector<std::string> saving = command;
  saving.push_back("--save-jwk");
  Child child(saving);
  mock_server_ready(child);
  std::filesystem::current_path(before);
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (entry.path().extension() == ".json") return entry.path().string();
  }
  throw std::runtime_error("oauth2-mock-server saved no key");
}

std::vector<Subject> make_subjects(const std::string& coffer, const std::string& node,
                                   const std::filesystem::path& folder,
                                   const std::filesystem::path& directory) {
  std::vector<std::string> mock_server = {
      node, (folder / "node_modules/oauth2-mock-server/dist/oauth2-mock-server.mjs").string(),
      "-p", "0",
      "-a", "127.0.0.1"};
  const std::string key = make_key_file(mock_server, directory);
  mock_server.insert(mock_server.end(), {"--jwk", key});
  return {{"coffer mock", {coffer, "mock", "--port", "0", "--print-json"}, coffer_ready},
          {"oidc-provider", {node, (folder / "peer.mjs").string(), R"({"as_it_comes":true})"}, peer_ready},
          {"oauth2-mock-server", mock_server, mock_server_ready}};
}

// One of each at a time, so that the machine's other work hits all alike.
void measure_starts(const std::vector<Subject>& subjects, std::vector<Figures>& all) {
  for (const Subject& subject : subjects) cold_start_ms(subject);
  for (int round = 0; round < kStarts; ++round) {
    for (std::size_t i = 0; i < subjects.size(); ++i) all[i].start_ms.push_back(cold_start_ms(subjects[i]));
  }
}

void measure_tokens(const std::vector<Subject>& subjects, std::vector<Figures>& all) {
  std::vector<std::unique_ptr<Child>> children;
  std::vector<Running> running;
  for (std::size_t i = 0; i < subjects.size(); ++i) {
    children.push_back(std::make_unique<Child>(subjects[i].command));
    running.push_back(subjects[i].read_ready(*children.back()));
    KeepAliveClient client(running[i].port);
    expect_success(client, get_request(running[i].port, running[i].discovery, ""));
    all[i].idle_mib = children[i]->resident_mib();
    for (int token = 0; token < kTokensBeforeMemory; ++token) {
      expect_success(client, running[i].request(Kind::Opaque));
    }
    all[i].used_mib = children[i]->resident_mib();
  }
  add_jwt_client(running[0].port);
  for (int round = 0; round < kRounds; ++round) {
    for (std::size_t i = 0; i < subjects.size(); ++i) {
      all[i].opaque_rate.push_back(token_rate(running[i], Kind::Opaque));
      all[i].jwt_rate.push_back(token_rate(running[i], Kind::Jwt));
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const coffer::testing::TempDir directory;
  const std::vector<Subject> subjects = make_subjects(argv[1], std::filesystem::absolute(argv[2]),
                                                      std::filesystem::absolute(argv[3]), directory.path());
  std::vector<Figures> all(subjects.size());
  measure_starts(subjects, all);
  measure_tokens(subjects, all);
  print_all(subjects, all);
  return 0;
}
