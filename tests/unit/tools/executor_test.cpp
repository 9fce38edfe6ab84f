#include "vault/tools/executor.h"

#include <atomic>
#include <thread>

#include "tests/support/free_toolkit.h"
#include "tests/unit/tools/tools_fixture.h"
#include "vault/model/lifecycle.h"

using namespace coffer;
using namespace coffer::testing;

namespace {

constexpr const char* kProfile = R"({"emailAddress":"alice@example.com"})";
constexpr const char* kUnauthorized = R"({"error":{"code":401,"message":"Invalid Credentials"}})";

}  // namespace

TEST_CASE("a tool runs as the user's account", "[executor]") {
  ToolsFixture f;
  const auto id = f.connect("1", "gmail", tokens("access-token-1"));
  f.http.answer(200, kProfile);
  const ToolResult result = f.run("gmail_get_profile");
  CHECK(result.successful);
  CHECK(result.error.empty());
  CHECK(result.data == Json::parse(kProfile));
  CHECK(result.connection == id);
  CHECK(result.log_id.size() == 16);
  CHECK(result.log_id.starts_with("log_"));
  REQUIRE(f.http.seen().size() == 1);
  CHECK(f.http.seen()[0].url == "https://gmail.googleapis.com/gmail/v1/users/me/profile");
  CHECK(f.sent_header(0, "authorization") == "Bearer access-token-1");
  CHECK_THAT(f.log_text, Catch::Contains("tool.executed") && Catch::Contains("GMAIL_GET_PROFILE"));
}

TEST_CASE("nothing is sent for a tool or arguments that are wrong", "[executor]") {
  ToolsFixture f;
  f.connect("1", "gmail", tokens("access-token-1"));
  CHECK(f.fault("GMAIL_NOPE").code() == ErrorCode::NotFound);
  const Error error = f.fault("GMAIL_SEND_EMAIL", Json{{"recipient_email", 5}});
  CHECK(error.code() == ErrorCode::InvalidArgument);
  CHECK_THAT(error.what(), Catch::Contains("recipient_email"));
  CHECK(f.fault("GMAIL_GET_PROFILE", Json::object(), std::nullopt, std::nullopt).code() ==
        ErrorCode::InvalidArgument);
  CHECK(f.http.seen().empty());
}

TEST_CASE("only requests that change nothing may be sent twice by the transport", "[executor]") {
  ToolsFixture f;
  f.connect("1", "gmail", tokens("access-token-1"));
  f.http.answer(200, R"({"id":"m3"})");
  f.http.answer(200, R"({"labels":[]})");
  f.run("GMAIL_SEND_EMAIL", {{"recipient_email", "bob@example.com"}});
  f.run("GMAIL_LIST_LABELS");
  CHECK(f.http.seen()[0].once);
  CHECK_FALSE(f.http.seen()[1].once);
}

TEST_CASE("a toolkit without a login runs for everybody, and as an account for who has one", "[executor]") {
  ToolsFixture f;
  const TempDir directory;
  f.catalog = Catalog::load({.directories = {free_toolkit_in(directory.path())}, .mock_url = {}});
  const auto ping = [&](const std::optional<ConnectionId>& id, const std::optional<std::string>& user) {
    f.http.answer(200, R"({"ok":true})");
    return f.run("FREE_PING", {{"q", "x"}}, id, user);
  };
  for (const auto& user : {std::optional<std::string>(), std::optional<std::string>("alice")}) {
    const ToolResult result = ping(std::nullopt, user);
    CHECK(result.successful);
    CHECK(result.data == Json{{"ok", true}});
    CHECK(result.connection.str().empty());
  }
  CHECK(f.http.seen().at(0).url == "https://free.example/ping?q=x");
  CHECK(f.sent_header(0, "authorization").empty());
  const auto mine = f.connect("1", "free", std::monostate());
  CHECK(ping(std::nullopt, "alice").connection == mine);
  CHECK(ping(mine, std::nullopt).connection == mine);
  CHECK(ping(std::nullopt, "bob").connection.str().empty());
  CHECK(f.fault("FREE_PING", Json::object(), mine, "bob").code() == ErrorCode::NotFound);
}

