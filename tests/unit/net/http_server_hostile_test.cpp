#include <httplib.h>
#include <sys/resource.h>

#include <catch2/catch.hpp>

#include "tests/unit/net/hostile_cases.h"
#include "tests/unit/net/server_fixture.h"

using namespace coffer;
using namespace coffer::testing;

namespace {

// Both ends of every connection live in this process.
void allow_descriptors(rlim_t count) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = std::max(limit.rlim_cur, std::min(count, limit.rlim_max));
  setrlimit(RLIMIT_NOFILE, &limit);
}

// cpp-httplib's own reading of a connection's bytes, without sockets.
class StockServer : httplib::Server {
 public:
  StockServer() {
    const auto answer = [](const httplib::Request&, httplib::Response& response) {
      response.set_content("ok", "text/plain");
    };
    Get(".*", answer);
    Post(".*", answer);
    set_payload_max_length(1 << 20);
  }
  bool accepts(const std::string& bytes) {
    MemoryStream stream(bytes);
    bool is_closed = false;
    process_request(stream, true, is_closed, [](httplib::Request&) {});
    return stream.written.starts_with("HTTP/1.1 200 ");
  }

 private:
  struct MemoryStream final : httplib::Stream {
    explicit MemoryStream(std::string_view bytes) : unread(bytes) {}
    bool is_readable() const override { return true; }
    bool is_writable() const override { return true; }
    ssize_t read(char* out, size_t size) override {
      const std::size_t count = unread.copy(out, size);
      unread.remove_prefix(count);
      return static_cast<ssize_t>(count);
    }
    ssize_t write(const char* data, size_t size) override {
      written.append(data, size);
      return static_cast<ssize_t>(size);
    }
    void get_remote_ip_and_port(std::string&, int&) const override {}
    void get_local_ip_and_port(std::string&, int&) const override {}
    socket_t socket() const override { return -1; }

    std::string_view unread;
    std::string written;
  };
};

}  // namespace

TEST_CASE("every hostile client is answered exactly as it should be", "[net][hostile]") {
  const EchoServer echo;
  for (const HostileCase& hostile : all_hostile_cases()) {
    CAPTURE(hostile.name);
    CHECK(echo.statuses_of(hostile.bytes) == hostile.statuses);
  }
}

TEST_CASE("a refused request never reaches the handler", "[net][hostile]") {
  const EchoServer echo;
  for (const HostileCase& hostile : all_hostile_cases()) {
    const bool is_refused = hostile.statuses.empty() || hostile.statuses.front() != 200;
    if (!is_refused) continue;
    CAPTURE(hostile.name);
    echo.statuses_of(hostile.bytes);
    CHECK(echo.handled == 0);
  }
}

// Without this the cases above could pass because they ask for nothing.
TEST_CASE("a stock cpp-httplib server falls for many of the same cases", "[net][hostile]") {
  StockServer stock;
  int fooled = 0;
  for (auto* table : {framing_cases, host_cases, syntax_cases}) {
    for (const HostileCase& hostile : table()) {
      const bool is_refused = !hostile.statuses.empty() && hostile.statuses.front() >= 400;
      if (is_refused && stock.accepts(hostile.bytes)) ++fooled;
    }
  }
  CHECK(fooled >= 40);  // two framings, no or two hosts, absolute targets, loose chunk sizes, ...
}

TEST_CASE("a refusal tells why and closes, and says nothing of the request", "[net][hostile]") {
  const EchoServer echo;
  RawClient client(echo.server.port());
  client.send("GET /?token=s3cret HTTP/1.1\r\nX-Key: s3cret\r\n\r\n");
  const auto heard = client.hear();
  REQUIRE(heard);
  CHECK(heard->status == 400);
  CHECK(heard->body == "exactly one Host header is needed\n");
  CHECK(heard->has("Connection: close\r\n"));
  CHECK(heard->has("x-request-id: "));
  CHECK(heard->head.find("s3cret") == std::string::npos);
  CHECK(client.is_closed());
}

