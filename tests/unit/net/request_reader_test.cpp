#include "vault/net/request_reader.h"

#include <array>
#include <catch2/catch.hpp>

#include "tests/unit/net/hostile_cases.h"
#include "tests/unit/net/server_fixture.h"

using namespace coffer;
using namespace coffer::testing;

namespace {

using State = RequestReader::State;

// Takes every request that is complete, as the connection does.
void drain(RequestReader& reader, std::vector<int>& statuses) {
  while (true) {
    const State state = reader.advance();
    if (state == State::Refused) {
      statuses.push_back(reader.refusal().status);
      return;
    }
    if (state != State::Ready) return;
    reader.take();
    statuses.push_back(200);
    if (!reader.keeps_alive()) return;
  }
}

std::vector<int> read_in_pieces(std::string_view bytes, const std::vector<std::size_t>& cuts) {
  RequestReader reader{ReaderLimits{}};
  std::vector<int> statuses;
  std::size_t begin = 0;
  for (const std::size_t end : cuts) {
    reader.append(bytes.substr(begin, end - begin));
    drain(reader, statuses);
    if (reader.refusal().fact.size() > 0 || !reader.keeps_alive()) return statuses;
    begin = end;
  }
  return statuses;
}

std::vector<std::size_t> every_byte(std::size_t size) {
  std::vector<std::size_t> cuts;
  for (std::size_t i = 1; i <= size; ++i) cuts.push_back(i);
  return cuts;
}

ServerRequest read_one(std::string_view bytes) {
  RequestReader reader{ReaderLimits{}};
  reader.append(bytes);
  REQUIRE(reader.advance() == State::Ready);
  return reader.take();
}

}  // namespace

TEST_CASE("hostile bytes are judged the same in one piece and byte by byte", "[net][hostile]") {
  for (const HostileCase& hostile : all_hostile_cases()) {
    CAPTURE(hostile.name);
    CHECK(read_in_pieces(hostile.bytes, {hostile.bytes.size()}) == hostile.statuses);
    if (hostile.bytes.size() > 200'000) continue;  // two megabytes byte by byte prove nothing more
    CHECK(read_in_pieces(hostile.bytes, every_byte(hostile.bytes.size())) == hostile.statuses);
  }
}

TEST_CASE("a request cut in two at any byte is the same request", "[net]") {
  const std::string bytes =
      get("/a?b=c") + post("Content-Length: 5\r\n", "hello") +
      post("Transfer-Encoding: chunked\r\n", "2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nt: v\r\n\r\n") + get("/z");
  for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
    CAPTURE(cut);
    CHECK(read_in_pieces(bytes, {cut, bytes.size()}) == std::vector<int>{200, 200, 200, 200});
  }
}

TEST_CASE("a request is handed on as it came, decoded once", "[net]") {
  const ServerRequest request = read_one(
      "POST /a%2Fb//c/?x=1&x=2 HTTP/1.1\r\nHost: localhost\r\nX-Key:  a%41 b \r\nContent-Length: "
      "5\r\n\r\nb%41y");
  CHECK(request.method == "POST");
  CHECK(request.target == "/a%2Fb//c/?x=1&x=2");
  CHECK(request.path == "/a/b/c");
  CHECK(request.query == Fields{{"x", "1"}, {"x", "2"}});
  CHECK(request.header("x-key") == "a%41 b");
  CHECK(request.body == "b%41y");
}

TEST_CASE("a target in absolute form is handed on in origin form", "[net]") {
  const auto [line, target, path] = GENERATE(values<std::array<std::string, 3>>(
      {{"http://localhost:4000/a/b?x=http://c/", "/a/b?x=http://c/", "/a/b"},
       {"http://LocalHost:4000", "/", "/"},
       {"HTTP://localhost:4000?x=1", "/?x=1", "/"}}));
  const ServerRequest request = read_one("GET " + line + " HTTP/1.1\r\nHost: localhost:4000\r\n\r\n");
  CHECK(request.target == target);
  CHECK(request.path == path);
}

TEST_CASE("a chunked body arrives whole, and the next request is not touched", "[net]") {
  RequestReader reader{ReaderLimits{}};
  reader.append(post("Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n") +
                get("/next"));
  REQUIRE(reader.advance() == State::Ready);
  CHECK(reader.take().body == "hello world");
  REQUIRE(reader.advance() == State::Ready);
  CHECK(reader.take().target == "/next");
  CHECK(reader.advance() == State::Empty);
  CHECK(reader.buffered_bytes() == 0);
}

TEST_CASE("the reader says what it waits for", "[net]") {
  RequestReader reader{ReaderLimits{}};
  CHECK(reader.advance() == State::Empty);
  reader.append("POST / HTTP/1.1\r\nHost: localhost\r\n");
  CHECK(reader.advance() == State::InHead);
  reader.append("Content-Length: 2\r\n\r\n");
  CHECK(reader.advance() == State::InBody);
  reader.append("a");
  CHECK(reader.advance() == State::InBody);
  reader.append("b");
  CHECK(reader.advance() == State::Ready);
}

TEST_CASE("100 Continue is due once, and only while the client waits for it", "[net]") {
  const std::string head =
      "POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n";
  RequestReader waiting{ReaderLimits{}};
  waiting.append(head);
  REQUIRE(waiting.advance() == State::InBody);
  CHECK(waiting.take_continue());
  CHECK_FALSE(waiting.take_continue());

  RequestReader eager{ReaderLimits{}};
  eager.append(head + "a");
  REQUIRE(eager.advance() == State::InBody);
  CHECK_FALSE(eager.take_continue());
}

TEST_CASE("a refusal is final, and the memory is given back when its answer is known", "[net]") {
  RequestReader reader{ReaderLimits{}};
  reader.append("BAD\r\n\r\n" + std::string(1000, 'a'));
  REQUIRE(reader.advance() == State::Refused);
  reader.abandon();
  CHECK(reader.buffered_bytes() == 0);
  reader.append(get("/"));
  CHECK(reader.advance() == State::Refused);
  CHECK_FALSE(reader.keeps_alive());
}

TEST_CASE("a head is refused as soon as it is over the limit, not when it ends", "[net]") {
  RequestReader reader{ReaderLimits{.max_head_bytes = 100, .head = {}}};
  reader.append("GET /" + std::string(95, 'a'));
  CHECK(reader.advance() == State::InHead);
  reader.append("a");
  REQUIRE(reader.advance() == State::Refused);
  CHECK(reader.refusal().status == 431);
}

TEST_CASE("method and path of a refused request are told as far as they were read", "[net]") {
  const auto [bytes, expected] = GENERATE(table<std::string, std::string>({
      {"GET /api/v3/tools?x=1 HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "GET /api/v3/tools"},
      {"POST /api/v3/tools HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n", "POST /api/v3/tools"},
      {"POST /api/v1/a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "POST /api/v1/a"},
      {"GET /v1/" + std::string(20'000, 'a'), "GET /v1/" + std::string(20'000, 'a')},
      {"BREW /pot HTTP/1.1\r\nHost: a\r\n\r\n", "BREW /pot"},
      {"GET /a/../b HTTP/1.1\r\nHost: a\r\n\r\n", "GET "},
      {"GET\r\n\r\n", " "},
  }));
  CAPTURE(bytes.substr(0, 100));
  RequestReader reader{ReaderLimits{}};
  reader.append(bytes);
  REQUIRE(reader.advance() == State::Refused);
  const ServerRequest begun = reader.begun();
  CHECK(begun.method + " " + begun.path == expected);
  CHECK(begun.headers.empty());
  reader.abandon();
  CHECK(reader.buffered_bytes() == 0);
}
