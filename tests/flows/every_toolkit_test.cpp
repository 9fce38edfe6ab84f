// Each shipped toolkit from Connect Link to tool results: every tool with an account of the mock provider.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/support/local_daemon.h"

using namespace coffer;
using namespace coffer::testing;

namespace {

namespace fs = std::filesystem;

Json examples_of(const std::string& toolkit) {
  const fs::path root = fs::path(__FILE__).parent_path().parent_path().parent_path();
  std::ifstream in(root / "fixtures/http/tools" / (toolkit + ".json"), std::ios::binary);
  REQUIRE(in.good());
  return parse_json(std::string{std::istreambuf_iterator<char>(in), {}}, toolkit);
}

// Where an example names something that the mock does not have, what it has instead.
const std::map<std::string, Json>& stand_ins() {
  static const std::map<std::string, Json> kStandIns = {{"message_id", "m1"},
                                                        {"thread_id", "m1"},
                                                        {"page_token", nullptr},
                                                        {"page_after", nullptr},
                                                        {"cursor", nullptr},
                                                        {"issue_number", 2},
                                                        {"ticket_id", 1},
                                                        {"organization_id_or_slug", "alice-org"},
                                                        {"next_page_token", nullptr}};
  return kStandIns;
}

Json arguments_for(const Json& example, const std::string& tool) {
  Json arguments = example.value("arguments", Json::object());
  for (auto& [name, value] : arguments.items()) {
    const auto found = stand_ins().find(name);
    if (found != stand_ins().end()) value = found->second;
  }
  if (tool == "GITHUB_GET_A_REPOSITORY") arguments["repo"] = "handbook";
  if (tool == "MOCK_SLOW") arguments["delay_ms"] = 1;
  return arguments;
}

std::string connect_with_key(LocalDaemon& daemon, const std::string& toolkit) {
  const LocalDaemon::Link link = daemon.create_link("user_1", toolkit);
  Fields form = daemon.mock().credentials_of(toolkit, "alice@example.com");
  if (toolkit == "zendesk") form.emplace_back("subdomain", "acme");
  FormBrowser browser = daemon.browser();
  browser.submit(browser.open(link.url), "Connect", form);
  return link.account;
}

void run_every_tool(LocalDaemon& daemon, const std::string& toolkit) {
  for (const auto& example : examples_of(toolkit)) {
    const auto tool = example.at("tool").get<std::string>();
    const Json arguments = arguments_for(example, tool);
    const ApiAnswer answer = daemon.execute("user_1", tool, arguments);
    INFO(tool << " " << arguments.dump() << " -> " << answer.body.dump(1));
    CHECK(answer.status == 200);
    if (tool == "MOCK_FAIL") {
      CHECK(answer.body["error"] == "Mock answered 503: failed as asked");
      continue;
    }
    CHECK(answer.body["successful"] == true);
    const Json schema = daemon.call("GET", "/api/v3/tools/" + tool).body["output_parameters"];
    for (const auto& name : schema.value("required", Json::array())) {
      CHECK(answer.body["data"].contains(name.get<std::string>()));
    }
  }
}

ApiAnswer trigger_expiry_of(LocalDaemon& daemon, const std::string& account) {
  return daemon.call("POST", "/_coffer/trigger", {{"event", kExpiredEvent}, {"connected_account", account}});
}

}  // namespace

TEST_CASE("every tool of every OAuth toolkit runs as the connected user", "[flow]") {
  const auto toolkit = GENERATE(as<std::string>{}, "gmail", "github", "slack", "jira", "mock");
  CAPTURE(toolkit);
  LocalDaemon daemon;
  const std::string account = daemon.connect("user_1", toolkit, "alice@example.com");
  REQUIRE(daemon.status_of(account) == "ACTIVE");
  run_every_tool(daemon, toolkit);
}

TEST_CASE("every tool of every toolkit with keys runs with the key of the form", "[flow]") {
  const auto toolkit = GENERATE(as<std::string>{}, "tavily", "sentry", "zendesk");
  CAPTURE(toolkit);
  LocalDaemon daemon;
  const std::string account = connect_with_key(daemon, toolkit);
  REQUIRE(daemon.status_of(account) == "ACTIVE");
  run_every_tool(daemon, toolkit);
}

TEST_CASE("the trigger ends the grant of every toolkit that refreshes, at its provider", "[flow]") {
  const auto toolkit = GENERATE(as<std::string>{}, "gmail", "slack", "jira", "mock");
  CAPTURE(toolkit);
  LocalDaemon daemon;
  WebhookReceiver receiver;
  daemon.call("POST", "/api/v3/webhook_subscriptions",
              {{"webhook_url", receiver.url()}, {"enabled_events", {kExpiredEvent}}});
  const std::string account = daemon.connect("user_1", toolkit, "alice@example.com");
  const std::string of_another_user = daemon.connect("user_2", toolkit, "bob@example.com");

  const ApiAnswer answer = trigger_expiry_of(daemon, account);
  INFO(answer.body.dump());
  CHECK(answer.status == 200);
  CHECK(answer.body["status"] == "EXPIRED");
  CHECK(daemon.status_of(account) == "EXPIRED");
  REQUIRE(receiver.deliveries().size() == 1);
  CHECK(parse_json(receiver.deliveries()[0].body)["data"]["id"] == account);

  daemon.advance("1d");
  CHECK(daemon.status_of(of_another_user) == "ACTIVE");
  CHECK(receiver.deliveries().size() == 1);
}

TEST_CASE("the trigger says so where a credential never comes up for refresh", "[flow]") {
  LocalDaemon daemon;
  const std::string toolkit = GENERATE(as<std::string>{}, "github", "tavily");
  const std::string account = toolkit == "github" ? daemon.connect("user_1", toolkit, "alice@example.com")
                                                  : connect_with_key(daemon, toolkit);
  const ApiAnswer answer = trigger_expiry_of(daemon, account);
  CHECK(answer.status == 422);
  CHECK(answer.body["error"]["message"].get<std::string>().find("has no refresh token") != std::string::npos);
  CHECK(daemon.status_of(account) == "ACTIVE");
}

TEST_CASE("a Slack token that has expired is refreshed although the service answers 200", "[flow]") {
  LocalDaemon daemon;
  const std::string account = daemon.connect("user_1", "slack", "alice@example.com");
  daemon.advance("11h");  // refreshed once by now
  CHECK(daemon.mock().refresh_count() == 1);
  CHECK(daemon.execute("user_1", "SLACK_TEST_AUTH", Json::object()).body["successful"] == true);
  CHECK(daemon.status_of(account) == "ACTIVE");
}

TEST_CASE("what the echo service sends back holds no credential", "[flow]") {
  LocalDaemon daemon;
  daemon.connect("user_1", "mock", "alice@example.com");
  const ApiAnswer answer = daemon.execute("user_1", "MOCK_ECHO", {{"message", "hello"}});
  CHECK(answer.body["data"]["message"] == "hello");
  CHECK(answer.body["data"]["headers"]["authorization"] == "Bearer [redacted]");
}
