#include "cli/commands/endpoint.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "cli/commands/paths.h"
#include "cli/commands/private_file.h"
#include "cli/commands/runtime_file.h"
#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/text.h"

namespace coffer::cli {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string given_url(const Globals& globals) {
  std::string url = !globals.url.empty() ? globals.url : variable("COMPOSIO_BASE_URL");
  if (!url.empty() && !origin_of(url)) {
    throw Error(ErrorCode::InvalidArgument, in_quotes(url) + " is not an http(s) URL",
                "write http://127.0.0.1:9900");
  }
  return url;
}

Secret given_key(const Globals& globals) {
  for (const char* name : {"COFFER_API_KEY", "COMPOSIO_API_KEY"}) {
    if (std::string value = variable(name); !value.empty()) return Secret::consume(value);
  }
  if (globals.api_key_file.empty()) return {};
  Secret key = read_private_file(globals.api_key_file);
  if (key.empty()) {
    throw Error(ErrorCode::InvalidArgument, in_quotes(globals.api_key_file) + " is empty",
                "write the API key into it");
  }
  return key;
}

Secret stored_key() {
  return std::filesystem::exists(default_api_key_file()) ? read_private_file(default_api_key_file())
                                                         : Secret();
}

// What is missing, from the running daemon's file and the default places. A file that cannot be
// understood stops only whom nothing else helps. False where nothing says that there is a daemon.
bool complete(Endpoint& endpoint) {
  std::optional<RunningDaemon> running;
  std::optional<Error> fault;
  try {
    running = find_running_daemon();
  } catch (const Error& error) {
    fault = error;
  }
  if (endpoint.url.empty() && fault) throw Error(*fault);
  const bool is_named = running || !endpoint.url.empty();
  if (endpoint.url.empty()) endpoint.url = running ? running->url : kDefaultUrl;
  if (!endpoint.api_key.empty()) return is_named;
  if (running && running->url == endpoint.url) endpoint.api_key = std::move(running->api_key);
  if (endpoint.api_key.empty()) endpoint.api_key = stored_key();
  if (endpoint.api_key.empty() && fault) throw Error(*fault);
  return is_named;
}

[[noreturn]] void throw_without_key(bool is_daemon_named) {
  if (!is_daemon_named) {
    throw Error(
        ErrorCode::Unavailable, "no daemon runs here, and there is no API key",
        "start one with `coffer dev`, or with `coffer init` and `coffer serve`; or name one with --url "
        "and its key with --api-key-file");
  }
  throw Error(ErrorCode::NotFound, "there is no API key",
              "set COFFER_API_KEY, name a file with --api-key-file, or run `coffer init`");
}

// It goes into a header, where nothing else can stand.
void require_sendable(const Secret& key) {
  constexpr std::size_t kMostKeyBytes = 512;
  const std::string_view text = key.expose();
  const bool is_visible = std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
  if (is_visible && text.size() <= kMostKeyBytes) return;
  throw Error(ErrorCode::InvalidArgument, "the API key is none: it holds spaces, line ends or too much",
              "name a file that holds the key alone with --api-key-file, or set COFFER_API_KEY to it");
}

}  // namespace

Endpoint find_endpoint(const Globals& globals) {
  Endpoint endpoint{given_url(globals), given_key(globals)};
  while (endpoint.url.ends_with('/')) endpoint.url.pop_back();
  if (endpoint.url.empty() || endpoint.api_key.empty()) {
    const bool is_daemon_named = complete(endpoint);
    if (endpoint.api_key.empty()) throw_without_key(is_daemon_named);
  }
  require_sendable(endpoint.api_key);
  return endpoint;
}

}  // namespace coffer::cli
