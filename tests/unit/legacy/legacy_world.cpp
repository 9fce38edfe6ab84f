#include "tests/unit/legacy/legacy_world.h"

namespace coffer::api::testing {

Answer LegacyWorld::call(const std::string& method, const std::string& path, const Json& body,
                         const std::string& source) {
  HttpHeaders headers = {{"x-api-key", kApiKey}, {"x-source", source}};
  if (body.is_null()) return send_raw(method, "/api" + path, headers, "");
  headers.push_back({"content-type", "application/json"});
  return send_raw(method, "/api" + path, headers, dump_json(body));
}

Answer LegacyWorld::initiate(const std::string& app, const std::string& entity, const Json& data) {
  const Json extra = {{"redirectURL", ""}, {"labels", Json::array()}};
  return call("POST", "/v2/connectedAccounts/initiateConnection",
              {{"app", {{"uniqueKey", app}}},
               {"config", {{"name", app}, {"useComposioAuth", false}}},
               {"connection", {{"entityId", entity}, {"initiateData", data}, {"extra", extra}}}});
}

std::string LegacyWorld::keyed_account(const std::string& entity) {
  const std::string key = std::string("key-") + kSecretMark;
  const Answer answer = initiate("tavily", entity, {{"generic_api_key", key}});
  CAPTURE(answer.text);
  REQUIRE(answer.status == 200);
  CHECK(answer["connectionResponse"].at("connectionStatus") == "ACTIVE");
  return answer["connectionResponse"].at("connectedAccountId");
}

void require_flat_error(const Answer& answer, int status, const std::string& name,
                        const std::string& fragment) {
  CAPTURE(answer.text, name, fragment);
  CHECK(answer.status == status);
  REQUIRE(answer.body.is_object());
  CHECK_FALSE(answer.body.contains("error"));
  CHECK(answer["status"] == status);
  CHECK(answer["name"] == name);
  CHECK(answer["type"].is_string());
  CHECK(answer["requestId"] == "00000000-0000-4000-8000-000000000001");
  CHECK(answer["message"].get<std::string>().find(fragment) != std::string::npos);
  // Of a 400 the JavaScript SDK shows the details alone.
  if (status != 400) return;
  REQUIRE(answer["details"].size() == 1);
  CHECK(answer["details"][0].dump().find(Json(fragment).dump().substr(1, fragment.size())) !=
        std::string::npos);
}

}  // namespace coffer::api::testing
