#pragma once

#include "tests/unit/api/api_world.h"

// Calls that tests of sessions share.
namespace coffer::api::testing {

inline std::string path_of(const std::string& id, const std::string& rest = {}) {
  return "/tool_router/session/" + id + rest;
}

inline Answer execute(ApiWorld& world, const std::string& session, const std::string& tool,
                      const Json& more = Json::object()) {
  Json body = {{"tool_slug", tool}, {"arguments", Json::object()}};
  body.update(more);
  return world.post(path_of(session, "/execute"), body);
}

inline Json manage(ApiWorld& world, const std::string& session, const Json& arguments) {
  const Answer answer = execute(world, session, "COMPOSIO_MANAGE_CONNECTIONS", {{"arguments", arguments}});
  CAPTURE(answer.text);
  REQUIRE(answer.status == 200);
  CHECK(answer["error"].is_null());
  require_fields(answer.body, {"data", "log_id"});
  return answer["data"];
}

// The credential of second_account().
inline const std::string kSecondGrant = std::string("second-") + kSecretMark;

// gmail under an auth config of its own, ACTIVE.
inline std::string second_account(ApiWorld& world, const std::string& user, const std::string& alias) {
  const Answer made = world.post(
      "/connected_accounts",
      {{"auth_config", {{"id", world.custom_config("gmail", "OAUTH2")}}},
       {"connection",
        {{"user_id", user},
         {"alias", alias},
         {"state",
          {{"authScheme", "OAUTH2"}, {"val", {{"status", "ACTIVE"}, {"access_token", kSecondGrant}}}}}}}});
  REQUIRE(made.status == 201);
  return made["id"];
}

}  // namespace coffer::api::testing
