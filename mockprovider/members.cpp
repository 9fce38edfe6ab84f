#include "mockprovider/members.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "vault/base/error.h"
#include "vault/base/json.h"

namespace coffer::mock {

Members::Members(const Json& object, std::string owner) : object_(object), owner_(std::move(owner)) {
  if (!object.is_object()) throw Error(ErrorCode::InvalidArgument, owner_ + " is not a JSON object");
}

const Json* Members::find(std::string_view name) const {
  const auto found = object_.find(name);
  return found == object_.end() ? nullptr : &*found;
}

bool Members::flag(std::string_view name) const {
  const Json* value = find(name);
  if (value && !value->is_boolean()) fail(name, "is not true or false");
  return value && value->get<bool>();
}

std::string Members::text(std::string_view name, std::string fallback) const {
  const Json* value = find(name);
  if (value && !value->is_string()) fail(name, "is not a text");
  return value ? value->get<std::string>() : std::move(fallback);
}

std::vector<std::string> Members::texts(std::string_view name) const {
  const Json* list = find(name);
  if (!list) return {};
  const auto is_text = [](const Json& element) { return element.is_string(); };
  if (!list->is_array() || !std::all_of(list->begin(), list->end(), is_text))
    fail(name, "is not a list of texts");
  return list->get<std::vector<std::string>>();
}

int Members::number(std::string_view name, int fallback, int least, int most) const {
  const Json* value = find(name);
  if (!value) return fallback;
  if (!value->is_number_integer() || *value < least || *value > most) {
    fail(name, "is not a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  }
  return value->get<int>();
}

std::optional<Duration> Members::seconds(std::string_view name) const {
  const Json* value = find(name);
  if (!value) return std::nullopt;
  constexpr std::int64_t kCentury = 100LL * 366 * 24 * 3600;
  if (!value->is_number_integer() || *value < 0 || *value > kCentury)
    fail(name, "is not a number of seconds");
  return std::chrono::seconds(value->get<std::int64_t>());
}

std::optional<Duration> Members::duration(std::string_view name) const {
  const Json* value = find(name);
  if (!value || !value->is_string()) return seconds(name);
  const auto parsed = parse_duration(value->get_ref<const std::string&>());
  if (!parsed) fail(name, "is not a duration such as \"55m\" or \"90s\"");
  return parsed;
}

void Members::allow_only(std::initializer_list<std::string_view> names) const {
  for (const auto& [name, value] : object_.items()) {
    if (std::find(names.begin(), names.end(), name) == names.end()) fail(name, "is not known");
  }
}

void Members::fail(std::string_view name, const std::string& fault) const {
  throw Error(ErrorCode::InvalidArgument, owner_ + ": " + std::string(name) + " " + fault);
}

}  // namespace coffer::mock
