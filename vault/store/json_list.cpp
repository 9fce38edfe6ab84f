#include "vault/store/json_list.h"

#include <nlohmann/json.hpp>

#include "vault/base/json.h"

namespace coffer {

std::optional<std::string> json_list(const std::vector<std::string>& texts) {
  if (texts.empty()) return std::nullopt;
  return dump_json(Json(texts));
}

}  // namespace coffer