TEST_CASE("a client that is still sending a refused body hears the refusal", "[net][hostile]") {
  const EchoServer echo;
  RawClient client(echo.server.port());
  client.send(post("Content-Length: 4000000\r\n", ""));
  CHECK(client.send(std::string(4'000'000, 'a')));
  CHECK(client.hear_status() == 413);
}

TEST_CASE("a head that trickles is cut off after the head's time, not a byte's", "[net][hostile]") {
  ServerLimits limits;
  limits.head_timeout = std::chrono::milliseconds(80);
  const EchoServer echo(limits);
  RawClient client(echo.server.port());
  const auto start = std::chrono::steady_clock::now();
  std::string head = "GET / HTTP/1.1\r\nHost: localhost\r\nx-slow: ";
  client.send(head);
  Gate never;
  std::optional<Heard> heard;
  // One byte every 10 ms: each well within the limit, all together not.
  for (int i = 0; i < 200; ++i) {
    if (!client.send("a")) break;
    if (never.wait(std::chrono::milliseconds(10))) break;
    if (std::chrono::steady_clock::now() - start > std::chrono::milliseconds(250)) break;
  }
  heard = client.hear();
  REQUIRE(heard);
  CHECK(heard->status == 408);
  CHECK(echo.handled == 0);
}

TEST_CASE("a body that never comes is answered 408", "[net][hostile]") {
  ServerLimits limits;
  limits.body_timeout = std::chrono::milliseconds(50);
  const EchoServer echo(limits);
  const std::string bytes = GENERATE(as<std::string>{}, post("Content-Length: 10\r\n", "abc"),
                                     post("Transfer-Encoding: chunked\r\n", "5\r\nab"),
                                     "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n");
  RawClient client(echo.server.port());
  client.send(bytes);
  CHECK(client.hear_status() == 408);
  CHECK(client.is_closed());
}

TEST_CASE("an idle connection is closed in silence", "[net][hostile]") {
  ServerLimits limits;
  limits.idle_timeout = std::chrono::milliseconds(50);
  const EchoServer echo(limits);
  RawClient fresh(echo.server.port());
  RawClient used(echo.server.port());
  used.send(get("/"));
  CHECK(used.hear_status() == 200);
  CHECK(used.is_closed());
  CHECK(fresh.is_closed());
}

TEST_CASE("a client that does not read its answer is cut off", "[net][hostile]") {
  ServerLimits limits;
  limits.body_timeout = std::chrono::milliseconds(50);
  limits.max_connections = 1;
  SystemRandom random;
  HttpServer server(
      {},
      [](ServerRequest& request) {
        return ServerResponse::text(200, std::string(request.path == "/big" ? 12 << 20 : 1, 'a'));
      },
      EchoServer::on_error(), random, null_log(), limits);
  server.start();
  RawClient greedy(server.port());
  greedy.send(get("/big"));
  REQUIRE(greedy.hear_head());
  // The only place is free again once the greedy one is gone.
  int status = 503;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (status != 200 && std::chrono::steady_clock::now() < end) {
    RawClient next(server.port());
    next.send(get("/"));
    status = next.hear_status();
  }
  CHECK(status == 200);
  CHECK_FALSE(greedy.hear());  // the connection ended before the body did
}

TEST_CASE("half-sent requests hold no thread", "[net][hostile]") {
  ServerLimits limits;
  limits.threads = 2;
  limits.max_threads = 2;
  const EchoServer echo(limits);
  std::vector<std::unique_ptr<RawClient>> stuck;
  for (int i = 0; i < 60; ++i) {
    stuck.push_back(std::make_unique<RawClient>(echo.server.port()));
    stuck.back()->send(i % 2 == 0 ? "GET / HTT" : post("Content-Length: 100\r\n", "abc"));
  }
  RawClient normal(echo.server.port());
  normal.send(get("/"));
  CHECK(normal.hear_status() == 200);
}

