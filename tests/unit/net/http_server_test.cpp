#include "vault/net/http_server.h"

#include <catch2/catch.hpp>
#include <set>
#include <thread>

#include "tests/unit/net/server_fixture.h"

using namespace coffer;
using namespace coffer::testing;

namespace {

HttpServer make_server(SystemRandom& random, ServerHandler handler, ServerLimits limits = {},
                       BindAddress address = {}) {
  return HttpServer(address, std::move(handler), EchoServer::on_error(), random, null_log(), limits);
}

}  // namespace

TEST_CASE("one connection serves many requests", "[net]") {
  const EchoServer echo;
  RawClient client(echo.server.port());
  for (int i = 0; i < 20; ++i) {
    client.send(get("/" + std::to_string(i)));
    const auto heard = client.hear();
    REQUIRE(heard);
    CHECK(heard->body == "GET /" + std::to_string(i) + "|");
  }
}

TEST_CASE("pipelined requests are answered in their order", "[net]") {
  const EchoServer echo;
  RawClient client(echo.server.port());
  std::string all;
  for (int i = 0; i < 100; ++i) {
    const std::string body = "body" + std::to_string(i);
    all += i % 2 == 0 ? get("/" + std::to_string(i))
                      : post("Content-Length: " + std::to_string(body.size()) + "\r\n", body);
  }
  client.send(all);
  for (int i = 0; i < 100; ++i) {
    const auto heard = client.hear();
    REQUIRE(heard);
    CHECK(heard->body ==
          (i % 2 == 0 ? "GET /" + std::to_string(i) + "|" : "POST /p|body" + std::to_string(i)));
  }
}

TEST_CASE("segments cut at every byte arrive as one request", "[net]") {
  const EchoServer echo;
  const std::string bytes = post("Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n");
  RawClient client(echo.server.port());
  for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
    CAPTURE(cut);
    client.send(bytes.substr(0, cut));
    std::this_thread::yield();
    client.send(bytes.substr(cut));
    const auto heard = client.hear();
    REQUIRE(heard);
    CHECK(heard->body == "POST /p|hello");
  }
}

TEST_CASE("each request has an id of its own, which the answer carries", "[net]") {
  SystemRandom random;
  std::mutex mutex;
  std::vector<std::string> seen;
  HttpServer server = make_server(random, [&](ServerRequest& request) {
    const std::lock_guard lock(mutex);
    seen.push_back(request.request_id);
    return ServerResponse::text(200, request.request_id);
  });
  server.start();
  RawClient client(server.port());
  std::set<std::string> ids;
  for (int i = 0; i < 3; ++i) {
    client.send(get("/", "x-request-id: mine\r\n"));
    const auto heard = client.hear();
    REQUIRE(heard);
    CHECK(heard->body.size() == 36);
    CHECK(heard->has("x-request-id: " + heard->body + "\r\n"));
    ids.insert(heard->body);
  }
  CHECK(ids.size() == 3);
}

