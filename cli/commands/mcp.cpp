#include <atomic>
#include <iostream>
#include <memory>
#include <mutex>
#include <string>

#include "cli/commands/commands.h"
#include "cli/commands/mcp_relay.h"
#include "cli/commands/output.h"
#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/job_pool.h"
#include "vault/net/http_client.h"

namespace coffer::cli {
namespace {

// A call that waits for its user must not hold up the others.
constexpr JobPool::Limits kParallel = {.threads = 8, .per_key = 8};

struct McpOptions {
  std::string user;
  std::string session;
};

std::string path_of(const McpOptions& options) {
  if (options.user.empty() == options.session.empty()) {
    throw Error(ErrorCode::InvalidArgument, "one of --user and --session is needed",
                "write `coffer mcp --user USER`");
  }
  if (!options.session.empty()) return "/tool_router/" + percent_encode(options.session) + "/mcp";
  return with_query("/mcp", {{"user_id", options.user}});
}

int run(const Globals& globals, const McpOptions& options) {
  const std::string path = path_of(options);
  const auto http = make_http_client();
  McpRelay relay(find_endpoint(globals), path, *http);
  std::mutex output;  // guards standard output: one message is one line
  std::atomic<bool> is_heard{true};
  JobPool pool(kParallel);
  std::string line;
  while (std::getline(std::cin, line)) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    pool.submit("", [&relay, &output, &is_heard, message = line] {
      const std::string answer = relay.relay(message);
      if (answer.empty()) return;
      const std::lock_guard lock(output);
      try {
        print_exact(answer);
      } catch (const Error&) {  // the client has gone
        is_heard = false;
      }
    });
    if (!is_heard) break;
  }
  pool.wait_idle();
  return is_heard ? exit_code::kOk : exit_code::kFailure;
}

}  // namespace

Command mcp_command(const Globals& globals) {
  auto options = std::make_shared<McpOptions>();
  return {"mcp",
          "Speak MCP on standard input and output, for clients that start a process",
          {{"--user", "Your own id of the user: every toolkit", &options->user, "USER"},
           {"--session", "A session's id: what that session allows", &options->session, "SESSION"}},
          [&globals, options] { return run(globals, *options); }};
}

}  // namespace coffer::cli
