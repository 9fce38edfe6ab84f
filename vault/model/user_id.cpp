#include "vault/model/user_id.h"

#include "vault/base/text.h"

namespace coffer {
namespace {

constexpr std::size_t kMostBytes = 256;

// C0, DEL and C1.
bool is_control(char32_t point) {
  return point < 0x20 || (point >= 0x7F && point <= 0x9F);
}

}  // namespace

std::optional<std::string_view> fault_of_user_id(std::string_view id) {
  if (id.empty()) return "is empty";
  if (id == "." || id == "..")
    return "is a step in a path";  // which clients take out of the URLs that name it
  if (id.size() > kMostBytes) return "is longer than 256 bytes";
  while (!id.empty()) {
    const auto point = first_code_point(id);
    if (!point) return "is not UTF-8";
    if (is_control(point->value)) return "holds a control character";
    id.remove_prefix(point->size);
  }
  return std::nullopt;
}

}  // namespace coffer
