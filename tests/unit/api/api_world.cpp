#include "tests/unit/api/api_world.h"

#include <latch>
#include <thread>

#include "tests/support/free_toolkit.h"
#include "tests/unit/api/answer_check.h"
#include "vault/api/legacy/legacy.h"
#include "vault/api/mcp/mcp.h"
#include "vault/api/v3/v3.h"
#include "vault/net/request_target.h"
#include "vault/store/api_key_store.h"
#include "vault/store/connection_store.h"
#include "vault/store/sql_query.h"

namespace coffer::api::testing {
namespace {

std::map<std::string, ClientCredentials> managed_clients(const WorldOptions& options) {
  std::map<std::string, ClientCredentials> clients;
  for (const std::string& slug : options.managed) {
    const std::string secret = std::string("managed-") + kSecretMark;
    clients.emplace(slug, ClientCredentials{slug + "-client", Secret(secret)});
  }
  return clients;
}

std::unique_ptr<Engine> make_engine(Env env, const std::filesystem::path& directory,
                                    const WorldOptions& options) {
  EngineOptions made;
  made.location.path = directory / "vault" / "vault.db";
  made.location.key = RawKey{coffer::testing::test_key()};
  made.catalog.mock_url = kMockUrl;
  if (options.has_free_toolkit)
    made.catalog.directories = {coffer::testing::free_toolkit_in(directory / "own")};
  made.managed_clients = managed_clients(options);
  made.public_url = kPublicUrl;
  return std::make_unique<Engine>(env, std::move(made));
}

const Json* find_path(const Json& value, const std::string& path) {
  const Json* place = &value;
  for (const std::string& part : split(path, '.')) {
    if (place->is_array()) {
      const std::size_t index = std::stoul(part);
      if (index >= place->size()) return nullptr;
      place = &(*place)[index];
      continue;
    }
    const auto found = place->is_object() ? place->find(part) : place->end();
    if (found == place->end()) return nullptr;
    place = &*found;
  }
  return place;
}

std::string marked(const std::string& name) {
  return name + "-" + kSecretMark;
}

}  // namespace

ApiWorld::ApiWorld(const WorldOptions& options)
    : engine_(make_engine(outside_.env(), directory_.path(), options)),
      guard_(std::make_unique<Guard>(*engine_)) {
  add_v3_routes(router_, *engine_, *guard_);
  add_legacy_routes(router_, *engine_, *guard_);
  add_mcp_routes(router_, *engine_, *guard_);
  const auto tx = engine_->database().write();
  api_key_store::insert(*tx, Secret(kApiKey), {"test", {"api"}}, outside_.clock.now());
  tx->commit();
}

Answer ApiWorld::send_raw(const std::string& method, const std::string& target, HttpHeaders headers,
                          const std::string& body) {
  ServerRequest request;
  request.method = method;
  request.target = target;
  const auto parsed = parse_target(target);
  {
    const std::lock_guard lock(assertions_);
    REQUIRE(parsed);
  }
  request.path = parsed->path();
  request.query = parsed->query;
  request.headers = std::move(headers);
  request.headers.push_back({"host", "127.0.0.1:9900"});
  request.body = body;
  request.request_id = "00000000-0000-4000-8000-000000000001";
  const ServerResponse response = router_.handle(request);
  const std::lock_guard lock(assertions_);
  CAPTURE(method, target, response.body);
  CHECK(response.body.find(kSecretMark) == std::string::npos);
  CHECK(outside_.log_text.find(kSecretMark) == std::string::npos);
  Answer answer{response.status, response.body, response.headers, nullptr};
  if (header_value(response.headers, "content-type").starts_with("application/json")) {
    answer.body = parse_json(response.body, "answer");
    if (answer.status < 300) CHECK(fault_of_answer(method, request.path, answer.body) == "");
  }
  return answer;
}

void ApiWorld::edit(const std::string& sql) {
  const auto tx = engine_->database().write();
  REQUIRE(SqlQuery(*tx, sql).run() > 0);
  tx->commit();
}

Answer ApiWorld::send(const std::string& method, const std::string& path, const Json& body) {
  HttpHeaders headers = {{"x-api-key", kApiKey}};
  if (body.is_null()) return send_raw(method, "/api/v3.1" + path, headers, "");
  headers.push_back({"content-type", "application/json"});
  return send_raw(method, "/api/v3.1" + path, headers, dump_json(body));
}

std::string ApiWorld::auth_config(const std::string& toolkit) {
  const Answer answer = post("/auth_configs", {{"toolkit", {{"slug", toolkit}}}});
  REQUIRE(answer.status == 201);
  return answer["auth_config"].at("id");
}

std::string ApiWorld::custom_config(const std::string& toolkit, const std::string& scheme) {
  Json config = {{"type", "use_custom_auth"}, {"authScheme", scheme}};
  if (scheme == "OAUTH2") {
    config["credentials"] = {{"client_id", "own-client"}, {"client_secret", marked("own")}};
  }
  const Answer answer = post("/auth_configs", {{"toolkit", {{"slug", toolkit}}}, {"auth_config", config}});
  CAPTURE(answer.text);
  REQUIRE(answer.status == 201);
  return answer["auth_config"].at("id");
}

std::string ApiWorld::api_key_account(const std::string& user, const std::string& alias) {
  const Json state = {{"authScheme", "API_KEY"},
                      {"val", {{"status", "ACTIVE"}, {"generic_api_key", marked("key")}}}};
  const Answer answer =
      post("/connected_accounts", {{"auth_config", {{"id", auth_config("tavily")}}},
                                   {"connection", {{"user_id", user}, {"alias", alias}, {"state", state}}}});
  CAPTURE(answer.text);
  REQUIRE(answer.status == 201);
  return answer["id"];
}

std::string ApiWorld::oauth_account(const std::string& user, const std::string& alias) {
  const Json val = {{"status", "ACTIVE"},
                    {"access_token", marked("access")},
                    {"refresh_token", marked("refresh")},
                    {"expires_in", 3600},
                    {"scope", "mail.read mail.send"}};
  const Answer answer =
      post("/connected_accounts",
           {{"auth_config", {{"id", auth_config("gmail")}}},
            {"connection",
             {{"user_id", user}, {"alias", alias}, {"state", {{"authScheme", "OAUTH2"}, {"val", val}}}}}});
  CAPTURE(answer.text);
  REQUIRE(answer.status == 201);
  return answer["id"];
}

std::string ApiWorld::session(const std::string& user, Json config) {
  config["user_id"] = user;
  const Answer answer = post("/tool_router/session", config);
  CAPTURE(answer.text);
  REQUIRE(answer.status == 201);
  return answer["session_id"];
}

void require_fields(const Json& value, const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    CAPTURE(path, value.dump());
    const Json* found = find_path(value, path);
    REQUIRE(found != nullptr);
    CHECK_FALSE(found->is_null());
  }
}

