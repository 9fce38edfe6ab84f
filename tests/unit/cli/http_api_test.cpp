#include "cli/commands/http_api.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "cli/commands/output.h"
#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/net/http_server.h"

using namespace coffer;
using namespace coffer::cli;

namespace {

// A daemon that gives one answer to everything.
class OneAnswer {
 public:
  explicit OneAnswer(ServerHandler handler)
      : server_(
            {"127.0.0.1", 0}, std::move(handler),
            [](const ServerRequest&, const std::exception&) { return ServerResponse::text(500, ""); },
            random_, null_log()) {
    server_.start();
  }
  HttpApi api() { return HttpApi({server_.url(), Secret("cfr_key")}); }

 private:
  SystemRandom random_;
  HttpServer server_;
};

Error error_of(int status, const std::string& body) {
  OneAnswer daemon([&](const ServerRequest&) { return ServerResponse::json(status, body); });
  try {
    daemon.api().get("/x");
  } catch (const Error& error) {
    return error;
  }
  throw std::runtime_error("nothing was thrown");
}

}  // namespace

TEST_CASE("an error answer is thrown as the error that it describes", "[cli]") {
  struct Case {
    int status;
    int code;
    ErrorCode expected;
  };
  const auto [status, code, expected] = GENERATE(values<Case>({
      {400, 10400, ErrorCode::InvalidArgument},
      {400, 1803, ErrorCode::NeedsConnection},
      {401, 401, ErrorCode::Unauthorized},
      {403, 403, ErrorCode::Forbidden},
      {404, 404, ErrorCode::NotFound},
      {422, 422, ErrorCode::WrongState},
      {429, 429, ErrorCode::Throttled},
      {500, 500, ErrorCode::Internal},
      {503, 503, ErrorCode::Internal},
  }));
  CAPTURE(status, code);
  const Json body = {{"error", {{"message", "the fact"}, {"code", code}, {"suggested_fix", "the step"}}}};
  const Error error = error_of(status, dump_json(body));
  CHECK(error.code() == expected);
  CHECK(std::string(error.what()) == "the fact");
  CHECK(error.hint() == "the step");
}

TEST_CASE("an error answer without an envelope still says what came", "[cli]") {
  const std::string body =
      GENERATE(R"({})", R"({"error":"text"})", R"({"error":{"message":7,"code":"x"}})", R"([])");
  const Error error = error_of(404, body);
  CHECK(error.code() == ErrorCode::NotFound);
  CHECK_THAT(error.what(), Catch::EndsWith("answered 404"));
}

TEST_CASE("something that is no daemon is told apart from a daemon's answer", "[cli]") {
  OneAnswer page([](const ServerRequest&) { return ServerResponse::html(200, "<html>"); });
  try {
    page.api().get("/x");
    FAIL("nothing was thrown");
  } catch (const Error& error) {
    CHECK(exit_code_of(error.code()) == exit_code::kNoDaemon);
  }
}

TEST_CASE("the key goes with every request", "[cli]") {
  std::string key;
  OneAnswer daemon([&](const ServerRequest& request) {
    key = request.header("x-api-key");
    return ServerResponse::json(200, "{}");
  });
  daemon.api().post("/x", Json::object());
  CHECK(key == "cfr_key");
}

TEST_CASE("a list is read page by page to its end", "[cli]") {
  OneAnswer daemon([](const ServerRequest& request) {
    const bool is_second = request.query_value("cursor") == "two";
    return ServerResponse::json(
        200, is_second ? R"({"items":[3],"next_cursor":null})" : R"({"items":[1,2],"next_cursor":"two"})");
  });
  CHECK(daemon.api().get_all("/x").size() == 3);
}

TEST_CASE("a list whose cursor never ends is left after 50 pages", "[cli]") {
  int pages = 0;
  OneAnswer daemon([&](const ServerRequest&) {
    ++pages;
    return ServerResponse::json(200, R"({"items":[1],"next_cursor":"again"})");
  });
  CHECK(daemon.api().get_all("/x").size() == 50);
  CHECK(pages == 50);
}

TEST_CASE("an id is one segment of a path, whatever it holds", "[cli]") {
  CHECK(api_path("tools", "../x?y") == "/api/v3/tools/..%2Fx%3Fy");
}

TEST_CASE("JSON that is no object is no daemon's answer", "[cli]") {
  OneAnswer other([](const ServerRequest&) { return ServerResponse::json(200, "[1,2]"); });
  try {
    other.api().get_all("/x");
    FAIL("it was taken");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::Unavailable);
  }
}