TEST_CASE("without an account the error names the way to a Connect Link", "[executor]") {
  ToolsFixture f;
  const Error error = f.fault("GMAIL_GET_PROFILE");
  CHECK(error.code() == ErrorCode::NeedsConnection);
  CHECK(std::string(error.what()) == "no connected account found for user \"alice\" in toolkit \"gmail\"");
  CHECK_THAT(error.hint(), Catch::Contains("coffer connect alice gmail") &&
                               Catch::Contains("/api/v3/connected_accounts/link"));
}

TEST_CASE("a foreign account cannot be told from an absent one", "[executor]") {
  ToolsFixture f;
  const auto id = f.connect("bobs", "gmail", tokens("access-token-bob"), "bob");
  const Error foreign = f.fault("GMAIL_GET_PROFILE", Json::object(), id);
  const Error absent = f.fault("GMAIL_GET_PROFILE", Json::object(), ConnectionId("ca_none"));
  const auto without_id = [](std::string text, const std::string& account) {
    return text.replace(text.find(account), account.size(), "ID");
  };
  CHECK(foreign.code() == ErrorCode::NotFound);
  CHECK(foreign.code() == absent.code());
  CHECK(foreign.hint() == absent.hint());
  CHECK(without_id(foreign.what(), "ca_bobs") == without_id(absent.what(), "ca_none"));

  f.change(id, [](Connection& connection) { connection.status = ConnectionStatus::Expired; });
  CHECK(f.fault("GMAIL_GET_PROFILE", Json::object(), id).code() == ErrorCode::NotFound);
  CHECK(f.fault("GMAIL_GET_PROFILE").code() == ErrorCode::NeedsConnection);
  CHECK(f.http.seen().empty());
}

TEST_CASE("an account of another toolkit is refused", "[executor]") {
  ToolsFixture f;
  const auto id = f.connect("1", "github", endless_token("access-token-1"));
  const Error error = f.fault("GMAIL_GET_PROFILE", Json::object(), id);
  CHECK(error.code() == ErrorCode::InvalidArgument);
  CHECK(f.http.seen().empty());
}

TEST_CASE("a pinned account that is not ACTIVE is refused with status, reason and the way back",
          "[executor]") {
  ToolsFixture f;
  const auto id = f.connect("1", "gmail", tokens("access-token-1"));
  f.change(id, [](Connection& connection) {
    connection.status = ConnectionStatus::Expired;
    connection.status_reason = reason::kRefreshRejected;
  });
  const Error error = f.fault("GMAIL_GET_PROFILE", Json::object(), id);
  CHECK(error.code() == ErrorCode::WrongState);
  CHECK(std::string(error.what()) ==
        "connected account ca_1 is EXPIRED: " + std::string(reason::kRefreshRejected));
  CHECK_THAT(error.hint(), Catch::Contains("coffer connect alice gmail"));
  CHECK_THAT(f.fault("GMAIL_GET_PROFILE").what(), Catch::Contains("ca_1 is EXPIRED"));
}

TEST_CASE("a disabled auth config stops its accounts", "[executor]") {
  ToolsFixture f;
  f.connect("1", "gmail", tokens("access-token-1"));
  f.disable("gmail");
  const Error error = f.fault("GMAIL_GET_PROFILE");
  CHECK(error.code() == ErrorCode::WrongState);
  CHECK_THAT(error.what(), Catch::Contains("ac_gmail"));
  CHECK(f.http.seen().empty());
}

TEST_CASE("a token near its end is refreshed before the call", "[executor]") {
  ToolsFixture f;
  f.connect("1", "gmail", tokens("access-token-1"));
  f.clock.advance(std::chrono::minutes(59) + std::chrono::seconds(30));
  f.answer_refresh("access-token-2");
  f.http.answer(200, kProfile);
  CHECK(f.run("GMAIL_GET_PROFILE").successful);
  REQUIRE(f.http.seen().size() == 2);
  CHECK(f.http.seen()[0].url == "https://oauth2.googleapis.com/token");
  CHECK(f.sent_header(1, "authorization") == "Bearer access-token-2");
}

TEST_CASE("an expired token that cannot be refreshed now makes the tool unavailable", "[executor]") {
  ToolsFixture f;
  const auto id = f.connect("1", "gmail", tokens("access-token-1"));
  f.clock.advance(std::chrono::hours(2));
  f.http.answer(503, "busy");
  CHECK(f.fault("GMAIL_GET_PROFILE").code() == ErrorCode::Unavailable);
  CHECK(f.http.seen().size() == 1);
  CHECK(f.find(id).status == ConnectionStatus::Active);
}

