#pragma once

#include <optional>
#include <string>
#include <vector>

namespace coffer {

// A JSON array of texts for SQL's json_each(); nullopt, which binds as NULL, for no texts.
std::optional<std::string> json_list(const std::vector<std::string>& texts);

template <class Id>
std::optional<std::string> json_list_of_ids(const std::vector<Id>& ids) {
  std::vector<std::string> texts;
  texts.reserve(ids.size());
  for (const Id& id : ids) texts.push_back(id.str());
  return json_list(texts);
}

}  // namespace coffer
