#include "vault/catalog/expression.h"

#include <algorithm>

#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/catalog/functions.h"

namespace coffer {
namespace {

constexpr int kMaxNesting = 8;
constexpr int kMaxFilters = 8;
// A few calls upon each other can make a short text as long as memory: each may double it.
constexpr std::size_t kMaxValueBytes = 16 << 20;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_name_char(char c) {
  return is_name_start(c) || is_digit(c) || c == '.' || c == '-';
}

class Parser {
 public:
  Parser(std::string_view text, std::size_t position) : text_(text), position_(position) {}

  // Reads up to and including "}}".
  Expression parse_to_end() {
    Expression result = parse_expression(0);
    if (!accept("}}")) fail("has something after its expression");
    return result;
  }
  std::size_t position() const { return position_; }

 private:
  Expression parse_expression(int depth) {
    if (depth > kMaxNesting) fail("is nested too deeply");
    Expression result = parse_primary(depth);
    for (int filters = 0; accept("|"); ++filters) {
      if (filters == kMaxFilters) fail("has too many filters");
      Expression call;
      call.kind = Expression::Kind::Call;
      call.name = parse_name();
      call.arguments.push_back({"", {}});
      call.arguments.back().value.push_back(std::move(result));
      check(call);
      result = std::move(call);
    }
    return result;
  }

  Expression parse_primary(int depth) {
    skip_spaces();
    Expression result;
    if (accept("'")) {
      result.literal = parse_quoted();
    } else if (position_ < text_.size() && is_digit(text_[position_])) {
      result.literal = parse_number();
    } else {
      result.kind = Expression::Kind::Name;
      result.name = parse_name();
      if (accept("(")) parse_arguments(result, depth);
      turn_into_boolean(result);
    }
    return result;
  }

  void parse_arguments(Expression& call, int depth) {
    call.kind = Expression::Kind::Call;
    if (!accept(")")) {
      do {
        call.arguments.push_back(parse_argument(depth));
      } while (accept(","));
      if (!accept(")")) fail("has a call without its closing parenthesis");
    }
    check(call);
  }

  Expression::Argument parse_argument(int depth) {
    Expression::Argument argument;
    const std::size_t start = position_;
    skip_spaces();
    if (position_ < text_.size() && is_name_start(text_[position_])) {
      argument.name = parse_name();
      if (!accept("=")) {
        argument.name.clear();
        position_ = start;
      }
    }
    argument.value.push_back(parse_expression(depth + 1));
    return argument;
  }

  std::string parse_name() {
    skip_spaces();
    const std::size_t start = position_;
    if (position_ >= text_.size() || !is_name_start(text_[position_])) fail("lacks a name");
    while (position_ < text_.size() && is_name_char(text_[position_])) ++position_;
    return std::string(text_.substr(start, position_ - start));
  }

  std::string parse_quoted() {
    const std::size_t end = text_.find('\'', position_);
    if (end == std::string_view::npos) fail("has a text without its closing quote");
    std::string value(text_.substr(position_, end - position_));
    position_ = end + 1;
    return value;
  }

  std::int64_t parse_number() {
    std::int64_t value = 0;
    for (int digits = 0; position_ < text_.size() && is_digit(text_[position_]); ++position_) {
      if (++digits > 15) fail("has a number that is too long");
      value = value * 10 + (text_[position_] - '0');
    }
    return value;
  }

  static void turn_into_boolean(Expression& expression) {
    if (expression.kind != Expression::Kind::Name) return;
    if (expression.name != "true" && expression.name != "false") return;
    expression.kind = Expression::Kind::Literal;
    expression.literal = expression.name == "true";
  }

  void check(const Expression& call) const {
    std::size_t positional = 0;
    std::vector<std::string> named;
    for (const auto& argument : call.arguments) {
      if (argument.name.empty()) {
        ++positional;
      } else {
        named.push_back(argument.name);
      }
    }
    check_call(call.name, positional, named);
  }

  void skip_spaces() {
    while (position_ < text_.size() && text_[position_] == ' ') ++position_;
  }

  bool accept(std::string_view token) {
    skip_spaces();
    if (!text_.substr(position_).starts_with(token)) return false;
    position_ += token.size();
    return true;
  }

  [[noreturn]] void fail(const std::string& fault) const {
    throw Error(ErrorCode::InvalidArgument,
                "template \"" + std::string(text_.substr(0, 120)) + "\" " + fault);
  }

  std::string_view text_;
  std::size_t position_;
};

TemplateValue bounded(TemplateValue value) {
  if (value.is_absent() || !value.get().is_string()) return value;
  if (value.get().get_ref<const std::string&>().size() <= kMaxValueBytes) return value;
  throw Error(ErrorCode::InvalidArgument, "a template makes a value of more than 16 MiB");
}

TemplateValue look_up(std::string_view name, const Json& values) {
  const Json* found = &values;
  while (true) {
    const std::size_t dot = name.find('.');
    if (!found->is_object()) return {};
    const auto member = found->find(name.substr(0, dot));
    if (member == found->end()) return {};
    found = &*member;
    if (dot == std::string_view::npos) break;
    name.remove_prefix(dot + 1);
  }
  return found->is_null() ? TemplateValue() : TemplateValue(*found);
}

void collect_names(const Expression& expression, std::vector<std::string>& names) {
  if (expression.kind == Expression::Kind::Name)
    names.push_back(expression.name.substr(0, expression.name.find('.')));
  for (const auto& argument : expression.arguments) collect_names(argument.value.front(), names);
}

}  // namespace

TemplateValue::TemplateValue(TemplateValue&& other) noexcept : value_(std::move(other.value_)) {
  other.value_.reset();
}

TemplateValue& TemplateValue::operator=(TemplateValue&& other) noexcept {
  std::swap(value_, other.value_);
  return *this;
}

TemplateValue::~TemplateValue() {
  if (value_) wipe(*value_);
}

Json TemplateValue::take() {
  Json out = std::move(*value_);
  value_.reset();
  return out;
}

std::string TemplateValue::text() const {
  if (!value_) return {};
  return value_->is_string() ? value_->get_ref<const std::string&>() : dump_json(*value_);
}

std::vector<TemplatePiece> parse_template(std::string_view text) {
  std::vector<TemplatePiece> pieces;
  std::size_t position = 0;
  while (position < text.size()) {
    const std::size_t open = text.find("{{", position);
    if (open != position)
      pieces.push_back({std::string(text.substr(position, open - position)), std::nullopt});
    if (open == std::string_view::npos) break;
    Parser parser(text, open + 2);
    pieces.push_back({"", parser.parse_to_end()});
    position = parser.position();
  }
  return pieces;
}

TemplateValue evaluate(const Expression& expression, const TemplateScope& scope) {
  switch (expression.kind) {
    case Expression::Kind::Literal:
      return TemplateValue(expression.literal);
    case Expression::Kind::Name:
      return look_up(expression.name, scope.values);
    case Expression::Kind::Call:
      break;
  }
  CallArguments arguments;
  for (const auto& argument : expression.arguments) {
    TemplateValue value = evaluate(argument.value.front(), scope);
    if (argument.name.empty()) {
      arguments.positional.push_back(std::move(value));
    } else {
      arguments.named.emplace_back(argument.name, std::move(value));
    }
  }
  return bounded(call_function(expression.name, std::move(arguments), scope));
}

std::vector<std::string> names_in_template(std::string_view text) {
  std::vector<std::string> names;
  for (const auto& piece : parse_template(text)) {
    if (piece.expression) collect_names(*piece.expression, names);
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace coffer
