#include <set>

#include "tests/unit/legacy/legacy_world.h"
#include "vault/api/api.h"
#include "vault/api/legacy/legacy.h"

using namespace coffer;
using namespace coffer::api::testing;

TEST_CASE("every error has a status that the first JavaScript SDK can read") {
  const std::set<int> readable = {400, 401, 404, 408, 429, 500, 502};
  const auto code =
      GENERATE(ErrorCode::InvalidArgument, ErrorCode::Unauthorized, ErrorCode::Forbidden, ErrorCode::NotFound,
               ErrorCode::Conflict, ErrorCode::WrongState, ErrorCode::NeedsConnection, ErrorCode::Gone,
               ErrorCode::TooLarge, ErrorCode::Throttled, ErrorCode::Unavailable, ErrorCode::Timeout,
               ErrorCode::WrongKey, ErrorCode::CorruptHeader, ErrorCode::NewerFormat, ErrorCode::TamperedRow,
               ErrorCode::VaultInUse, ErrorCode::UnsafePermissions, ErrorCode::Storage,
               ErrorCode::Unsupported, ErrorCode::Internal);
  CAPTURE(to_string(code));
  ServerRequest request;
  request.request_id = "r";
  const ServerResponse response = api::legacy_error(request, Error(code, "fact", "hint"));
  CHECK(readable.contains(response.status));
  const Json body = parse_json(response.body);
  CHECK(body.at("status") == response.status);
  CHECK(body.at("message") == "fact; hint");
  CHECK(body.contains("details") == (response.status == 400));
}

TEST_CASE("a wrong key is the older SDKs' 401") {
  LegacyWorld world;
  const Answer answer =
      world.send_raw("GET", "/api/v1/client/auth/client_info", {{"x-api-key", "cok_wrong"}}, "");
  require_flat_error(answer, 401, "UnauthorizedError", "API key");
}

TEST_CASE("a good key is told whose it is") {
  LegacyWorld world;
  const Answer answer = world.call("GET", "/v1/client/auth/client_info");
  REQUIRE(answer.status == 200);
  CHECK(answer["client"].at("id").get<std::string>().starts_with("pr_"));
}

TEST_CASE("an SDK that asks without a key where to report its errors is told nowhere") {
  LegacyWorld world;
  for (const char* path : {"/api/v1/cli/sentry-dns", "/v1/cli/sentry-dns"}) {
    const Answer answer = world.send_raw("GET", path, {}, "");
    CAPTURE(answer.text);
    CHECK(answer.status == 200);
    CHECK(answer.body == Json{{"dns", nullptr}});
  }
}

TEST_CASE("no other route of the first SDKs answers without the API key") {
  LegacyWorld world;
  for (const api::RouteEntry& route : api::legacy_routes()) {
    if (route.pattern == "/v1/cli/sentry-dns") continue;
    std::string target = "/api";
    for (const std::string& part : split(route.pattern, '/'))
      target += "/" + (part.front() == ':' ? "x" : part);
    CAPTURE(route.method, target);
    require_flat_error(world.send_raw(std::string(route.method), target, {}, ""), 401, "UnauthorizedError",
                       "API key");
  }
}

TEST_CASE("a body that is no JSON is refused in the flat form") {
  LegacyWorld world;
  const HttpHeaders headers = {{"x-api-key", kApiKey}, {"content-type", "application/json"}};
  require_flat_error(world.send_raw("POST", "/v1/connectedAccounts", headers, "{"), 400, "BadRequestError",
                     "body");
}

TEST_CASE("triggers are none, and asking for them is no error") {
  LegacyWorld world;
  CHECK(world.call("GET", "/v1/triggers").body == Json::array());
  CHECK(world.call("GET", "/v1/triggers/active_triggers")["triggers"] == Json::array());
  require_flat_error(world.call("GET", "/v2/triggers/GMAIL_NEW"), 404, "NotFoundError", "GMAIL_NEW");
}

TEST_CASE("what the first SDKs know and is not offered is told as a 400") {
  LegacyWorld world;
  using Call = std::pair<const char*, const char*>;
  for (const auto& [method, path] :
       {Call{"POST", "/v1/triggers/enable/ca_1/GMAIL_NEW"},
        Call{"PATCH", "/v1/triggers/instance/ti_1/status"}, Call{"DELETE", "/v1/triggers/instance/ti_1"},
        Call{"GET", "/v1/triggers/callback_url"}, Call{"POST", "/v1/triggers/setCallbackURL"},
        Call{"POST", "/v1/triggers/set_callback_url"}, Call{"POST", "/v2/actions/files/upload/request"},
        Call{"PATCH", "/v1/connectedAccounts/ca_1/data"}}) {
    CAPTURE(method, path);
    require_flat_error(world.call(method, path), 400, "BadRequestError", "not offered");
  }
}

TEST_CASE("logs of the caller's own actions are taken and dropped") {
  LegacyWorld world;
  const Answer answer = world.call("POST", "/v1/logs", {{"actionName", "OWN"}});
  CHECK(answer.status == 200);
  CHECK(answer["status"] == "success");
}

TEST_CASE("paths of the older dialect are told from all others") {
  for (const char* path : {"/api/v1/apps", "/v1/apps", "/api/v2/actions/X", "/v2", "/api/v1"}) {
    CAPTURE(path);
    CHECK(api::is_legacy_path(path));
  }
  for (const char* path : {"/api/v3/tools", "/api/v3.1", "/", "/api", "/v10/apps", "/link/v1", ""}) {
    CAPTURE(path);
    CHECK_FALSE(api::is_legacy_path(path));
  }
}

TEST_CASE("what has no route or comes from elsewhere is refused in the flat form") {
  LegacyWorld world;
  const ServerHandler front = make_api(world.engine(), {});
  const auto status_of = [&](const std::string& host) {
    ServerRequest request;
    request.method = "GET";
    request.path = request.target = "/api/v1/nothing";
    request.headers = {{"host", host}};
    const ServerResponse response = front(request);
    CHECK(parse_json(response.body).at("status") == response.status);
    return response.status;
  };
  CHECK(status_of("127.0.0.1:9900") == 404);
  CHECK(status_of("elsewhere.example") == 400);  // these SDKs cannot read a 403
}