TEST_CASE("a refresh that is refused before the call ends the account and names the way back", "[executor]") {
  ToolsFixture f;
  const auto id = f.connect("1", "gmail", tokens("access-token-1"));
  f.clock.advance(std::chrono::hours(2));
  f.http.answer(400, R"({"error":"invalid_grant"})");
  SECTION("by user") {
    CHECK(f.fault("GMAIL_GET_PROFILE").code() == ErrorCode::NeedsConnection);
  }
  SECTION("pinned") {
    CHECK(f.fault("GMAIL_GET_PROFILE", Json::object(), id).code() == ErrorCode::WrongState);
  }
  CHECK(f.find(id).status == ConnectionStatus::Expired);
}

TEST_CASE("a 401 leads to one refresh and one more try", "[executor]") {
  ToolsFixture f;
  f.connect("1", "gmail", tokens("access-token-1"));
  f.http.answer(401, kUnauthorized);
  f.answer_refresh("access-token-2");
  f.http.answer(200, kProfile);
  const ToolResult result = f.run("GMAIL_GET_PROFILE");
  CHECK(result.successful);
  REQUIRE(f.http.seen().size() == 3);
  CHECK(f.sent_header(0, "authorization") == "Bearer access-token-1");
  CHECK(f.http.seen()[1].url == "https://oauth2.googleapis.com/token");
  CHECK(f.sent_header(2, "authorization") == "Bearer access-token-2");
}

TEST_CASE("a second 401 is the result, without a third try", "[executor]") {
  ToolsFixture f;
  const auto id = f.connect("1", "gmail", tokens("access-token-1"));
  f.http.answer(401, kUnauthorized);
  f.answer_refresh("access-token-2");
  f.http.answer(401, kUnauthorized);
  f.http.answer(200, kProfile);
  const ToolResult result = f.run("GMAIL_GET_PROFILE");
  CHECK_FALSE(result.successful);
  CHECK(result.error == "Gmail refused the credential (401: Invalid Credentials)");
  CHECK(f.http.seen().size() == 3);
  CHECK(f.find(id).status == ConnectionStatus::Active);
}

TEST_CASE("a 401 whose refresh is refused ends the account", "[executor]") {
  ToolsFixture f;
  const auto id = f.connect("1", "gmail", tokens("access-token-1"));
  f.http.answer(401, kUnauthorized);
  f.http.answer(400, R"({"error":"invalid_grant"})");
  CHECK(f.fault("GMAIL_GET_PROFILE").code() == ErrorCode::NeedsConnection);
  CHECK(f.http.seen().size() == 2);
  CHECK(f.find(id).status == ConnectionStatus::Expired);
}

TEST_CASE("a 401 whose refresh is put off makes the tool unavailable", "[executor]") {
  ToolsFixture f;
  const auto id = f.connect("1", "gmail", tokens("access-token-1"));
  f.http.answer(401, kUnauthorized);
  f.http.answer(503, "busy");
  CHECK(f.fault("GMAIL_GET_PROFILE").code() == ErrorCode::Unavailable);
  CHECK(f.http.seen().size() == 2);
  CHECK(f.find(id).status == ConnectionStatus::Active);
}

TEST_CASE("a grant without a refresh token is over after two refusals", "[executor]") {
  ToolsFixture f;
  const auto id = f.connect("1", "github", endless_token("gho_access-token-1"));
  f.http.answer(401, R"({"message":"Bad credentials"})");
  SECTION("both refused") {
    f.http.answer(401, R"({"message":"Bad credentials"})");
    CHECK(f.fault("GITHUB_GET_THE_AUTHENTICATED_USER").code() == ErrorCode::NeedsConnection);
    CHECK(f.find(id).status == ConnectionStatus::Expired);
    CHECK(f.find(id).status_reason == reason::kCredentialRejected);
  }
  SECTION("one was a slip of the service") {
    f.http.answer(200, R"({"login":"alice"})");
    CHECK(f.run("GITHUB_GET_THE_AUTHENTICATED_USER").successful);
    CHECK(f.find(id).status == ConnectionStatus::Active);
  }
  CHECK(f.http.seen().size() == 2);
}

