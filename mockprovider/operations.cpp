#include "mockprovider/operations.h"

#include <algorithm>
#include <charconv>

#include "mockprovider/account_data.h"
#include "mockprovider/row_filter.h"
#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/catalog/template.h"

namespace coffer::mock {
namespace {

constexpr std::size_t kMaxRows = 1'000;
constexpr std::int64_t kMaxDelayMs = 30'000;

using Rows = std::vector<Json>;

std::optional<std::int64_t> to_number(const Json& value) {
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (!value.is_string()) return std::nullopt;
  const auto& text = value.get_ref<const std::string&>();
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// One run of one operation.
class Operation {
 public:
  Operation(const Json& mock, Json& values, AccountData& data, Timestamp now)
      : mock_(mock), values_(values), data_(data), now_(now) {}

  OperationResult run() {
    if (lacks_parent() || lacks_need()) return std::move(result_);
    const std::string op = mock_.value("op", "reply");
    if (op == "insert") insert();
    if (op == "list") list();
    if (op == "get") get();
    if (op == "update") update();
    if (op == "delete") remove();
    if (!result_.found_row) tell_missing(mock_);
    if (result_.found_row && !result_.is_bad_request) reply();
    return std::move(result_);
  }

 private:
  TemplateScope scope() {
    return {values_, now_, [this](const std::string& name) { return data_.next(name); }};
  }
  std::string store_name() const { return mock_.value("store", ""); }
  Rows& rows() { return data_.stores[store_name()]; }

  // The rendered member, or nothing if it or a name in it is absent.
  std::optional<Json> render(const char* name) {
    const auto found = mock_.find(name);
    return found == mock_.end() ? std::nullopt : render_json(*found, scope());
  }

  std::optional<std::int64_t> number(const char* name) {
    const auto value = render(name);
    return value ? to_number(*value) : std::nullopt;
  }

  Rows::iterator find_row() {
    const RowFilter filter(mock_, scope(), false);
    return std::find_if(rows().begin(), rows().end(), [&](const Json& row) { return filter.fits(row); });
  }

  // A parent that the request does not name is not asked for.
  bool lacks_parent() {
    const auto parent = mock_.find("parent");
    if (parent == mock_.end()) return false;
    const auto named = render_json(parent->value("where", Json::object()), scope());
    if (!named || named->empty()) return false;
    const RowFilter filter(*parent, scope(), true);
    const Rows& candidates = data_.stores[parent->value("store", "")];
    result_.found_row =
        std::any_of(candidates.begin(), candidates.end(), [&](const Json& row) { return filter.fits(row); });
    if (!result_.found_row) tell_missing(parent->contains("missing") ? *parent : mock_);
    return !result_.found_row;
  }

  bool lacks_need() {
    const auto needs = mock_.find("needs");
    if (needs == mock_.end()) return false;
    const auto unmet =
        std::find_if(needs->begin(), needs->end(), [&](const Json& need) { return !is_met(need); });
    if (unmet == needs->end()) return false;
    values_["lacking"] = name_of_need(*unmet);
    result_.lacking = &*unmet;
    return true;
  }

  static std::string name_of_need(const Json& need) {
    return need.is_string() ? need.get<std::string>() : need.value("name", "");
  }

  bool is_met(const Json& need) {
    const bool has_value = need.is_object() && need.contains("value");
    const Json shape = has_value ? need["value"] : Json("{{body." + name_of_need(need) + "}}");
    const auto value = render_json(shape, scope());
    if (!value || value->empty() || plain_text(*value).empty()) return false;
    if (!need.is_object() || !need.contains("among")) return true;
    const Json among = render_json(need["among"], scope()).value_or(Json::array());
    return std::any_of(among.begin(), among.end(), [&](const Json& one) {
      return equals_ignoring_case(plain_text(one), plain_text(*value));
    });
  }

  void tell_missing(const Json& teller) {
    const auto own = teller.find("missing");
    if (own != teller.end()) result_.missing = &*own;
  }

  void insert() {
    const auto same = mock_.contains("where") ? find_row() : rows().end();
    if (same != rows().end()) {
      same->merge_patch(render("as").value_or(Json::object()));
      values_["row"] = *same;
      return;
    }
    values_["new_id"] = data_.next(store_name());
    Json row = render("as").value_or(Json::object());
    if (rows().size() >= kMaxRows) rows().erase(rows().begin());
    rows().push_back(row);
    values_["row"] = std::move(row);
  }

  void get() {
    const auto row = find_row();
    result_.found_row = row != rows().end();
    if (result_.found_row) values_["row"] = *row;
  }

  void update() {
    const auto row = find_row();
    result_.found_row = row != rows().end();
    if (!result_.found_row) return;
    values_["row"] = *row;  // what `as` may refer to
    row->merge_patch(render("as").value_or(Json::object()));
    change_lists(*row);
    values_["row"] = *row;
  }

  void change_lists(Json& row) {
    if (const auto added = render("add")) {
      for (const auto& [name, elements] : added->items()) add_elements(row[name], elements);
    }
    if (const auto removed = render("remove")) {
      for (const auto& [name, elements] : removed->items()) remove_elements(row[name], elements);
    }
  }

  static void add_elements(Json& list, const Json& elements) {
    if (!list.is_array()) list = Json::array();
    for (const auto& element : elements.is_array() ? elements : Json::array({elements})) {
      if (std::find(list.begin(), list.end(), element) == list.end()) list.push_back(element);
    }
  }

  static void remove_elements(Json& list, const Json& elements) {
    if (!list.is_array()) list = Json::array();
    const Json gone = elements.is_array() ? elements : Json::array({elements});
    Json kept = Json::array();
    for (const auto& element : list) {
      if (std::find(gone.begin(), gone.end(), element) == gone.end()) kept.push_back(element);
    }
    list = std::move(kept);
  }

  void remove() {
    const RowFilter filter(mock_, scope(), false);
    Rows kept;
    for (auto& row : rows()) {
      if (filter.fits(row)) {
        values_["row"] = std::move(row);
      } else {
        kept.push_back(std::move(row));
      }
    }
    result_.found_row = kept.size() < rows().size();
    rows() = std::move(kept);
  }

  void list() {
    const RowFilter filter(mock_, scope(), true);
    std::vector<const Json*> fitting;
    for (const auto& row : rows()) {
      if (filter.fits(row)) fitting.push_back(&row);
    }
    if (mock_.value("newest_first", false)) std::reverse(fitting.begin(), fitting.end());
    const auto limit =
        static_cast<std::size_t>(std::clamp<std::int64_t>(number("limit").value_or(20), 1, 100));
    const auto begin = first_of_page(limit);
    if (!begin) return;
    Json page = Json::array();
    for (std::size_t i = *begin; i < fitting.size() && page.size() < limit; ++i)
      page.push_back(item(*fitting[i]));
    if (*begin + limit < fitting.size())
      values_["next"] = to_base64url("after:" + std::to_string(*begin + limit));
    values_["total"] = fitting.size();
    values_["rows"] = std::move(page);
  }

  std::optional<std::size_t> first_of_page(std::size_t limit) {
    if (const auto page = number("page")) {
      return static_cast<std::size_t>(std::clamp<std::int64_t>(*page, 1, 1'000'000) - 1) * limit;
    }
    const auto after = render("after");
    if (!after || plain_text(*after).empty()) return 0;
    const auto token = after->is_string() ? from_base64url(after->get<std::string>()) : std::nullopt;
    const auto offset = token && token->starts_with("after:") ? to_number(token->substr(6)) : std::nullopt;
    result_.is_bad_request = !offset || *offset < 0;
    if (result_.is_bad_request) return std::nullopt;
    return static_cast<std::size_t>(*offset);
  }

  Json item(const Json& row) {
    if (!mock_.contains("item")) return row;
    values_["row"] = row;
    auto rendered = render("item");
    values_.erase("row");
    return rendered.value_or(Json::object());
  }

  void reply() {
    const auto status = static_cast<int>(std::clamp<std::int64_t>(number("status").value_or(200), 200, 599));
    const Json answer = {{"headers", mock_.value("headers", Json::object())}};
    result_.response = render_answer(answer, status, scope());
    if (const auto body = render("reply")) {
      result_.response.headers.push_back({"Content-Type", "application/json"});
      result_.response.body = dump_json(*body);
    }
    result_.delay = Duration(std::clamp<std::int64_t>(number("delay_ms").value_or(0), 0, kMaxDelayMs));
  }

  const Json& mock_;
  Json& values_;
  AccountData& data_;
  Timestamp now_;
  OperationResult result_;
};

}  // namespace

OperationResult run_operation(const Json& mock, Json& values, AccountData& data, Timestamp now) {
  return Operation(mock, values, data, now).run();
}

ServerResponse render_answer(const Json& answer, int status, const TemplateScope& scope) {
  ServerResponse response;
  response.status =
      answer.contains("status") ? static_cast<int>(to_number(answer["status"]).value_or(status)) : status;
  const Json headers = render_json(answer.value("headers", Json::object()), scope).value_or(Json::object());
  for (const auto& [name, value] : headers.items()) response.headers.push_back({name, plain_text(value)});
  if (!answer.contains("body")) return response;
  response.headers.push_back({"Content-Type", "application/json"});
  response.body = dump_json(render_json(answer["body"], scope).value_or(Json::object()));
  return response;
}

}  // namespace coffer::mock
