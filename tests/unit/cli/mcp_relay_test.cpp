#include "cli/commands/mcp_relay.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/support/scripted_http.h"
#include "vault/base/json.h"

using namespace coffer;
using namespace coffer::cli;

namespace {

struct World {
  coffer::testing::ScriptedHttp http;
  McpRelay relay{{"http://127.0.0.1:9900", Secret("the-key")}, "/mcp?user_id=alice", http};

  std::string sent(const char* header) const {
    return std::string(header_value(http.seen().back().headers, header));
  }
};

const char* const kPing = R"({"jsonrpc":"2.0","id":1,"method":"ping"})";
const char* const kPong = R"({"jsonrpc":"2.0","id":1,"result":{}})";

Json error_of(const std::string& answer) {
  const Json value = parse_json(answer, "answer");
  CHECK(value.at("jsonrpc") == "2.0");
  return value.at("error");
}

}  // namespace

TEST_CASE("a message goes to the daemon as it is, and the answer comes back on one line") {
  World world;
  world.http.answer(200, "{\"jsonrpc\":\"2.0\",\"id\":1,\n \"result\":{}}");
  CHECK(world.relay.relay(kPing) == parse_json(kPong, "pong").dump());
  CHECK(world.http.seen().back().url == "http://127.0.0.1:9900/mcp?user_id=alice");
  CHECK(world.http.seen().back().body == kPing);
  CHECK(world.http.seen().back().once);  // a call may not be made twice
  CHECK(world.sent("x-api-key") == "the-key");
  CHECK(world.sent("content-type") == "application/json");
}

TEST_CASE("what is not answered stays so") {
  World world;
  world.http.answer(202, "");
  CHECK(world.relay.relay(R"({"jsonrpc":"2.0","method":"notifications/initialized"})").empty());
}

TEST_CASE("a request that gets nothing is told so, lest its client wait") {
  World world;
  world.http.answer(202, "");
  const std::string answer = world.relay.relay(kPing);
  CHECK(parse_json(answer, "answer").at("id") == 1);
  CHECK(error_of(answer).at("message").get<std::string>().find("202") != std::string::npos);
}

TEST_CASE("what a legacy handshake settles goes with all that follows") {
  World world;
  world.http.answer(200, R"({"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"2025-11-25"}})",
                    {{"Mcp-Session-Id", "mcp_1.url"}});
  world.relay.relay(R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{}})");
  CHECK(world.sent("mcp-protocol-version").empty());
  world.http.answer(200, kPong);
  world.relay.relay(kPing);
  CHECK(world.sent("mcp-protocol-version") == "2025-11-25");
  CHECK(world.sent("mcp-session-id") == "mcp_1.url");
}

TEST_CASE("a modern message gets the headers that its body asks for") {
  World world;
  world.http.answer(200, kPong);
  world.relay.relay(
      R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"MOCK_ECHO",
          "_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}})");
  CHECK(world.sent("mcp-protocol-version") == "2026-07-28");
  CHECK(world.sent("mcp-method") == "tools/call");
  CHECK(world.sent("mcp-name") == "MOCK_ECHO");
}

TEST_CASE("an error of the protocol passes, one outside it becomes one") {
  World world;
  world.http.answer(400, R"({"jsonrpc":"2.0","id":1,"error":{"code":-32022,"message":"unsupported"}})");
  CHECK(error_of(world.relay.relay(kPing)).at("code") == -32022);
  world.http.answer(401, R"({"error":{"message":"the API key is not known here"}})");
  const Json refused = error_of(world.relay.relay(kPing));
  CHECK(refused.at("message") == "the API key is not known here");
  world.http.answer(502, "<html>");
  CHECK(error_of(world.relay.relay(kPing)).at("message").get<std::string>().find("502") != std::string::npos);
}

TEST_CASE("a daemon that does not answer is told to those who wait for an answer alone") {
  World world;
  const std::string answer = world.relay.relay(kPing);
  CHECK(parse_json(answer, "answer").at("id") == 1);
  CHECK(error_of(answer).at("message").get<std::string>().find("127.0.0.1:9900") != std::string::npos);
  CHECK(world.relay.relay(R"({"jsonrpc":"2.0","method":"notifications/cancelled"})").empty());
  CHECK(parse_json(world.relay.relay("{"), "answer").at("id").is_null());
}
