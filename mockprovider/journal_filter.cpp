#include "mockprovider/journal_filter.h"

#include <charconv>
#include <set>

#include "vault/base/error.h"

namespace coffer::mock {
namespace {

std::optional<std::uint64_t> to_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::uint64_t number_of(std::string_view name, std::string_view text) {
  const auto number = to_number(text);
  if (!number) throw Error(ErrorCode::InvalidArgument, std::string(name) + " is not a number");
  return *number;
}

void read_since(std::string_view text, Timestamp now, Journal::Filter& filter) {
  if (const auto number = to_number(text)) {
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

}  // namespace

Journal::Filter parse_journal_filter(const Fields& query, Timestamp now) {
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
    if (name == "since") read_since(value, now, filter);
    if (name == "limit") filter.limit = number_of(name, value);
    if (name == "status")
      filter.status = static_cast<int>(std::min<std::uint64_t>(number_of(name, value), 999));
    if (name == "newest_first") filter.newest_first = flag_of(name, value);
  }
  return filter;
}

}  // namespace coffer::mock
