#include "cli/commands/endpoint.h"

#include <cstdlib>
#include <filesystem>

#include "cli/commands/paths.h"
#include "cli/commands/private_file.h"
#include "cli/commands/runtime_file.h"
#include "vault/base/encoding.h"
#include "vault/base/error.h"

namespace coffer::cli {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string find_url(const Globals& globals, const std::optional<RunningDaemon>& running) {
  std::string url = !globals.url.empty() ? globals.url : variable("COMPOSIO_BASE_URL");
  if (url.empty()) url = running ? running->url : kDefaultUrl;
  if (!origin_of(url)) {
    throw Error(ErrorCode::InvalidArgument, "\"" + url + "\" is not an http(s) URL",
                "write http://127.0.0.1:9900");
  }
  while (url.ends_with('/')) url.pop_back();
  return url;
}

Secret find_api_key(const Globals& globals, const std::string& url, std::optional<RunningDaemon>& running) {
  for (const char* name : {"COFFER_API_KEY", "COMPOSIO_API_KEY"}) {
    if (std::string value = variable(name); !value.empty()) return Secret::consume(value);
  }
  if (!globals.api_key_file.empty()) return read_private_file(globals.api_key_file);
  if (running && running->url == url && !running->api_key.empty()) return std::move(running->api_key);
  if (std::filesystem::exists(default_api_key_file())) return read_private_file(default_api_key_file());
  throw Error(ErrorCode::NotFound, "there is no API key",
              "set COFFER_API_KEY, name a file with --api-key-file, or run `coffer init`");
}

}  // namespace

Endpoint find_endpoint(const Globals& globals) {
  auto running = find_running_daemon();
  Endpoint endpoint;
  endpoint.url = find_url(globals, running);
  endpoint.api_key = find_api_key(globals, endpoint.url, running);
  return endpoint;
}

}  // namespace coffer::cli
