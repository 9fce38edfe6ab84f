#include "vault/catalog/answer_rules.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "vault/base/json.h"

namespace coffer {
namespace {

bool fits(const ErrorRule& rule, int status, const Json& body) {
  if (rule.status != 0 && rule.status != status) return false;
  if (rule.pointer.empty()) return rule.status != 0;
  const Json* value = find_at(body, rule.pointer);
  if (value == nullptr || value->is_null()) return false;
  const std::string text = value->is_string() ? value->get<std::string>() : dump_json(*value);
  return rule.equals.empty() || std::find(rule.equals.begin(), rule.equals.end(), text) != rule.equals.end();
}

}  // namespace

const Json* find_at(const Json& answer, const std::string& pointer) {
  const Json::json_pointer place(pointer);
  return answer.contains(place) ? &answer.at(place) : nullptr;
}

std::optional<ErrorRule::Means> match_rules(const std::vector<ErrorRule>& rules, int status,
                                            const Json& body) {
  for (const ErrorRule& rule : rules) {
    if (fits(rule, status, body)) return rule.means;
  }
  return std::nullopt;
}

}  // namespace coffer
