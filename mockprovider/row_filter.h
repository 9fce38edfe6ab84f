#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "vault/catalog/template.h"

namespace coffer::mock {

// What `where`, `contains` and `search` of an operation make of one request.
class RowFilter {
 public:
  // `skip_absent`: an entry of `where` whose template has an absent name asks for nothing; else
  // it fits no row.
  RowFilter(const nlohmann::json& mock, const TemplateScope& scope, bool skip_absent);
  RowFilter(const RowFilter&) = delete;
  RowFilter& operator=(const RowFilter&) = delete;
  ~RowFilter();

  bool fits(const nlohmann::json& row) const;

 private:
  struct Rules;
  std::unique_ptr<Rules> rules_;
};

// Texts as they are, everything else as JSON.
std::string plain_text(const nlohmann::json& value);

}  // namespace coffer::mock
