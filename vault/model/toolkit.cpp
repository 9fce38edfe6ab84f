#include "vault/model/toolkit.h"

#include <algorithm>

#include "vault/base/encoding.h"

namespace coffer {

const AuthMode* Toolkit::find_auth(AuthScheme scheme) const {
  const auto found =
      std::find_if(auth.begin(), auth.end(), [&](const AuthMode& mode) { return mode.scheme == scheme; });
  return found == auth.end() ? nullptr : &*found;
}

const Tool* Toolkit::find_tool(std::string_view slug_or_alias) const {
  const auto is_named = [&](const std::string& text) { return equals_ignoring_case(text, slug_or_alias); };
  for (const Tool& tool : tools) {
    if (is_named(tool.slug)) return &tool;
  }
  for (const Tool& tool : tools) {
    if (std::any_of(tool.aliases.begin(), tool.aliases.end(), is_named)) return &tool;
  }
  return nullptr;
}

}  // namespace coffer
