#pragma once

#include <string>

#include "cli/commands/command.h"
#include "vault/base/secret.h"

namespace coffer::cli {

inline constexpr const char* kDefaultUrl = "http://127.0.0.1:9900";

// A daemon and the key it takes.
struct Endpoint {
  std::string url;
  Secret api_key;
};

// URL: --url, COFFER_URL or configuration; COMPOSIO_BASE_URL; the running daemon of this user;
// the default address. Key: COFFER_API_KEY, COMPOSIO_API_KEY; --api-key-file; the running dev
// daemon's own; the file that `coffer init` wrote. Throws NotFound if there is no key.
Endpoint find_endpoint(const Globals& globals);

}  // namespace coffer::cli
