#include "mockprovider/row_filter.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "vault/base/encoding.h"
#include "vault/base/json.h"

namespace coffer::mock {
namespace {

const Json* at_path(const Json& row, std::string_view dotted) {
  const Json* value = &row;
  for (const auto& part : split(dotted, '.')) {
    if (!value->is_object()) return nullptr;
    const auto found = value->find(part);
    if (found == value->end()) return nullptr;
    value = &*found;
  }
  return value;
}

bool holds_text(std::string_view text, std::string_view part) {
  return to_lower(text).find(to_lower(part)) != std::string::npos;
}

bool array_holds(const Json& array, const Json& wanted) {
  return std::any_of(array.begin(), array.end(),
                     [&](const Json& element) { return plain_text(element) == plain_text(wanted); });
}

bool contains(const Json& value, const Json& wanted) {
  if (!value.is_array()) return holds_text(plain_text(value), plain_text(wanted));
  if (!wanted.is_array()) return array_holds(value, wanted);
  return std::all_of(wanted.begin(), wanted.end(),
                     [&](const Json& element) { return array_holds(value, element); });
}

bool some_text_holds(const Json& value, const std::string& word) {
  if (value.is_string()) return holds_text(value.get_ref<const std::string&>(), word);
  if (!value.is_structured()) return false;
  return std::any_of(value.begin(), value.end(),
                     [&](const Json& element) { return some_text_holds(element, word); });
}

// "from:ann@example.com" asks for "ann@example.com".
std::vector<std::string> words_of(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\t' || c == '\n' || c == '\r'; }, ' ');
  std::vector<std::string> words;
  for (std::string word : split(text, ' ')) {
    word = word.substr(word.rfind(':') + 1);
    std::erase_if(word,
                  [](char c) { return std::string_view("\"'()[]{}<>").find(c) != std::string_view::npos; });
    if (!word.empty()) words.push_back(to_lower(word));
  }
  return words;
}

}  // namespace

struct RowFilter::Rules {
  bool fits_nothing = false;
  std::vector<std::pair<std::string, std::string>> equal;
  std::vector<std::pair<std::string, Json>> holding;
  std::vector<std::string> words;

  void read_where(const Json& where, const TemplateScope& scope, bool skip_absent) {
    for (const auto& [path, value] : where.items()) {
      const auto wanted = render_json(value, scope);
      if (wanted) equal.emplace_back(path, plain_text(*wanted));
      if (!wanted && !skip_absent) fits_nothing = true;
    }
  }
  void read_contains(const Json& entries, const TemplateScope& scope) {
    for (const auto& [path, value] : entries.items()) {
      if (auto wanted = render_json(value, scope)) holding.emplace_back(path, std::move(*wanted));
    }
  }
  void read_search(const Json& search, const TemplateScope& scope) {
    if (const auto text = render_json(search, scope)) words = words_of(plain_text(*text));
  }
};

RowFilter::RowFilter(const Json& mock, const TemplateScope& scope, bool skip_absent)
    : rules_(std::make_unique<Rules>()) {
  if (mock.contains("where")) rules_->read_where(mock["where"], scope, skip_absent);
  if (mock.contains("contains")) rules_->read_contains(mock["contains"], scope);
  if (mock.contains("search")) rules_->read_search(mock["search"], scope);
}

RowFilter::~RowFilter() = default;

bool RowFilter::fits(const Json& row) const {
  const auto is_equal = [&](const auto& rule) {
    const Json* value = at_path(row, rule.first);
    return value && plain_text(*value) == rule.second;
  };
  const auto does_hold = [&](const auto& rule) {
    const Json* value = at_path(row, rule.first);
    return value && contains(*value, rule.second);
  };
  const auto has_word = [&](const std::string& word) { return some_text_holds(row, word); };
  const Rules& rules = *rules_;
  return !rules.fits_nothing && std::all_of(rules.equal.begin(), rules.equal.end(), is_equal) &&
         std::all_of(rules.holding.begin(), rules.holding.end(), does_hold) &&
         std::all_of(rules.words.begin(), rules.words.end(), has_word);
}

std::string plain_text(const Json& value) {
  return value.is_string() ? value.get<std::string>() : dump_json(value);
}

}  // namespace coffer::mock
