#include <algorithm>
#include <nlohmann/json.hpp>

#include "vault/api/v3/account_view.h"
#include "vault/api/v3/mcp_server_view.h"
#include "vault/api/v3/routes.h"
#include "vault/api/v3/toolkit_view.h"
#include "vault/api/wire/body.h"
#include "vault/api/wire/paging.h"
#include "vault/api/wire/query.h"
#include "vault/api/wire/tampered_deletion.h"
#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/text.h"
#include "vault/model/user_id.h"
#include "vault/store/auth_config_store.h"

// An MCP server is a name for a choice of toolkits and tools. What serves it is a session that is
// made for each request (mcp/mcp.cpp), so that URLs follow what the server becomes.
namespace coffer::api::v3 {
namespace {

constexpr std::size_t kMostServers = 1000;
constexpr std::size_t kMostNames = 100;
constexpr std::size_t kMostUsersAtOnce = 50;
constexpr std::size_t kMostServerNameBytes = 200;

bool holds(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<std::string> checked(const ObjectReader& body, const char* key) {
  std::vector<std::string> names = body.texts(key);
  if (names.size() > kMostNames) body.fail(key, "has more than 100 entries");
  return names;
}

void read_toolkits(Engine& engine, const ObjectReader& body, McpServer& server) {
  server.toolkits.clear();
  for (const std::string& slug : checked(body, "toolkits")) {
    const Toolkit* toolkit = engine.catalog().find_toolkit(slug);
    if (toolkit == nullptr) body.fail("toolkits", "names a toolkit that does not exist: " + in_quotes(slug));
    server.toolkits.push_back(toolkit->slug);
  }
}

// SDKs leave a toolkit out where they name an auth config of it.
void read_auth_configs(Transaction& tx, const ObjectReader& body, McpServer& server) {
  for (const std::string& id : server.auth_configs = checked(body, "auth_config_ids")) {
    const auto found = auth_config_store::find(tx, AuthConfigId(id));
    if (!found) body.fail("auth_config_ids", "holds no auth config: " + in_quotes(id));
    if (!holds(server.toolkits, found->toolkit)) server.toolkits.push_back(found->toolkit);
  }
}

void read_tools(Engine& engine, const ObjectReader& body, const char* key, McpServer& server) {
  server.tools.clear();
  for (const std::string& slug : checked(body, key)) {
    const ToolRef ref = engine.catalog().find_tool(slug);
    if (ref.tool == nullptr) body.fail(key, "names a tool that does not exist: " + in_quotes(slug));
    server.tools.push_back(ref.tool->slug);
  }
}

// The request may name the tool, or toolkits that leave out the one of a tool from before.
[[noreturn]] void fail_on_foreign_tool(const ObjectReader& body, const std::string& slug) {
  for (const char* key : {"allowed_tools", "custom_tools"}) {
    if (body.has(key)) body.fail(key, "names a tool of none of the toolkits: " + in_quotes(slug));
  }
  body.fail(body.has("toolkits") ? "toolkits" : "auth_config_ids",
            "leaves out the toolkit of a tool that the server has: " + in_quotes(slug),
            "name allowed_tools, too");
}

// No choice at all must not come to mean all, nor a tool come to nothing.
void check_choice(Engine& engine, const ObjectReader& body, const McpServer& server) {
  if (server.toolkits.empty() && server.tools.empty())
    body.fail("toolkits", "is empty", "name toolkits, auth configs or tools");
  for (const std::string& slug : server.tools) {
    const Toolkit* toolkit = engine.catalog().find_tool(slug).toolkit;
    if (server.toolkits.empty() || toolkit == nullptr || holds(server.toolkits, toolkit->slug)) continue;
    fail_on_foreign_tool(body, slug);
  }
}

void read_server(Engine& engine, Transaction& tx, const ObjectReader& body, McpServer& server) {
  if (body.has("name")) server.name = body.required_text("name");
  if (server.name.size() > kMostServerNameBytes) body.fail("name", "is longer than 200 bytes");
  if (body.has("toolkits")) read_toolkits(engine, body, server);
  if (body.has("auth_config_ids")) read_auth_configs(tx, body, server);
  for (const char* key : {"custom_tools", "allowed_tools"}) {
    if (body.has(key)) read_tools(engine, body, key, server);
  }
  check_choice(engine, body, server);
  const auto managed = body.boolean("managed_auth_via_composio");
  server.managed_auth = managed.value_or(server.managed_auth);
}

ServerResponse create_server(Engine& engine, const ServerRequest& request) {
  RequestBody parsed(request);
  const ObjectReader body = parsed.root();
  McpServer server;
  server.id = random_uuid(engine.env().random);
  server.name = body.required_text("name");
  server.created_at = server.updated_at = engine.env().clock.now();
  const auto tx = engine.database().write();
  read_server(engine, *tx, body, server);
  if (mcp_servers(*tx).size() >= kMostServers) {
    throw Error(ErrorCode::InvalidArgument, "there are 1000 MCP servers already", "delete one first");
  }
  store(*tx, server);
  tx->commit();
  return ServerResponse::json(201, dump_json(mcp_server_view(engine, server)));
}

ServerResponse get_server(Engine& engine, const ServerRequest& request) {
  const McpServer server = mcp_server_or_not_found(*engine.database().read(), request.param("id"));
  return ServerResponse::json(200, dump_json(mcp_server_view(engine, server)));
}

bool is_empty_or_shares_one(const std::vector<std::string>& wanted, const std::vector<std::string>& held) {
  return wanted.empty() || std::any_of(wanted.begin(), wanted.end(),
                                       [&](const std::string& name) { return holds(held, name); });
}

// Pages by number here, unlike everywhere else.
PageRequest numbered_page(const ServerRequest& request) {
  PageRequest page = page_param(request);
  const std::string number = text_param(request, "page_no");
  const bool is_number = !number.empty() && number.size() < 7 &&
                         number.find_first_not_of("0123456789") == std::string::npos && number != "0";
  if (!number.empty() && !is_number) {
    throw Error(ErrorCode::InvalidArgument, "query parameter \"page_no\" is not a number from 1 up");
  }
  if (is_number) page.offset = (std::stoll(number) - 1) * page.limit;
  return page;
}

ServerResponse list_servers(Engine& engine, const ServerRequest& request) {
  const std::string name = to_lower(text_param(request, "name"));
  const auto toolkits = list_param(request, "toolkits");
  const auto auth_configs = list_param(request, "auth_config_ids");
  std::vector<McpServer> found;
  for (McpServer& server : mcp_servers(*engine.database().read())) {
    if (to_lower(server.name).find(name) == std::string::npos) continue;
    if (is_empty_or_shares_one(toolkits, server.toolkits) &&
        is_empty_or_shares_one(auth_configs, server.auth_configs)) {
      found.push_back(std::move(server));
    }
  }
  const PageRequest page = numbered_page(request);
  const auto cut = cut_page(std::move(found), page);
  Json items = Json::array();
  for (const McpServer& server : cut.items) items.push_back(mcp_server_view(engine, server));
  return ServerResponse::json(200, dump_json({{"items", std::move(items)},
                                              {"current_page", page.offset / page.limit + 1},
                                              {"total_pages", (cut.total + page.limit - 1) / page.limit}}));
}

ServerResponse update_server(Engine& engine, const ServerRequest& request) {
  RequestBody parsed(request);
  const auto tx = engine.database().write();
  McpServer server = mcp_server_or_not_found(*tx, request.param("id"));
  read_server(engine, *tx, parsed.root(), server);
  server.updated_at = engine.env().clock.now();
  store(*tx, server);
  tx->commit();
  return ServerResponse::json(200, dump_json(mcp_server_view(engine, server)));
}

ServerResponse delete_server(Engine& engine, const ServerRequest& request) {
  const auto tx = engine.database().write();
  const std::string id(request.param("id"));
  allow_tampered_deletion(*tx, engine.env().clock.now(), "MCP server " + id,
                          [&] { mcp_server_or_not_found(*tx, id); });
  remove_mcp_server(*tx, id);
  tx->commit();
  return ServerResponse::json(200, dump_json({{"id", id}, {"deleted", true}}));
}

// Each as a query parameter that says whom a client acts as.
std::vector<std::string> read_ids(const ObjectReader& body, const char* key) {
  std::vector<std::string> ids = body.texts(key);
  if (ids.size() > kMostUsersAtOnce) body.fail(key, "has more than 50 entries");
  const bool is_odd = std::any_of(ids.begin(), ids.end(),
                                  [](const std::string& id) { return fault_of_user_id(id).has_value(); });
  if (is_odd) body.fail(key, "holds what is no id", kUserIdRule);
  return ids;
}

ServerResponse generate_urls(Engine& engine, const ServerRequest& request) {
  RequestBody parsed(request);
  const ObjectReader body = parsed.root();
  const auto tx = engine.database().read();
  const McpServer server = mcp_server_or_not_found(*tx, body.required_text("mcp_server_id"));
  const std::string url = mcp_server_url(engine, server);
  const bool is_managed = body.boolean("managed_auth_by_composio").value_or(true);
  const auto url_for = [&](const char* key, const std::string& id) {
    Fields query = {{key, id}};
    if (!is_managed) query.emplace_back("manage_connections", "false");
    return with_query(url, query);
  };
  Json users = Json::array();
  for (const std::string& user : read_ids(body, "user_ids")) users.push_back(url_for("user_id", user));
  Json accounts = Json::array();
  for (const std::string& id : read_ids(body, "connected_account_ids")) {
    account_or_not_found(*tx, ConnectionId(id));
    accounts.push_back(url_for("connected_account_id", id));
  }
  const Json out = {
      {"mcp_url", url}, {"user_ids_url", std::move(users)}, {"connected_account_urls", std::move(accounts)}};
  return ServerResponse::json(200, dump_json(out));
}

}  // namespace

std::vector<RouteEntry> mcp_server_routes() {
  constexpr const char* kShown = "an MCP server is made, listed, changed and deleted";
  return {{"POST", "/mcp/servers", create_server, "Name a choice of toolkits and tools", kShown},
          {"POST", "/mcp/servers/custom", create_server, "The same", kShown},
          {"GET", "/mcp/servers", list_servers, "List MCP servers", kShown,
           "page_no,limit,name,toolkits,auth_config_ids"},
          {"POST", "/mcp/servers/generate", generate_urls, "Make each user's MCP URL of a server",
           "a generated URL acts as its user with the server's choice as it is at the time"},
          {"GET", "/mcp/:id", get_server, "Get an MCP server", kShown},
          {"PATCH", "/mcp/:id", update_server, "Change an MCP server", kShown},
          {"DELETE", "/mcp/:id", delete_server, "Delete an MCP server", kShown}};
}

}  // namespace coffer::api::v3
