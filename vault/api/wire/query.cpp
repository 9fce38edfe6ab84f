#include "vault/api/wire/query.h"

#include <algorithm>
#include <charconv>

#include "vault/api/wire/paging.h"
#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/text.h"

namespace coffer::api {
namespace {

constexpr std::int64_t kDefaultLimit = 20;
constexpr std::size_t kMostValues = 1000;

Error bad_param(std::string_view name, const std::string& fault, std::string hint = {}) {
  return {ErrorCode::InvalidArgument, "query parameter " + in_quotes(name) + " " + fault, std::move(hint)};
}

bool is_named(std::string_view key, std::string_view name) {
  return key == name || (key.size() == name.size() + 2 && key.starts_with(name) && key.ends_with("[]"));
}

}  // namespace

std::vector<std::string> list_param(const ServerRequest& request, std::string_view name) {
  std::vector<std::string> values;
  bool is_one_text = true;
  for (const auto& [key, text] : request.query) {
    if (!is_named(key, name)) continue;
    is_one_text = is_one_text && values.empty() && key == name;
    if (!text.empty()) values.push_back(text);
  }
  // Repeated keys say where a value ends, so that a value may hold a comma there.
  if (is_one_text && !values.empty()) values = split(values.front(), ',');
  if (values.size() > kMostValues) throw bad_param(name, "has more than 1000 values");
  return values;
}

std::vector<std::string> owner_list_param(const ServerRequest& request, std::string_view name) {
  std::vector<std::string> values = list_param(request, name);
  const bool is_there = std::any_of(request.query.begin(), request.query.end(),
                                    [&](const auto& parameter) { return is_named(parameter.first, name); });
  if (values.empty() && is_there) throw bad_param(name, "is empty", "name somebody, or leave it out");
  return values;
}

std::optional<bool> bool_param(const ServerRequest& request, std::string_view name) {
  const std::string_view text = request.query_value(name);
  if (text.empty()) return std::nullopt;
  if (text == "true") return true;
  if (text == "false") return false;
  throw bad_param(name, "is neither true nor false");
}

std::string choice_param(const ServerRequest& request, std::string_view name,
                         const std::vector<std::string>& allowed) {
  std::string text(request.query_value(name));
  if (text.empty() || std::find(allowed.begin(), allowed.end(), text) != allowed.end()) return text;
  throw bad_param(name, "is none of its values", "use " + join(allowed, ", "));
}

std::string text_param(const ServerRequest& request, std::string_view name) {
  return std::string(request.query_value(name));
}

void refuse_repeated(const ServerRequest& request, std::string_view name) {
  const auto count = std::count_if(request.query.begin(), request.query.end(),
                                   [&](const auto& parameter) { return is_named(parameter.first, name); });
  if (count > 1) throw bad_param(name, "is there more than once", "name it once");
}

std::int64_t count_param(const ServerRequest& request, std::string_view name, std::int64_t fallback,
                         std::int64_t most) {
  const std::string_view text = request.query_value(name);
  if (text.empty()) return std::min(fallback, most);
  std::int64_t count = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (fault == std::errc::result_out_of_range && text.front() != '-') return most;
  if (fault != std::errc() || end != text.data() + text.size() || count < 1) {
    throw bad_param(name, "is not a number from 1 up");
  }
  return std::min(count, most);
}

PageRequest page_param(const ServerRequest& request, std::int64_t most) {
  PageRequest page;
  page.limit = count_param(request, "limit", kDefaultLimit, most);
  if (const std::string_view cursor = request.query_value("cursor"); !cursor.empty()) {
    const auto offset = offset_of_cursor(cursor);
    if (!offset) throw bad_param("cursor", "was not made here", "pass next_cursor on as it came");
    page.offset = *offset;
  }
  return page;
}

}  // namespace coffer::api
