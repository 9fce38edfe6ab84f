#include <catch2/catch.hpp>

#include "vault/net/response_writer.h"
#include "vault/net/router.h"

using namespace coffer;

TEST_CASE("a cookie is found by its whole name", "[net]") {
  ServerRequest request;
  request.headers = {{"cookie", "xsid=1; sid=abc=; other=2"}, {"Cookie", "late=3;sid=second"}};
  CHECK(request.cookie("sid") == "abc=");
  CHECK(request.cookie("other") == "2");
  CHECK(request.cookie("late") == "3");
  CHECK(request.cookie("id").empty());
  CHECK(request.cookie("SID").empty());
}

TEST_CASE("absent things are empty", "[net]") {
  const ServerRequest request;
  CHECK(request.header("x").empty());
  CHECK(request.query_value("x").empty());
  CHECK(request.param("x").empty());
  CHECK(request.cookie("x").empty());
}

TEST_CASE("the first value of a repeated query field counts", "[net]") {
  ServerRequest request;
  request.query = {{"a", "1"}, {"a", "2"}};
  CHECK(request.query_value("a") == "1");
}

TEST_CASE("an answer is written with the front's own framing", "[net]") {
  auto response = ServerResponse::json(201, "{}")
                      .with_header("Content-Length", "999")
                      .with_header("transfer-encoding", "chunked")
                      .with_header("Connection", "upgrade")
                      .with_header("X-Request-Id", "forged")
                      .with_header("X-Other", "kept");
  CHECK(write_response(response, {.keeps_alive = true, .without_body = false, .request_id = "id-1"}) ==
        "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nX-Other: kept\r\nContent-Length: 2\r\n"
        "x-request-id: id-1\r\n\r\n{}");
}

TEST_CASE("an answer to HEAD has the length but not the body", "[net]") {
  CHECK(write_response(ServerResponse::text(200, "hello"),
                       {.keeps_alive = false, .without_body = true, .request_id = ""}) ==
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 5\r\nConnection: "
        "close\r\n\r\n");
}

TEST_CASE("204 and 304 have neither body nor length", "[net]") {
  const int status = GENERATE(204, 304);
  const std::string wire = write_response(ServerResponse::text(status, "dropped"), {});
  CHECK(wire.find("Content-Length") == std::string::npos);
  CHECK(wire.ends_with("\r\n\r\n"));
}

TEST_CASE("an answer that would split the stream is not sent", "[net]") {
  const auto bad = GENERATE(values<HttpHeader>({{"Location", "/a\r\nSet-Cookie: x=1"},
                                                {"Location", "/a\nX: 1"},
                                                {"Location", std::string("a\0b", 3)},
                                                {"X Y", "v"},
                                                {"X:", "v"},
                                                {"", "v"}}));
  CAPTURE(bad.name, bad.value);
  const std::string wire =
      write_response(ServerResponse::text(200, "secret").with_header(bad.name, bad.value), {});
  CHECK(wire.starts_with("HTTP/1.1 500 Internal Server Error\r\n"));
  CHECK(wire.find("Cookie") == std::string::npos);
  CHECK(wire.find("secret") == std::string::npos);
}

TEST_CASE("a status that is none becomes 500", "[net]") {
  const int status = GENERATE(0, 99, 100, 101, 199, 600, 1000, -1);
  CHECK(write_response(ServerResponse::text(status, ""), {}).starts_with("HTTP/1.1 500 "));
}

TEST_CASE("a redirect names its place and has no body", "[net]") {
  const ServerResponse response = ServerResponse::redirect(303, "/next?a=b");
  CHECK(response.status == 303);
  CHECK(header_value(response.headers, "location") == "/next?a=b");
  CHECK(response.body.empty());
}