void require_nulls(const Json& value, const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    CAPTURE(path, value.dump());
    const Json* found = find_path(value, path);
    REQUIRE(found != nullptr);
    CHECK(found->is_null());
  }
}

void require_page(const Answer& answer, std::size_t items) {
  CAPTURE(answer.text);
  REQUIRE(answer.status == 200);
  REQUIRE(answer["items"].is_array());
  CHECK(answer["items"].size() == items);
  CHECK((answer["next_cursor"].is_null() || answer["next_cursor"].is_string()));
  CHECK(answer["total_pages"].is_number_integer());
  CHECK(answer["current_page"].is_number_integer());
  CHECK(answer["total_items"].is_number_integer());
}

void require_error(const Answer& answer, int status, const std::string& fragment) {
  CAPTURE(answer.text, fragment);
  CHECK(answer.status == status);
  REQUIRE(answer.body.is_object());
  const Json& error = answer["error"];
  CHECK(error.at("message").get<std::string>().find(fragment) != std::string::npos);
  CHECK(error.at("code").is_number_integer());
  CHECK(error.at("status") == status);
  CHECK(error.at("slug").is_string());
  CHECK(error.at("suggested_fix").is_string());
  CHECK(error.at("request_id") == "00000000-0000-4000-8000-000000000001");
}

void set_status(ApiWorld& world, const std::string& account, ConnectionStatus status) {
  const auto tx = world.engine().database().write();
  Connection changed = *connection_store::find(*tx, ConnectionId(account));
  changed.status = status;
  REQUIRE(connection_store::update(*tx, changed));
  tx->commit();
}

void at_once(Engine& engine, const std::vector<std::function<void()>>& calls) {
  std::latch started(static_cast<std::ptrdiff_t>(calls.size()) + 1);
  auto writer = engine.database().write();
  std::vector<std::thread> threads;
  for (const auto& call : calls) {
    threads.emplace_back([&started, &call] {
      started.arrive_and_wait();
      call();
    });
  }
  started.arrive_and_wait();
  std::this_thread::yield();
  writer.reset();
  for (std::thread& thread : threads) thread.join();
}

std::vector<std::string> ids_of(const Answer& page, const char* key) {
  std::vector<std::string> ids;
  for (const Json& item : page["items"]) ids.push_back(item.at(key));
  return ids;
}

}  // namespace coffer::api::testing
