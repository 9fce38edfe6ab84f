#include "vault/api/wire/envelope.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "vault/base/json.h"

using namespace coffer;
using namespace coffer::api;

namespace {

Json envelope_of(const Error& error) {
  ServerRequest request;
  request.request_id = "req";
  return parse_json(error_response(request, error).body)["error"];
}

std::string_view should_retry(ErrorCode code) {
  static ServerResponse response;
  response = error_response(ServerRequest(), Error(code, "fact"));
  return header_value(response.headers, "x-should-retry");
}

}  // namespace

TEST_CASE("what a user does wrong is answered with a status that SDKs do not retry") {
  const auto [code, status] = GENERATE(table<ErrorCode, int>({
      {ErrorCode::InvalidArgument, 400},
      {ErrorCode::Unauthorized, 401},
      {ErrorCode::Forbidden, 403},
      {ErrorCode::NotFound, 404},
      {ErrorCode::Conflict, 400},
      {ErrorCode::WrongState, 422},
      {ErrorCode::NeedsConnection, 400},
      {ErrorCode::Gone, 410},
      {ErrorCode::TooLarge, 413},
  }));
  CHECK(status_of(code) == status);
  CHECK(should_retry(code).empty());
}

TEST_CASE("what may go well later is answered with a status that SDKs retry") {
  const auto [code, status] = GENERATE(table<ErrorCode, int>({
      {ErrorCode::Throttled, 429},
      {ErrorCode::Unavailable, 503},
      {ErrorCode::Timeout, 504},
      {ErrorCode::Storage, 503},
  }));
  CHECK(status_of(code) == status);
  CHECK(should_retry(code).empty());
}

TEST_CASE("what fails the same way every time tells SDKs not to retry") {
  const auto code = GENERATE(ErrorCode::Internal, ErrorCode::TamperedRow, ErrorCode::Unsupported);
  CHECK(status_of(code) >= 500);
  CHECK(should_retry(code) == "false");
}

TEST_CASE("a missing account carries the number and the words that SDKs look for") {
  const Json plain =
      envelope_of(Error(ErrorCode::NeedsConnection, "user_1 has none for gmail", "send a link"));
  CHECK(plain["code"] == 1803);
  CHECK(plain["status"] == 400);
  CHECK(plain["message"] == "No connected account found: user_1 has none for gmail");
  CHECK(plain["suggested_fix"] == "send a link");

  const Json same = envelope_of(Error(ErrorCode::NeedsConnection, "no connected account found for user_1"));
  CHECK(same["message"] == "No connected account found for user_1");
}

TEST_CASE("throttling and want of a service say when to come back") {
  const auto code = GENERATE(ErrorCode::Throttled, ErrorCode::Unavailable);
  const ServerResponse response = error_response(ServerRequest(), Error(code, "slow down"));
  CHECK_FALSE(header_value(response.headers, "retry-after").empty());
}

TEST_CASE("an unforeseen failure shows nothing of its text") {
  ServerRequest request;
  request.request_id = "req-7";
  const std::runtime_error secret("SELECT token FROM secrets");
  const ServerResponse response = error_response(request, static_cast<const std::exception&>(secret));
  CHECK(response.status == 500);
  CHECK(response.body.find("SELECT") == std::string::npos);
  CHECK(response.body.find("req-7") != std::string::npos);
}

TEST_CASE("an error may answer with the status that its route's contract names") {
  const Error error(ErrorCode::WrongState, "it is EXPIRED");
  const ServerResponse response = error_response_with_status(ServerRequest(), error, 409);
  CHECK(response.status == 409);
  CHECK(parse_json(response.body)["error"]["status"] == 409);
  CHECK(header_value(response.headers, "x-should-retry") == "false");
}
