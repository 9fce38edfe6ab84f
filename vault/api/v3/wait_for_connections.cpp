#include "vault/api/v3/wait_for_connections.h"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "vault/api/v3/session_accounts.h"
#include "vault/api/v3/session_scope.h"
#include "vault/api/v3/toolkit_view.h"

namespace coffer::api::v3 {
namespace {

constexpr std::size_t kMostAwaited = 20;
constexpr int kDefaultSeconds = 20;
constexpr int kMostSeconds = 30;  // SDKs and proxies give up on an answer after a minute
// Accounts that other processes' requests or the clock change are seen this late.
constexpr Duration kLookAgain = std::chrono::seconds(2);

std::vector<std::string> toolkits_of(Engine& engine, const Session& session, const ObjectReader& arguments) {
  std::vector<std::string> slugs = arguments.texts("toolkits");
  if (slugs.empty()) arguments.fail("toolkits", "is missing or empty", "name at least one toolkit");
  if (slugs.size() > kMostAwaited) arguments.fail("toolkits", "has more than 20 entries");
  const SessionScope scope(session.config);
  for (std::string& slug : slugs) {
    const Toolkit& toolkit = toolkit_or_not_found(engine.catalog(), slug);
    scope.require(toolkit);
    slug = toolkit.slug;
  }
  return slugs;
}

int seconds_of(const ObjectReader& arguments) {
  const Json& value = arguments.value("timeout_seconds");
  if (value.is_null()) return kDefaultSeconds;
  if (!value.is_number_integer() || value < 0 || value > kMostSeconds) {
    arguments.fail("timeout_seconds", "is not a whole number from 0 to 30");
  }
  return value.get<int>();
}

bool waits_for_all(const ObjectReader& arguments) {
  const std::string mode = arguments.text("mode");
  if (!mode.empty() && mode != "all" && mode != "any")
    arguments.fail("mode", "is neither \"all\" nor \"any\"");
  return mode != "any";
}

bool is_connected(Engine& engine, Transaction& tx, const Session& session, const std::string& slug) {
  const Toolkit* toolkit = engine.catalog().find_toolkit(slug);
  return (toolkit != nullptr && needs_no_auth(*toolkit)) || usable_account(tx, session, slug).has_value();
}

bool are_connected(Engine& engine, const Session& session, const std::vector<std::string>& slugs, bool all) {
  const auto tx = engine.database().read();
  const auto connected = [&](const std::string& slug) { return is_connected(engine, *tx, session, slug); };
  return all ? std::all_of(slugs.begin(), slugs.end(), connected)
             : std::any_of(slugs.begin(), slugs.end(), connected);
}

Json results_of(Engine& engine, const Session& session, const std::vector<std::string>& slugs) {
  const auto tx = engine.database().read();
  Json results = Json::object();
  for (const std::string& slug : slugs) {
    const bool connected = is_connected(engine, *tx, session, slug);
    results[slug] = {{"toolkit", slug}, {"status", connected ? "active" : "waiting"}};
    if (const auto account = shown_account(*tx, session, slug)) {
      results[slug]["connected_account_id"] = account->id.str();
      results[slug]["account_status"] = to_string(account->status);
    }
  }
  return results;
}

}  // namespace

Json wait_for_connections_input() {
  return {{"type", "object"},
          {"properties",
           {{"toolkits",
             {{"type", "array"},
              {"items", {{"type", "string"}}},
              {"minItems", 1},
              {"maxItems", kMostAwaited},
              {"description", "Slugs of the toolkits that the user is connecting."}}},
            {"mode",
             {{"type", "string"},
              {"enum", {"all", "any"}},
              {"default", "all"},
              {"description", "Wait for all of them, or for the first."}}},
            {"timeout_seconds",
             {{"type", "integer"}, {"minimum", 0}, {"maximum", kMostSeconds}, {"default", kDefaultSeconds}}},
            {"session_id", {{"type", "string"}, {"description", "The session's id; not needed."}}}}},
          {"required", {"toolkits"}}};
}

Json wait_for_connections_output() {
  return {{"type", "object"},
          {"properties",
           {{"message", {{"type", "string"}}},
            {"all_connected", {{"type", "boolean"}}},
            {"timed_out", {{"type", "boolean"}}},
            {"results", {{"type", "object"}}}}}};
}

bool wait_until_connected(Engine& engine, const Session& session, const std::vector<std::string>& toolkits,
                          bool in_all, Duration at_most) {
  const Timestamp end = engine.env().clock.now() + at_most;
  const auto real_end = std::chrono::steady_clock::now() + at_most;
  for (;;) {
    const std::uint64_t seen = engine.change_count();
    if (are_connected(engine, session, toolkits, in_all)) return true;
    const auto left = std::chrono::ceil<Duration>(real_end - std::chrono::steady_clock::now());
    if (left <= Duration::zero() || engine.env().clock.now() >= end) return false;
    if (!engine.wait_in_request(seen, std::min(left, kLookAgain))) return false;
  }
}

Json wait_for_connections(Engine& engine, const Session& session, const ObjectReader& arguments) {
  const std::vector<std::string> toolkits = toolkits_of(engine, session, arguments);
  const std::chrono::seconds patience(seconds_of(arguments));
  const bool is_done = wait_until_connected(engine, session, toolkits, waits_for_all(arguments), patience);
  return {{"message",
           is_done ? "Connected." : "Not connected yet: ask the user to finish, then call this again."},
          {"all_connected", are_connected(engine, session, toolkits, true)},
          {"timed_out", !is_done},
          {"results", results_of(engine, session, toolkits)}};
}

}  // namespace coffer::api::v3
