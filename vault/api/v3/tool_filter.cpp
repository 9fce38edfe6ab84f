#include "vault/api/v3/tool_filter.h"

#include <algorithm>

#include "vault/api/v3/text_match.h"
#include "vault/base/encoding.h"

namespace coffer::api::v3 {
namespace {

bool shares_one(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::any_of(a.begin(), a.end(),
                     [&](const std::string& text) { return contains_ignoring_case(b, text); });
}

bool has_important_tools(const Toolkit& toolkit) {
  return std::any_of(toolkit.tools.begin(), toolkit.tools.end(),
                     [](const Tool& tool) { return tool.is_important; });
}

}  // namespace

bool contains_ignoring_case(const std::vector<std::string>& list, std::string_view text) {
  return std::any_of(list.begin(), list.end(),
                     [&](const std::string& element) { return equals_ignoring_case(element, text); });
}

bool ToolFilter::is_asked_for_by_name(const Tool& tool) const {
  return contains_ignoring_case(tools, tool.slug) || shares_one(tool.aliases, tools);
}

bool ToolFilter::admits(const Toolkit& toolkit) const {
  return toolkits.empty() || contains_ignoring_case(toolkits, toolkit.slug);
}

bool ToolFilter::admits(const Toolkit& toolkit, const Tool& tool) const {
  if (!tools.empty() && !is_asked_for_by_name(tool)) return false;
  if (!tags.empty() && !shares_one(tags, tool.tags)) return false;
  if (!scopes.empty() && !tool.scopes_any.empty() && !shares_one(scopes, tool.scopes_any)) return false;
  // A toolkit that marks none as important must not vanish from an SDK's default listing.
  if (only_important && !tool.is_important && has_important_tools(toolkit)) return false;
  return matches_words(search, {tool.slug, tool.name, tool.description, toolkit.name});
}

std::vector<ToolRef> ToolFilter::select(const Catalog& catalog) const {
  std::vector<ToolRef> found;
  for (const Toolkit& toolkit : catalog.toolkits()) {
    if (!admits(toolkit)) continue;
    for (const Tool& tool : toolkit.tools) {
      if (admits(toolkit, tool)) found.push_back({&toolkit, &tool});
    }
  }
  return found;
}

}  // namespace coffer::api::v3