TEST_CASE("HEAD is answered like GET, without the body", "[net]") {
  const EchoServer echo;
  RawClient client(echo.server.port());
  client.send("HEAD /a HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const auto heard = client.hear(true);
  REQUIRE(heard);
  CHECK(heard->status == 200);
  CHECK(heard->has("Content-Length: 8\r\n"));  // "HEAD /a|"
  client.send(get("/b"));
  const auto next = client.hear();
  REQUIRE(next);
  CHECK(next->body == "GET /b|");
}

TEST_CASE("a GET with a body is given to the handler, then the connection closes", "[net]") {
  const EchoServer echo;
  const bool in_two_segments = GENERATE(false, true);
  RawClient client(echo.server.port());
  const std::string head = "GET /search HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\n";
  if (in_two_segments) {
    client.send(head);
    std::this_thread::yield();
    client.send("find");
  } else {
    client.send(head + "find");
  }
  const auto heard = client.hear();
  REQUIRE(heard);
  CHECK(heard->body == "GET /search|find");
  CHECK(heard->has("Connection: close\r\n"));
  CHECK(client.is_closed());
}

TEST_CASE("a client that waits for 100 Continue gets it before it sends the body", "[net]") {
  const EchoServer echo;
  RawClient client(echo.server.port());
  client.send(post("Expect: 100-continue\r\nContent-Length: 5\r\n", ""));
  const auto interim = client.hear();
  REQUIRE(interim);
  CHECK(interim->head == "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("hello");
  const auto heard = client.hear();
  REQUIRE(heard);
  CHECK(heard->body == "POST /p|hello");
}

TEST_CASE("a body that is too large is refused before 100 Continue", "[net]") {
  const EchoServer echo;
  RawClient client(echo.server.port());
  client.send(post("Expect: 100-continue\r\nContent-Length: 5000000\r\n", ""));
  CHECK(client.hear_status() == 413);
}

TEST_CASE("a large answer arrives whole", "[net]") {
  SystemRandom random;
  const std::string large(20 << 20, 'x');
  HttpServer server = make_server(random, [&](ServerRequest&) { return ServerResponse::text(200, large); });
  server.start();
  RawClient client(server.port());
  client.send(get("/") + get("/"));
  for (int i = 0; i < 2; ++i) {
    const auto heard = client.hear();
    REQUIRE(heard);
    CHECK(heard->body.size() == large.size());
  }
}

TEST_CASE("what a handler throws becomes the answer of on_error, without its text", "[net]") {
  SystemRandom random;
  const auto on_error = [](const ServerRequest&, const std::exception& error) {
    const auto* ours = dynamic_cast<const Error*>(&error);
    return ServerResponse::text(ours != nullptr ? 409 : 500, "failed\n");
  };
  HttpServer server(
      {},
      [](ServerRequest& request) -> ServerResponse {
        if (request.path == "/ours") throw Error(ErrorCode::Conflict, "s3cret");
        if (request.path == "/std") throw std::runtime_error("s3cret");
        throw 42;
      },
      on_error, random, null_log());
  server.start();
  const auto [path, status] =
      GENERATE(table<std::string, int>({{"/ours", 409}, {"/std", 500}, {"/other", 500}}));
  RawClient client(server.port());
  client.send(get(path));
  const auto heard = client.hear();
  REQUIRE(heard);
  CHECK(heard->status == status);
  CHECK((heard->head + heard->body).find("s3cret") == std::string::npos);
  client.send(get(path));
  CHECK(client.hear_status() == status);  // the connection lives on
}

TEST_CASE("an on_error that throws as well gives a bare 500", "[net]") {
  SystemRandom random;
  std::string log_text;
  const auto log = make_callback_log([&](std::string_view line) { log_text += line; });
  {
    HttpServer server(
        {}, [](ServerRequest&) -> ServerResponse { throw std::runtime_error("a"); },
        [](const ServerRequest&, const std::exception&) -> ServerResponse { throw std::runtime_error("b"); },
        random, *log);
    server.start();
    RawClient client(server.port());
    client.send(get("/"));
    const auto heard = client.hear();
    REQUIRE(heard);
    CHECK(heard->status == 500);
    CHECK(heard->body == "internal error\n");
  }
  CHECK(log_text.find("http_handler_failed request_id=") != std::string::npos);
}

TEST_CASE("both loopbacks are served on the same port", "[net]") {
  const EchoServer echo;
  CHECK(echo.server.url() == "http://127.0.0.1:" + std::to_string(echo.server.port()));
  RawClient v4(echo.server.port());
  v4.send(get("/"));
  CHECK(v4.hear_status() == 200);
  RawClient v6(echo.server.port(), "::1");
  v6.send(get("/"));
  CHECK(v6.hear_status() == 200);
}

TEST_CASE("a port is never shared", "[net]") {
  const EchoServer echo;
  SystemRandom random;
  const std::string host = GENERATE("127.0.0.1", "localhost", "0.0.0.0", "::1");
  try {
    make_server(random, [](ServerRequest&) { return ServerResponse(); }, {}, {host, echo.server.port()});
    FAIL("bound twice");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::Conflict);
    CHECK_FALSE(error.hint().empty());
  }
}

TEST_CASE("an address that is none is refused", "[net]") {
  SystemRandom random;
  const auto [host, port] = GENERATE(table<std::string, int>({{"example.com", 0},
                                                              {"", 0},
                                                              {"127.0.0.1", 65536},
                                                              {"127.0.0.1", -1},
                                                              {"127.0.0.1.1", 0},
                                                              {"192.0.2.1", 0}}));
  CAPTURE(host, port);
  try {
    make_server(random, [](ServerRequest&) { return ServerResponse(); }, {}, {host, port});
    FAIL("bound");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::InvalidArgument);
  }
}

TEST_CASE("a freed port can be taken at once", "[net]") {
  SystemRandom random;
  int port = 0;
  {
    const EchoServer echo;
    port = echo.server.port();
    RawClient client(port);
    client.send(get("/", "Connection: close\r\n"));
    CHECK(client.hear_status() == 200);
  }
  CHECK_NOTHROW(
      make_server(random, [](ServerRequest&) { return ServerResponse(); }, {}, {"127.0.0.1", port}));
}

TEST_CASE("clients that come before start are served after it", "[net]") {
  SystemRandom random;
  HttpServer server = make_server(random, [](ServerRequest&) { return ServerResponse::text(200, "ok"); });
  RawClient early(server.port());
  early.send(get("/"));
  server.start();
  CHECK(early.hear_status() == 200);
}

