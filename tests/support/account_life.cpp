#include "tests/support/account_life.h"

#include <map>
#include <stdexcept>
#include <thread>

#include "vault/engine/time_travel.h"
#include "vault/store/connection_store.h"

namespace coffer::testing {
namespace {

const std::string kPerson = "alice@example.com";

std::string harmless_tool(const std::string& toolkit) {
  static const std::map<std::string, std::string> kTools = {{"gmail", "GMAIL_GET_PROFILE"},
                                                            {"jira", "JIRA_GET_CURRENT_USER"},
                                                            {"slack", "SLACK_TEST_AUTH"},
                                                            {"github", "GITHUB_GET_THE_AUTHENTICATED_USER"},
                                                            {"mock", "MOCK_WHOAMI"}};
  return kTools.at(toolkit);
}

void must(const ApiAnswer& answer) {
  if (answer.status >= 300) throw std::runtime_error(dump_json(answer.body));
}

}  // namespace

AccountLife::AccountLife(const std::string& toolkit_slug, const std::string& tenant)
    : daemon(tenant), toolkit(toolkit_slug), account(daemon.connect("user_1", toolkit, kPerson)) {
  const Json newest = daemon.mock_call("GET", "/_mock/journal?newest_first=true&limit=1").body["entries"];
  first_request_ = newest.at(0).at("number").get<std::uint64_t>();
}

void AccountLife::fault(const std::string& endpoint, const std::string& action, Json more) {
  more.update({{"endpoint", endpoint}, {"action", action}});
  must(daemon.mock_call("POST", "/_mock/faults", more));
}

void AccountLife::script(const std::string& action, Json more) {
  more["action"] = action;
  must(daemon.mock_call("POST", "/_mock/scripts", more));
}

void AccountLife::at_provider(const std::string& verb, Json more) {
  more.update({{"account", kPerson}});
  must(daemon.mock_call("POST", "/_mock/grants/" + verb, more));
}

void AccountLife::go_to(Timestamp moment) {
  travel_to(daemon.vault().engine(), daemon.clock(), std::max(moment, daemon.clock().now()));
}

void AccountLife::go_to_refresh() {
  const auto due = row().next_refresh_at;
  if (!due) throw std::runtime_error("no refresh of " + account + " is planned");
  go_to(*due);
}

std::future<ApiAnswer> AccountLife::begin_refresh() {
  fault("refresh", "delay", {{"latency", "1s"}, {"latency_by", "clock"}});
  auto answer = std::async(std::launch::async, [this] {
    return daemon.call("POST", "/_coffer/accounts/" + account + "/refresh", {{"force", true}});
  });
  const auto is_held = [this] {
    const Json faults = daemon.mock_call("GET", "/_mock/faults").body["faults"];
    return faults.back()["hits"] > 0;
  };
  while (!is_held()) std::this_thread::yield();
  return answer;
}

void AccountLife::let_answer() {
  daemon.clock().advance(std::chrono::seconds(1));
}

Json AccountLife::requests(const std::string& endpoint) {
  const std::string since = std::to_string(first_request_);
  const ApiAnswer answer = daemon.mock_call("GET", "/_mock/journal?endpoint=" + endpoint + "&since=" + since);
  must(answer);
  return answer.body["entries"];
}

Duration AccountLife::last_wait() {
  const Json entries = requests("refresh");
  const auto at = [&](std::size_t i) { return *parse_rfc3339(entries.at(i)["at"].get<std::string>()); };
  return at(entries.size() - 1) - at(entries.size() - 2);
}

Connection AccountLife::row() {
  const auto tx = daemon.vault().engine().database().read();
  auto found = connection_store::find(*tx, ConnectionId(account));
  if (!found) throw std::runtime_error(account + " is gone");
  return std::move(*found);
}

ApiAnswer AccountLife::call_tool() {
  return daemon.call("POST", "/api/v3/tools/execute/" + harmless_tool(toolkit),
                     {{"connected_account_id", account}, {"arguments", Json::object()}});
}

Secret AccountLife::refresh_token() {
  const auto tx = daemon.vault().engine().database().read();
  const auto opened = connection_store::open(*tx, ConnectionId(account));
  return std::get<TokenSet>(opened->credential).refresh_token.clone();
}

bool AccountLife::serves() {
  const ApiAnswer answer = call_tool();
  return answer.status == 200 && answer.body["successful"] == true;
}

std::size_t AccountLife::expired_events() {
  return daemon.call("GET", "/_coffer/events?connected_account=" + account).body["items"].size();
}

std::string AccountLife::link() {
  const ApiAnswer answer =
      daemon.call("POST", "/api/v3/connected_accounts/" + account + "/refresh", Json::object());
  must(answer);
  return answer.body["redirect_url"];
}

}  // namespace coffer::testing
