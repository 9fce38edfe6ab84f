#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vault/catalog/template.h"

namespace coffer {

// A value on its way through a template. It may be a credential: wiped when dropped.
class TemplateValue {
 public:
  TemplateValue() = default;  // absent
  explicit TemplateValue(nlohmann::json value) : value_(std::move(value)) {}
  TemplateValue(TemplateValue&& other) noexcept;
  TemplateValue& operator=(TemplateValue&& other) noexcept;
  ~TemplateValue();

  bool is_absent() const { return !value_.has_value(); }
  const nlohmann::json& get() const { return *value_; }
  nlohmann::json take();
  // Texts as they are, everything else as JSON. Absent: empty.
  std::string text() const;

 private:
  std::optional<nlohmann::json> value_;
};

// One expression between "{{" and "}}", parsed. A filter is a call with the filtered value as its
// only argument.
struct Expression {
  enum class Kind { Literal, Name, Call };
  Kind kind = Kind::Literal;
  nlohmann::json literal;
  std::string name;  // dotted name, or the function's
  struct Argument {
    std::string name;               // empty: by position
    std::vector<Expression> value;  // exactly one
  };
  std::vector<Argument> arguments;
};

// A template in pieces: literal text, or an expression.
struct TemplatePiece {
  std::string text;
  std::optional<Expression> expression;
};

// Throws InvalidArgument for unbalanced braces and for expressions that are not of the language.
// Unknown functions and wrong numbers of arguments are found here too.
std::vector<TemplatePiece> parse_template(std::string_view text);

// Throws InvalidArgument, e.g. for seq without a source of numbers.
TemplateValue evaluate(const Expression& expression, const TemplateScope& scope);

// Every name that an expression of the text refers to, by its first part ("message" of
// "message.id"). For checks of toolkit files.
std::vector<std::string> names_in_template(std::string_view text);

}  // namespace coffer
