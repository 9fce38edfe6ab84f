#include "vault/api/api.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "vault/base/json.h"

using namespace coffer;

namespace {

ServerResponse refuse(const std::string& path, int status) {
  ServerRequest request;
  request.path = path;
  request.request_id = "req";
  return refusal_answer(request, {status, "the fact"});
}

}  // namespace

TEST_CASE("what the front refuses is an envelope with its own status and a request id") {
  const auto [status, code, slug] = GENERATE(table<int, int, std::string>({
      {400, 10400, "invalid_argument"},
      {408, 10504, "timeout"},
      {413, 10413, "too_large"},
      {415, 10400, "invalid_argument"},
      {417, 10400, "invalid_argument"},
      {431, 10413, "too_large"},
      {501, 10501, "unsupported"},
      {503, 10503, "unavailable"},
      {505, 10501, "unsupported"},
  }));
  CAPTURE(status);
  // An empty path: the request line could not be read.
  const std::string path = GENERATE("/api/v3/tools", "/api/v3.1/tools", "/link/lk_x", "");
  const ServerResponse response = refuse(path, status);
  CHECK(response.status == status);
  CHECK(header_value(response.headers, "content-type") == "application/json");
  const Json error = parse_json(response.body)["error"];
  CHECK(error["message"] == "the fact");
  CHECK(error["status"] == status);
  CHECK(error["code"] == code);
  CHECK(error["slug"] == slug);
  CHECK(error["request_id"] == "req");
}

TEST_CASE("refusals that would come again are not to be retried") {
  CHECK(header_value(refuse("/api/v3/tools", 501).headers, "x-should-retry") == "false");
  CHECK(header_value(refuse("/api/v3/tools", 505).headers, "x-should-retry") == "false");
  CHECK(header_value(refuse("/api/v3/tools", 503).headers, "x-should-retry").empty());
}

TEST_CASE("what the front refuses on a legacy path has that dialect's flat form and statuses") {
  const auto [status, expected] = GENERATE(table<int, int>({{413, 400}, {408, 408}, {503, 502}}));
  const ServerResponse response = refuse("/api/v1/connectedAccounts", status);
  CHECK(response.status == expected);
  const Json body = parse_json(response.body);
  CHECK(body["status"] == expected);
  CHECK(body["requestId"] == "req");
  CHECK(body["message"] == "the fact");
}
