#include "mockprovider/journal_filter.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "mockprovider/authorization_server.h"
#include "mockprovider/control_calls.h"
#include "vault/base/error.h"

namespace coffer::mock {
namespace {

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::uint64_t number_of(std::string_view name, std::string_view text) {
  const auto number = parse_number(text);
  if (!number) throw Error(ErrorCode::InvalidArgument, std::string(name) + " is not a number");
  return *number;
}

void read_since(std::string_view text, Timestamp now, Journal::Filter& filter) {
  if (const auto number = parse_number(text)) {
    filter.after = *number;
  } else if (const auto moment = parse_rfc3339(text)) {
    filter.from = *moment;
  } else if (const auto ago = parse_duration(text)) {
    filter.from = now - *ago;
  } else {
    throw Error(
        ErrorCode::InvalidArgument,
        "since is not an entry's number, a time such as 2026-11-22T12:00:00Z or a duration such as 5m");
  }
}

bool flag_of(std::string_view name, std::string_view text) {
  const bool is_true = text == "true" || text == "1";
  if (!is_true && text != "false" && text != "0")
    throw Error(ErrorCode::InvalidArgument, std::string(name) + " is not true or false");
  return is_true;
}

using Texts = std::pair<std::string_view, std::string*>;

// A typing error would ask for everything.
template <std::size_t N>
void check_names(const Fields& query, const Texts (&texts)[N]) {
  std::set<std::string_view> known = {"after", "since", "limit", "status", "newest_first", "wait"};
  for (const auto& text : texts) known.insert(text.first);
  for (const auto& [name, value] : query) {
    const bool is_new = known.erase(name) > 0;
    if (!is_new)
      throw Error(ErrorCode::InvalidArgument, "\"" + name + "\" is not known here, or comes twice");
  }
}

bool is_endpoint(const Tenant& tenant, const std::string& name) {
  if (name.starts_with("api:")) return tenant.catalog.find_toolkit(name.substr(4)) != nullptr;
  // What requests go by that reach no endpoint of a provider.
  const auto others = {"api", "preflight", "resource_metadata", "unknown"};
  return is_endpoint_name(name) || std::find(others.begin(), others.end(), name) != others.end();
}

// Entries outlive their fault.
bool is_fault(const Tenant& tenant, const std::string& id) {
  const auto& faults = tenant.faults.all();
  if (std::any_of(faults.begin(), faults.end(), [&](const Fault& fault) { return fault.id == id; }))
    return true;
  Journal::Filter met;
  met.fault = id;
  met.limit = 1;
  return !tenant.journal.find(met).empty();
}

void require_known(bool is_known, std::string_view name, const std::string& value) {
  if (value.empty() || is_known) return;
  throw Error(ErrorCode::InvalidArgument, std::string(name) + " \"" + value + "\" is not known here");
}

// A typing error would find nothing, and so meet every expectation of nothing.
void check_values(const Journal::Filter& filter, const Tenant& tenant) {
  require_known(is_endpoint(tenant, filter.endpoint), "endpoint", filter.endpoint);
  require_known(tenant.profiles.contains(filter.provider), "provider", filter.provider);
  require_known(tenant.catalog.find_toolkit(filter.toolkit) != nullptr, "toolkit", filter.toolkit);
  const Tool* tool = tenant.catalog.find_tool(filter.tool).tool;
  require_known(tool && tool->slug == filter.tool, "tool", filter.tool);
  require_known(is_fault(tenant, filter.fault), "fault", filter.fault);
  if (!filter.account.empty()) account_named(tenant, filter.account);
}

// 0: the connection was reset.
int read_status(std::string_view text) {
  const std::uint64_t status = number_of("status", text);
  if (status != 0 && (status < 100 || status > 599))
    throw Error(ErrorCode::InvalidArgument, "status is not 0 or a number from 100 to 599");
  return static_cast<int>(status);
}

}  // namespace

Journal::Filter parse_journal_filter(const Fields& query, const Tenant& tenant) {
  Journal::Filter filter;
  const std::pair<std::string_view, std::string*> texts[] = {{"endpoint", &filter.endpoint},
                                                             {"provider", &filter.provider},
                                                             {"toolkit", &filter.toolkit},
                                                             {"tool", &filter.tool},
                                                             {"account", &filter.account},
                                                             {"client_id", &filter.client_id},
                                                             {"client", &filter.client_id},
                                                             {"family", &filter.family},
                                                             {"error", &filter.error},
                                                             {"fault", &filter.fault},
                                                             {"q", &filter.text}};
  for (const auto& [name, target] : texts) {
    if (const auto value = find_field(query, name); value && !value->empty()) *target = *value;
  }
  check_names(query, texts);
  for (const auto& [name, value] : query) {
    if (value.empty()) continue;
    if (name == "after") filter.after = number_of(name, value);
    if (name == "since") read_since(value, tenant.clock.now(), filter);
    if (name == "limit") filter.limit = number_of(name, value);
    if (name == "status") filter.status = read_status(value);
    if (name == "newest_first") filter.newest_first = flag_of(name, value);
  }
  check_values(filter, tenant);
  return filter;
}

}  // namespace coffer::mock
