#pragma once

#include <string>

#include "cli/commands/http_api.h"

namespace coffer::cli {

struct LinkRequest {
  std::string user;
  std::string toolkit;
  std::string auth_config;  // empty: the toolkit's managed default
  std::string alias;
  std::string callback_url;  // empty: the daemon's own final page
};

struct Link {
  std::string account;
  std::string url;
};

// The auth config that a connection for this toolkit uses: the one asked for, else the managed
// default, which is made if it is missing. Throws NotFound for a toolkit that does not exist and
// InvalidArgument for an auth config of another.
std::string find_auth_config(HttpApi& api, const LinkRequest& request);

// A Connect Link. An account of this user that has to reconnect keeps its id.
Link make_link(HttpApi& api, const LinkRequest& request);
}  // namespace coffer::cli
