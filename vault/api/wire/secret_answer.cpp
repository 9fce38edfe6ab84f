#include "vault/api/wire/secret_answer.h"

#include <nlohmann/json.hpp>

#include "vault/base/json.h"

namespace coffer::api {

ServerResponse secret_answer(int status, Json body) {
  ServerResponse response = ServerResponse::json(status, dump_json(body));
  wipe(body);
  response.headers.push_back({"Cache-Control", "no-store"});
  return response;
}

}  // namespace coffer::api