TEST_CASE("handlers that wait for long do not stop the others", "[net]") {
  ServerLimits limits;
  limits.threads = 2;
  limits.max_threads = 16;
  SystemRandom random;
  Gate gate;
  Counter inside;
  HttpServer server = make_server(
      random,
      [&](ServerRequest& request) {
        if (request.path != "/wait") return ServerResponse::text(200, "quick");
        inside.add(1);
        gate.wait(std::chrono::seconds(10));
        return ServerResponse::text(200, "slow");
      },
      limits);
  server.start();
  std::vector<std::unique_ptr<RawClient>> waiting;
  for (int i = 0; i < 12; ++i) {
    waiting.push_back(std::make_unique<RawClient>(server.port()));
    waiting.back()->send(get("/wait"));
  }
  CHECK(inside.wait_for(12));
  RawClient quick(server.port());
  quick.send(get("/"));
  CHECK(quick.hear_status() == 200);
  gate.open();
  for (auto& client : waiting) CHECK(client->hear_status() == 200);
}

TEST_CASE("a stop lets a running handler end and its answer leave", "[net]") {
  SystemRandom random;
  Gate entered;
  Gate leave;
  HttpServer server = make_server(random, [&](ServerRequest&) {
    entered.open();
    leave.wait();
    return ServerResponse::text(200, "done");
  });
  server.start();
  RawClient busy(server.port());
  busy.send(get("/"));
  REQUIRE(entered.wait());
  RawClient idle(server.port());
  std::thread stopper([&] { server.stop(std::chrono::seconds(10)); });
  CHECK(idle.is_closed());
  leave.open();
  const auto heard = busy.hear();
  stopper.join();
  REQUIRE(heard);
  CHECK(heard->body == "done");
  CHECK(heard->has("Connection: close\r\n"));
  CHECK(busy.is_closed());
  CHECK_THROWS(RawClient(server.port()));
}

TEST_CASE("after the grace a connection is cut, and the handler is still waited for", "[net]") {
  SystemRandom random;
  Gate entered;
  Gate leave;
  std::atomic<bool> handler_ended{false};
  HttpServer server = make_server(random, [&](ServerRequest&) {
    entered.open();
    leave.wait();
    handler_ended = true;
    return ServerResponse::text(200, "late");
  });
  server.start();
  RawClient client(server.port());
  client.send(get("/"));
  REQUIRE(entered.wait());
  std::thread stopper([&] { server.stop(std::chrono::milliseconds(20)); });
  CHECK_FALSE(client.hear());
  CHECK_FALSE(handler_ended);
  leave.open();
  stopper.join();
  CHECK(handler_ended);
}

TEST_CASE("a stop is idempotent, quick without clients, and needs no start", "[net]") {
  SystemRandom random;
  const auto start = std::chrono::steady_clock::now();
  HttpServer never_started = make_server(random, [](ServerRequest&) { return ServerResponse(); });
  never_started.stop();
  EchoServer echo;
  RawClient idle(echo.server.port());
  RawClient half(echo.server.port());
  half.send("GET / HT");
  echo.server.stop();
  echo.server.stop();
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(1));
}

TEST_CASE("an answer can be sabotaged: reset before a byte, or cut in its body", "[net]") {
  SystemRandom random;
  HttpServer server = make_server(random, [](ServerRequest& request) {
    ServerResponse response = ServerResponse::text(200, std::string(1000, 'x'));
    response.sabotage = request.path == "/reset" ? Sabotage::ResetBeforeAnswer : Sabotage::CutBody;
    return response;
  });
  server.start();
  RawClient reset(server.port());
  reset.send(get("/reset"));
  CHECK_FALSE(reset.hear());
  CHECK(reset.was_reset());
  CHECK(reset.unread().empty());

  RawClient cut(server.port());
  cut.send(get("/cut"));
  CHECK_FALSE(cut.hear());
  CHECK_FALSE(cut.was_reset());
  CHECK(cut.unread().find("Content-Length: 1000\r\n") != std::string::npos);
  CHECK(cut.unread().ends_with("\r\n\r\n" + std::string(500, 'x')));
}

TEST_CASE("an answer can be sabotaged: reset behind its head, or in its body", "[net]") {
  SystemRandom random;
  HttpServer server = make_server(random, [](ServerRequest& request) {
    ServerResponse response = ServerResponse::text(200, std::string(1000, 'x'));
    response.sabotage = request.path == "/head" ? Sabotage::ResetAfterHead : Sabotage::ResetInBody;
    return response;
  });
  server.start();
  RawClient head(server.port());
  head.send(get("/head"));
  CHECK_FALSE(head.hear());
  CHECK(head.was_reset());
  CHECK(head.unread().ends_with("\r\n\r\n"));

  RawClient body(server.port());
  body.send(get("/body"));
  CHECK_FALSE(body.hear());
  CHECK(body.was_reset());
  CHECK(body.unread().ends_with("\r\n\r\n" + std::string(500, 'x')));
}

TEST_CASE("many clients at once get their own answers", "[net]") {
  const EchoServer echo;
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      RawClient client(echo.server.port());
      for (int i = 0; i < 100; ++i) {
        const std::string target = "/" + std::to_string(t) + "/" + std::to_string(i);
        client.send(get(target));
        const auto heard = client.hear();
        if (!heard || heard->body != "GET " + target + "|") ++wrong;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(wrong == 0);
  CHECK(echo.handled == 800);
}
