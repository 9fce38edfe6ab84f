#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "vault/base/encoding.h"
#include "vault/base/env.h"
#include "vault/base/http.h"
#include "vault/model/connection.h"
#include "vault/model/toolkit.h"
#include "vault/refresh/refresher.h"
#include "vault/store/database.h"

namespace coffer {

// One request to a toolkit's API as the caller words it.
struct ProxyCall {
  ConnectionId connection;
  std::optional<UserId> user;  // if given, the account must be this user's
  std::string method = "GET";  // GET HEAD POST PUT PATCH DELETE
  std::string endpoint;        // proxy_endpoint.h
  Fields query;
  HttpHeaders headers;
  std::string body;
};

// What the service answered, whatever its status, without a credential and without cookies.
struct ProxyAnswer {
  int status = 0;
  HttpHeaders headers;
  nlohmann::json data;  // JSON, or a text; null: nothing, or bytes
  std::string bytes;    // what is neither JSON nor text
  std::string content_type;
};

// Makes the call as the account. Throws InvalidArgument (a place, header or parameter that is not
// the caller's to choose), NotFound and WrongState as Executor::execute, Unavailable, Timeout and
// TooLarge where no answer came.
ProxyAnswer proxy(const Env& env, Database& database, Refresher& refresher, const Toolkit& toolkit,
                  const ProxyCall& call);

}  // namespace coffer
