#include <nlohmann/json.hpp>

#include "vault/api/admin/users.h"
#include "vault/base/json.h"
#include "vault/store/user_shredder.h"

namespace coffer::api {
namespace {

user_shredder::Shredded shred(Engine& engine, const UserId& user) {
  const auto tx = engine.database().write();
  const auto shredded = user_shredder::shred(*tx, user, engine.env().clock.now());
  tx->commit();
  return shredded;
}

// The checkpoint takes what was deleted out of the log. It may be refused while something is being
// read; then asking again does the rest.
ServerResponse shred_user(Engine& engine, const ServerRequest& request) {
  const UserId user(request.param("id"));
  const auto shredded = shred(engine, user);
  engine.database().checkpoint(true);
  return ServerResponse::json(
      200,
      dump_json({{"user_id", user.str()}, {"accounts", shredded.accounts}, {"sessions", shredded.sessions}}));
}

}  // namespace

void add_user_routes(Router& router, Engine& engine, const Guard& guard) {
  router.add("DELETE", "/_coffer/users/:id",
             with_api_key(guard, "api",
                          [&engine](const ServerRequest& request) { return shred_user(engine, request); }));
}

}  // namespace coffer::api
