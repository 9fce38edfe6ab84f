#include "vault/base/text.h"

#include <cstdint>

namespace coffer {
namespace {

constexpr std::size_t kMostRepeated = 128;
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

std::size_t length_by_lead(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >> 5 == 6) return 2;
  if (lead >> 4 == 14) return 3;
  return lead >> 3 == 30 ? 4 : 0;
}

// RFC 3629 §3 and §4: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_shortest_form(std::uint32_t point, std::size_t length) {
  constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  return point >= kLeast[length] && point <= 0x10FFFF && (point < 0xD800 || point > 0xDFFF);
}

}  // namespace

std::optional<CodePoint> first_code_point(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = length_by_lead(lead);
  if (length == 0 || length > text.size()) return std::nullopt;
  std::uint32_t point = length == 1 ? lead : lead & (0x7Fu >> length);
  for (std::size_t k = 1; k < length; ++k) {
    const auto next = static_cast<unsigned char>(text[k]);
    if (next >> 6 != 2) return std::nullopt;
    point = point << 6 | (next & 0x3Fu);
  }
  if (!is_shortest_form(point, length)) return std::nullopt;
  return CodePoint{point, length};
}

std::string clipped(std::string_view text) {
  constexpr std::string_view kMark = "...";
  std::string out;
  std::size_t fits = 0;  // how much of `out` leaves room for the mark
  while (!text.empty()) {
    const auto point = first_code_point(text);
    const bool is_shown = point && point->value != 0;  // what() ends at a NUL
    const std::string_view piece = is_shown ? text.substr(0, point->size) : kReplacement;
    if (out.size() + piece.size() > kMostRepeated) return out.substr(0, fits).append(kMark);
    out.append(piece);
    if (out.size() + kMark.size() <= kMostRepeated) fits = out.size();
    text.remove_prefix(point ? point->size : 1);
  }
  return out;
}

std::string in_quotes(std::string_view text) {
  return '"' + clipped(text) + '"';
}

}  // namespace coffer