TEST_CASE("500 idle connections do not keep a request waiting", "[net][hostile]") {
  ServerLimits limits;
  limits.threads = 2;
  limits.max_threads = 2;
  const EchoServer echo(limits);
  allow_descriptors(2048);
  std::vector<std::unique_ptr<RawClient>> idle;
  for (int i = 0; i < 500; ++i) idle.push_back(std::make_unique<RawClient>(echo.server.port()));
  for (auto& client : idle) client->send(get("/"));
  for (auto& client : idle) CHECK(client->hear_status() == 200);
  const auto start = std::chrono::steady_clock::now();
  RawClient normal(echo.server.port());
  normal.send(get("/"));
  CHECK(normal.hear_status() == 200);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::milliseconds(500));
}

TEST_CASE("one connection above the limit takes the place of the longest idle one", "[net][hostile]") {
  ServerLimits limits;
  limits.max_connections = 2;
  const EchoServer echo(limits);
  RawClient oldest(echo.server.port());
  RawClient second(echo.server.port());
  RawClient third(echo.server.port());
  third.send(get("/"));
  CHECK(third.hear_status() == 200);
  CHECK(oldest.is_closed());
  second.send(get("/"));
  CHECK(second.hear_status() == 200);
}

TEST_CASE("above the limit, with nobody idle, a client hears 503", "[net][hostile]") {
  ServerLimits limits;
  limits.max_connections = 2;
  SystemRandom random;
  Gate gate;
  Counter inside;
  HttpServer server(
      {},
      [&](ServerRequest&) {
        inside.add(1);
        gate.wait();
        return ServerResponse::text(200, "late");
      },
      EchoServer::on_error(), random, null_log(), limits);
  server.start();
  RawClient first(server.port());
  RawClient second(server.port());
  first.send(get("/"));
  second.send(get("/"));
  REQUIRE(inside.wait_for(2));
  RawClient third(server.port());
  third.send(get("/"));
  CHECK(third.hear_status() == 503);
  CHECK(third.is_closed());
  gate.open();
  CHECK(first.hear_status() == 200);
  CHECK(second.hear_status() == 200);
}

TEST_CASE("requests that together hold too much memory are refused, the next one is served",
          "[net][hostile]") {
  ServerLimits limits;
  limits.max_buffered_bytes = 100'000;
  const EchoServer echo(limits);
  {
    RawClient large(echo.server.port());
    large.send(post("Content-Length: 200000\r\n", std::string(200'000, 'a')));
    CHECK(large.hear_status() == 503);
  }
  RawClient small(echo.server.port());
  small.send(post("Content-Length: 50000\r\n", std::string(50'000, 'a')));
  CHECK(small.hear_status() == 200);
  small.send(post("Content-Length: 50000\r\n", std::string(50'000, 'a')));
  CHECK(small.hear_status() == 200);
}

TEST_CASE("what the front refuses is worded by the caller's own renderer", "[net][hostile]") {
  SystemRandom random;
  HttpServer server(
      {}, [](ServerRequest&) { return ServerResponse::text(200, "ok"); }, EchoServer::on_error(), random,
      null_log(), {},
      [](const ServerRequest& request, const Refusal& refusal) {
        return ServerResponse::text(
            refusal.status, request.path + " " + std::string(refusal.fact) + " " + request.request_id);
      });
  server.start();
  RawClient client(server.port());
  client.send(post("Content-Length: 5000000\r\n", ""));
  const auto heard = client.hear();
  REQUIRE(heard);
  CHECK(heard->status == 413);
  const std::string words = "/p the body is too large ";
  REQUIRE(heard->body.starts_with(words));
  CHECK(heard->has("x-request-id: " + heard->body.substr(words.size()) + "\r\n"));
  CHECK(client.is_closed());
}

TEST_CASE("a renderer that throws leaves the refusal in plain words", "[net][hostile]") {
  SystemRandom random;
  HttpServer server(
      {}, [](ServerRequest&) { return ServerResponse::text(200, "ok"); }, EchoServer::on_error(), random,
      null_log(), {},
      [](const ServerRequest&, const Refusal&) -> ServerResponse {
        throw Error(ErrorCode::Internal, "no words");
      });
  server.start();
  RawClient client(server.port());
  client.send("nonsense\r\n\r\n");
  const auto heard = client.hear();
  REQUIRE(heard);
  CHECK(heard->status == 400);
  CHECK(heard->body == "the request line is malformed\n");
}
