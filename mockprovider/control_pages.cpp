#include "mockprovider/control_pages.h"

#include <nlohmann/json.hpp>

#include "mockprovider/board_page.h"
#include "mockprovider/control_calls.h"
#include "mockprovider/inspector_page.h"
#include "mockprovider/journal_filter.h"
#include "mockprovider/mounts.h"
#include "mockprovider/pages.h"
#include "vault/base/error.h"
#include "vault/base/json.h"

namespace coffer::mock {
namespace {

constexpr std::size_t kRowsOfPage = 200;

// A program asks for JSON, or for nothing in particular.
bool is_browser(const ServerRequest& request) {
  return to_lower(request.header("accept")).find("text/html") != std::string::npos;
}

std::string path_of(const std::string& url) {
  const std::size_t path = url.find('/', url.find("://") + 3);
  return path == std::string::npos ? "" : url.substr(path);
}

ServerResponse serve_inspector(const Tenant& tenant, const ServerRequest& request) {
  auto filter = parse_journal_filter(request.query, tenant);
  filter.newest_first = true;
  filter.limit = std::min(filter.limit, kRowsOfPage);
  InspectorPage page;
  page.base = path_of(tenant.url) + "/_mock";
  page.search = filter.text;
  page.now = to_rfc3339(tenant.clock.now());
  page.newest = tenant.journal.last_number();
  page.entries = tenant.journal.find(filter);
  return inspector_page(page);
}

ServerResponse serve_entry(const Tenant& tenant, const std::string& number) {
  const auto filter = parse_journal_filter({{"after", number}}, tenant);
  Journal::Filter one;
  one.after = filter.after > 0 ? filter.after - 1 : 0;
  one.limit = 1;
  const auto found = tenant.journal.find(one);
  if (found.empty() || std::to_string(found.front().number) != number) {
    throw Error(ErrorCode::NotFound, "request " + number + " is not in the journal");
  }
  return entry_page(path_of(tenant.url) + "/_mock", found.front());
}

ServerResponse serve_board(const Tenant& tenant) {
  BoardPage page;
  page.base = path_of(tenant.url) + "/_mock";
  page.now = to_rfc3339(tenant.clock.now());
  for (const auto& family : tenant.grants.families()) {
    page.grants.push_back({family, tenant.grants.tokens_of(family.id)});
  }
  page.accounts = tenant.accounts.all();
  page.clients = tenant.clients.all();
  for (const auto& [id, profile] : tenant.profiles) page.providers.push_back(id);
  return board_page(page);
}

using Call = Json (*)(const ControlCall&);

struct Button {
  std::string_view name;
  Call call;
  std::string_view id;  // what would follow in the control's path
};

constexpr Button kButtons[] = {
    {"revoke", change_grants, "revoke"},
    {"expire", change_grants, "expire"},
    {"drop_scope", change_grants, "drop_scope"},
    {"lock", add_account, "lock"},
    {"unlock", add_account, "unlock"},
    {"rotate_secret", add_client, "rotate_secret"},
    {"rotate_key", rotate_signing_keys, "rotate"},
};

// The form's fields are the members of the control that the button stands for.
ServerResponse press(Tenant& tenant, const ServerRequest& request) {
  const Fields form = parse_form(request.body).value_or(Fields());
  const std::string wanted(find_field(form, "button").value_or(""));
  for (const auto& [name, call, id] : kButtons) {
    if (name != wanted) continue;
    Json body = Json::object();
    for (const auto& [field, value] : form) {
      if (field != "button" && !value.empty()) body[field] = value;
    }
    call({tenant, request, body, std::string(id)});
    return ServerResponse::redirect(303, path_of(tenant.url) + "/_mock/grants")
        .with_header("Cache-Control", "no-store");
  }
  throw Error(ErrorCode::InvalidArgument, "button \"" + wanted + "\" does not exist");
}

}  // namespace

std::optional<ServerResponse> serve_control_page(Tenant& tenant, const ServerRequest& request,
                                                 const std::vector<std::string>& segments) {
  const std::string name = segments.size() < 2 ? "" : segments[1];
  if (request.method == "POST" && name == "board") return press(tenant, request);
  if (served_method(request) != "GET") return std::nullopt;
  if (name.empty()) return serve_inspector(tenant, request);
  if (name == "style.css") return style_sheet();
  if (name == "inspector.js") return inspector_script();
  if (name == "requests" && segments.size() == 3) return serve_entry(tenant, segments[2]);
  if (name == "grants" && segments.size() == 2 && is_browser(request)) return serve_board(tenant);
  return std::nullopt;
}

}  // namespace coffer::mock
