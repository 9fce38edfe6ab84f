#include <catch2/catch.hpp>

#include "tests/unit/net/raw_server.h"
#include "vault/net/http_client.h"

using namespace coffer;
using namespace coffer::testing;

TEST_CASE("where part of a body will do, a long or broken one counts as far as it came", "[net][client]") {
  const std::string body(2000, 'x');
  const auto [answer, limit, expected] = GENERATE_COPY(table<std::string, std::size_t, std::size_t>({
      {"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n" + body, 2000, 2000},
      {"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n" + body, 1999, 1999},
      {"HTTP/1.1 200 OK\r\nContent-Length: 9000000000\r\n\r\n" + body, 100, 100},
      {"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n" + body, 0, 0},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" + body + "\r\n0\r\n\r\n", 1999, 1999},
      {"HTTP/1.1 200 OK\r\n\r\n" + body, 1999, 1999},                          // until the connection closes
      {"HTTP/1.1 200 OK\r\nContent-Length: 3000\r\n\r\n" + body, 3000, 2000},  // breaks off
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz", 3000, 0},
  }));
  CAPTURE(limit);
  const RawServer server({answer});
  HttpRequest request = request_to(server.url());
  request.max_response_bytes = limit;
  request.takes_part_of_body = true;
  const HttpResponse response = expect_answer(make_http_client()->send(request));
  CHECK(response.status == 200);
  CHECK(response.body.size() == expected);
}

TEST_CASE("where part of a body will do, one without an end counts when the time is over", "[net][client]") {
  const bool will_do = GENERATE(true, false);
  const RawServer server({"HTTP/1.1 200 OK\r\n\r\nx"}, RawServer::After::Hold);
  HttpRequest request = request_to(server.url());
  request.timeout = std::chrono::milliseconds(200);
  request.takes_part_of_body = will_do;
  HttpResult result = make_http_client()->send(request);
  if (will_do) {
    CHECK(expect_answer(std::move(result)).body == "x");
  } else {
    check_failure(expect_failure(std::move(result)), Sent::Maybe, Kind::Timeout);
  }
}

TEST_CASE("where part of a body will do, there has to be an answer all the same", "[net][client]") {
  const std::string answer =
      GENERATE(as<std::string>(), "", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 100 Continue\r\n\r\n");
  CAPTURE(answer);
  const RawServer server({answer}, RawServer::After::Hold);
  HttpRequest request = request_to(server.url());
  request.timeout = std::chrono::milliseconds(200);
  request.takes_part_of_body = true;
  check_failure(expect_failure(make_http_client()->send(request)), Sent::Maybe, Kind::Timeout);
}
