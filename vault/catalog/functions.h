#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "vault/catalog/expression.h"

namespace coffer {

// Arguments of one call, by position or by name (never both of one).
struct CallArguments {
  std::vector<TemplateValue> positional;
  std::vector<std::pair<std::string, TemplateValue>> named;

  bool has_absent() const;
  const TemplateValue& by_name(std::string_view name) const;  // an absent value if not given
};

// Throws InvalidArgument for an unknown function or a number of arguments that it does not take.
void check_call(std::string_view function, std::size_t positional, const std::vector<std::string>& named);

// The call must have passed check_call.
TemplateValue call_function(std::string_view function, CallArguments arguments, const TemplateScope& scope);

}  // namespace coffer
