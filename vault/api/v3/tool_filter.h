#pragma once

#include <string>
#include <vector>

#include "vault/catalog/catalog.h"

namespace coffer::api::v3 {

// Which tools a listing asks for. Empty parts ask for nothing; all given parts must hold.
struct ToolFilter {
  std::vector<std::string> tools;     // slugs or aliases, any case
  std::vector<std::string> toolkits;  // slugs, any case
  std::vector<std::string> tags;      // one of them is enough
  std::vector<std::string> scopes;    // the tool works with one of them, or needs none
  std::string search;
  bool only_important = false;

  std::vector<ToolRef> select(const Catalog& catalog) const;

 private:
  bool admits(const Toolkit& toolkit) const;
  bool admits(const Toolkit& toolkit, const Tool& tool) const;
  bool is_asked_for_by_name(const Tool& tool) const;
};

bool contains_ignoring_case(const std::vector<std::string>& list, std::string_view text);

}  // namespace coffer::api::v3