TEST_CASE("a refused key is a failed result and the account stays", "[executor]") {
  ToolsFixture f;
  const auto id = f.connect("1", "tavily", ApiKeyCredential{Secret(std::string_view("tvly-key-1"))});
  f.http.answer(401, R"({"detail":{"error":"Unauthorized: missing or invalid API key."}})");
  const ToolResult result = f.run("TAVILY_TAVILY_USAGE");
  CHECK_FALSE(result.successful);
  CHECK(result.error == "Tavily refused the credential (401: Unauthorized: missing or invalid API key.)");
  CHECK(f.http.seen().size() == 1);
  CHECK(f.sent_header(0, "authorization") == "Bearer tvly-key-1");
  CHECK(f.find(id).status == ConnectionStatus::Active);
}

TEST_CASE("each kind of credential of one toolkit is sent in its own way", "[executor]") {
  ToolsFixture f;
  const auto key = f.connect("k", "mock", ApiKeyCredential{Secret(std::string_view("key-1"))});
  const auto bearer = f.connect("t", "mock", BearerCredential{Secret(std::string_view("token-1"))});
  const auto basic =
      f.connect("b", "mock", BasicCredential{"alice@example.com", Secret(std::string_view("pass"))});
  for (const auto& id : {key, bearer, basic}) {
    f.http.answer(200, R"({"id":"1","email":"alice@example.com"})");
    CHECK(f.run("MOCK_WHOAMI", Json::object(), id).successful);
  }
  CHECK(f.sent_header(0, "x-api-key") == "key-1");
  CHECK(f.sent_header(0, "authorization").empty());
  CHECK(f.sent_header(1, "authorization") == "Bearer token-1");
  CHECK(f.sent_header(2, "authorization") == "Basic " + to_base64("alice@example.com:pass"));
}

TEST_CASE("what the service answers never holds a credential", "[executor]") {
  ToolsFixture f;
  f.connect("1", "mock", tokens("access-token-1"));
  const auto echo = [](const std::string& token) {
    return Json{{"message", "hi"},
                {"headers", {{"authorization", "Bearer " + token}}},
                {"b64", to_base64("prefix:" + token)},
                {token, token}}
        .dump();
  };
  SECTION("in a result") {
    f.http.answer(200, echo("access-token-1"));
    const ToolResult result = f.run("MOCK_ECHO", {{"message", "hi"}});
    CHECK(result.successful);
    CHECK(result.data["headers"]["authorization"] == "Bearer [redacted]");
    CHECK(result.data.dump().find("access-token-1") == std::string::npos);
    CHECK(result.data.dump().find(to_base64("access-token-1").substr(4, 8)) == std::string::npos);
  }
  SECTION("in an error") {
    f.http.answer(400, R"({"error":"bad token access-token-1"})");
    const ToolResult result = f.run("MOCK_ECHO", {{"message", "hi"}});
    CHECK(result.error == "Mock answered 400: bad token [redacted]");
  }
  SECTION("the refresh token either") {
    f.http.answer(200, R"({"message":"refresh-token-1"})");
    CHECK(f.run("MOCK_ECHO", {{"message", "hi"}}).data["message"] == "[redacted]");
  }
  SECTION("neither the old nor the new one after a refresh") {
    f.http.answer(401, "");
    f.answer_refresh("access-token-2");
    f.http.answer(200, R"({"message":"access-token-1 access-token-2"})");
    CHECK(f.run("MOCK_ECHO", {{"message", "hi"}}).data["message"] == "[redacted] [redacted]");
  }
  SECTION("not even cut in two by the limit of a message") {
    f.http.answer(400, Json{{"error", std::string(570, 'x') + "access-token-1"}}.dump());
    CHECK_THAT(f.run("MOCK_ECHO", {{"message", "hi"}}).error, !Catch::Contains("access"));
  }
  CHECK(f.log_text.find("token-1") == std::string::npos);
  CHECK(f.log_text.find("token-2") == std::string::npos);
}

