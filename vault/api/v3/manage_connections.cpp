#include "vault/api/v3/manage_connections.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "vault/api/v3/session_accounts.h"
#include "vault/api/v3/session_link.h"
#include "vault/api/v3/session_scope.h"
#include "vault/api/v3/tool_filter.h"
#include "vault/api/v3/toolkit_view.h"
#include "vault/base/error.h"

namespace coffer::api::v3 {
namespace {

constexpr std::size_t kMostToolkitsAtOnce = 20;

Json active(const Toolkit& toolkit, const std::optional<Connection>& account) {
  Json result = {{"toolkit", toolkit.slug},
                 {"status", "active"},
                 {"has_active_connection", true},
                 {"instruction", toolkit.name + " is connected: call its tools."}};
  if (account) result["connected_account_id"] = account->id.str();
  return result;
}

Json initiated(const Engine& engine, const Session& session, const Toolkit& toolkit,
               const ConnectLink& link) {
  return {{"toolkit", toolkit.slug},
          {"status", "initiated"},
          {"connected_account_id", link.connection.id.str()},
          {"redirect_url", link_url_in(engine, session, link)},
          {"expires_at", to_rfc3339(link.expires_at)},
          {"instruction",
           "Show the user redirect_url as a link, wait until they say they are done, then call "
           "the tool again."}};
}

Json failed(const std::string& toolkit, const Error& error) {
  return {{"toolkit", toolkit},
          {"status", "failed"},
          {"has_active_connection", false},
          {"error_message", error.what()},
          {"instruction", error.hint()}};
}

Json new_link(Engine& engine, const Session& session, const Toolkit& toolkit,
              const std::optional<Connection>& current) {
  SessionLinkRequest request;
  if (current) request.reconnect = current->id;
  request.prefers_waiting = true;  // calling again must not leave another account behind each time
  try {
    return initiated(engine, session, toolkit, link_for_session(engine, session, toolkit, request));
  } catch (const Error& error) {
    return failed(toolkit.slug, error);
  }
}

Json connect(Engine& engine, const Session& session, const SessionScope& scope, const std::string& slug,
             bool reinitiate) {
  const Toolkit& toolkit = toolkit_or_not_found(engine.catalog(), slug);
  scope.require(toolkit);
  if (needs_no_auth(toolkit)) return active(toolkit, std::nullopt);
  const auto [current, accounts] = [&] {
    const auto tx = engine.database().read();
    return std::pair(usable_account(*tx, session, toolkit.slug), accounts_of(*tx, session, toolkit.slug));
  }();
  Json result =
      current && !reinitiate ? active(toolkit, current) : new_link(engine, session, toolkit, current);
  result["has_active_connection"] = current.has_value();
  result["accounts"] = accounts_view(accounts, current);
  return result;
}

Json connect_or_tell(Engine& engine, const Session& session, const SessionScope& scope,
                     const std::string& slug, bool reinitiate) {
  try {
    return connect(engine, session, scope, slug, reinitiate);
  } catch (const Error& error) {
    return failed(slug, error);
  }
}

// A link that came to nothing, of an account that never was.
bool is_spent_attempt(const Connection& account) {
  const bool is_over =
      account.status == ConnectionStatus::Expired || account.status == ConnectionStatus::Failed;
  return is_over && !account.connected_at;
}

struct Counts {
  int active = 0, initiated = 0, failed = 0;

  void add(const Json& result) {
    const std::string& status = result.at("status").get_ref<const std::string&>();
    (status == "active" ? active : status == "initiated" ? initiated : failed) += 1;
  }
  std::string message() const {
    if (failed > 0) return "Some toolkits could not be connected: see error_message.";
    if (initiated > 0) return "The user has to open each redirect_url to connect.";
    return "All toolkits are connected.";
  }
};

}  // namespace

Json manage_connections_input() {
  return {{"type", "object"},
          {"properties",
           {{"toolkits",
             {{"type", "array"},
              {"items", {{"type", "string"}}},
              {"minItems", 1},
              {"maxItems", kMostToolkitsAtOnce},
              {"description", "Slugs of the toolkits to connect, for example [\"gmail\", \"github\"]."}}},
            {"reinitiate_all",
             {{"type", "boolean"},
              {"default", false},
              {"description", "Make a new link for toolkits that are connected already, too."}}},
            {"session_id", {{"type", "string"}, {"description", "The session's id; not needed."}}}}},
          {"required", {"toolkits"}}};
}

Json manage_connections_output() {
  return {{"type", "object"},
          {"properties",
           {{"message", {{"type", "string"}}},
            {"results", {{"type", "object"}}},
            {"summary", {{"type", "object"}}},
            {"session", {{"type", "object"}}}}}};
}

Json accounts_view(const std::vector<Connection>& accounts, const std::optional<Connection>& default_one) {
  Json out = Json::array();
  for (const Connection& account : accounts) {
    if (is_spent_attempt(account)) continue;
    out.push_back({{"id", account.id.str()},
                   {"alias", account.alias.empty() ? Json() : Json(account.alias)},
                   {"status", to_string(account.status)},
                   {"is_default", default_one && default_one->id == account.id},
                   {"created_at", to_rfc3339(account.created_at)}});
  }
  return out;
}

Json manage_connections(Engine& engine, const Session& session, const ObjectReader& arguments) {
  const std::vector<std::string> slugs = arguments.texts("toolkits");
  if (slugs.empty()) arguments.fail("toolkits", "is missing or empty", "name at least one toolkit");
  if (slugs.size() > kMostToolkitsAtOnce) arguments.fail("toolkits", "has more than 20 entries");
  const bool reinitiate = arguments.boolean("reinitiate_all").value_or(false);
  const SessionScope scope(session.config);
  Json results = Json::object();
  std::vector<std::string> done;
  for (const std::string& slug : slugs) {
    if (contains_ignoring_case(done, slug)) continue;
    done.push_back(slug);
    results[slug] = connect_or_tell(engine, session, scope, slug, reinitiate);
  }
  Counts counts;
  for (const Json& result : results) counts.add(result);
  return {{"message", counts.message()},
          {"summary",
           {{"total_toolkits", results.size()},
            {"active_connections", counts.active},
            {"initiated_connections", counts.initiated},
            {"failed_connections", counts.failed}}},
          {"session", {{"id", session.id.str()}, {"instructions", "Use this session id in later calls."}}},
          {"results", std::move(results)}};
}

}  // namespace coffer::api::v3