TEST_CASE("a list in two steps has the fetched elements in their order", "[executor]") {
  ToolsFixture f;
  f.connect("1", "gmail", tokens("access-token-1"));
  f.http.answer(
      200,
      R"({"messages":[{"id":"a"},{"id":"b"},{"id":"c"},{"id":"d"},{"id":"e"},{"id":"f"}],"nextPageToken":"n"})");
  const auto by_url = [](const HttpRequest& request) -> HttpResult {
    const std::string id = request.url.substr(request.url.find("/messages/") + 10, 1);
    HttpResponse response;
    response.status = id == "c" ? 404 : 200;
    response.body =
        id == "c" ? R"({"error":{"message":"gone"}})" : R"({"id":")" + id + R"(","snippet":"full"})";
    return response;
  };
  for (int i = 0; i < 6; ++i) f.http.answer_with(by_url);
  const ToolResult result = f.run("GMAIL_FETCH_EMAILS", {{"max_results", 6}});
  CHECK(result.successful);
  CHECK(f.http.seen().size() == 7);
  const Json& messages = result.data["messages"];
  for (std::size_t i = 0; i < 6; ++i) {
    CHECK(messages[i]["id"] == std::string(1, static_cast<char>('a' + i)));
    if (i != 2) CHECK(messages[i]["snippet"] == "full");
  }
  CHECK(messages[2]["error"] == "Gmail answered 404: gone");
  CHECK(result.data["nextPageToken"] == "n");
}

TEST_CASE("the second step is left out when the caller says so or there is no list", "[executor]") {
  ToolsFixture f;
  f.connect("1", "gmail", tokens("access-token-1"));
  SECTION("ids only") {
    f.http.answer(200, R"({"messages":[{"id":"a"}]})");
    CHECK(f.run("GMAIL_FETCH_EMAILS", {{"ids_only", true}}).data["messages"] ==
          Json::parse(R"([{"id":"a"}])"));
  }
  SECTION("empty mailbox") {
    f.http.answer(200, R"({"resultSizeEstimate":0})");
    CHECK(f.run("GMAIL_FETCH_EMAILS").data == Json::parse(R"({"resultSizeEstimate":0})"));
  }
  CHECK(f.http.seen().size() == 1);
}

TEST_CASE("a service that answers with more elements than asked for is not followed without end",
          "[executor]") {
  ToolsFixture f;
  f.connect("1", "gmail", tokens("access-token-1"));
  Json messages = Json::array();
  for (int i = 0; i < 500; ++i) messages.push_back({{"id", "m" + std::to_string(i)}});
  f.http.answer(200, Json{{"messages", messages}}.dump());
  for (int i = 0; i < 100; ++i) f.http.answer(200, R"({"id":"x"})");
  CHECK(f.run("GMAIL_FETCH_EMAILS").successful);
  CHECK(f.http.seen().size() == 21);
}

TEST_CASE("at most four elements are fetched at a time", "[executor]") {
  ToolsFixture f;
  f.connect("1", "gmail", tokens("access-token-1"));
  std::atomic<int> running{0};
  std::atomic<int> most{0};
  Json messages = Json::array();
  for (int i = 0; i < 12; ++i) messages.push_back({{"id", "m" + std::to_string(i)}});
  f.http.answer(200, Json{{"messages", messages}}.dump());
  for (int i = 0; i < 12; ++i) {
    f.http.answer_with([&](const HttpRequest&) -> HttpResult {
      const int now = ++running;
      for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
      }
      std::this_thread::yield();
      --running;
      HttpResponse response;
      response.status = 200;
      response.body = "{}";
      return response;
    });
  }
  CHECK(f.run("GMAIL_FETCH_EMAILS", {{"max_results", 12}}).successful);
  CHECK(most <= 4);
}

TEST_CASE("a token that dies between the steps is refreshed once for the whole", "[executor]") {
  ToolsFixture f;
  f.connect("1", "gmail", tokens("access-token-1"));
  f.http.answer(200, R"({"messages":[{"id":"a"}]})");
  f.http.answer(401, kUnauthorized);
  f.answer_refresh("access-token-2");
  f.http.answer(200, R"({"messages":[{"id":"a"}]})");
  f.http.answer(200, R"({"id":"a","snippet":"full"})");
  const ToolResult result = f.run("GMAIL_FETCH_EMAILS");
  CHECK(result.successful);
  CHECK(result.data["messages"][0]["snippet"] == "full");
  CHECK(f.http.seen().size() == 5);
}

TEST_CASE("a service that cannot be reached is a failed result", "[executor]") {
  ToolsFixture f;
  f.connect("1", "gmail", tokens("access-token-1"));
  f.http.fail(
      {HttpFailure::Sent::No, HttpFailure::Kind::Connect, "gmail.googleapis.com: connection refused"});
  const ToolResult result = f.run("GMAIL_GET_PROFILE");
  CHECK_FALSE(result.successful);
  CHECK_THAT(result.error, Catch::Contains("cannot be reached"));
}
