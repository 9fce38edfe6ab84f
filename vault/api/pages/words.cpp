#include "vault/api/pages/words.h"

#include <algorithm>

#include "vault/base/encoding.h"

namespace coffer::api {
namespace {

constexpr std::size_t kMostCharacters = 32;

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

// Byte length of the first `count` characters.
std::size_t prefix_bytes(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  while (at < text.size()) {
    if (!is_continuation(text[at]) && count-- == 0) break;
    ++at;
  }
  return at;
}

}  // namespace

std::string scope_in_words(std::string_view scope) {
  while (scope.ends_with('/')) scope.remove_suffix(1);
  const bool is_url = scope.find("://") != std::string_view::npos;
  if (is_url) scope.remove_prefix(scope.rfind('/') + 1);
  std::string words(scope);
  std::replace_if(
      words.begin(), words.end(),
      [](char c) { return std::string_view("._:-/+").find(c) != std::string_view::npos; }, ' ');
  return words;
}

std::string shortened(std::string_view text) {
  const std::size_t end = prefix_bytes(text, kMostCharacters);
  return end == text.size() ? std::string(text) : std::string(text.substr(0, end)) + "…";
}

std::string initial_of(std::string_view text) {
  return to_upper(text.substr(0, prefix_bytes(text, 1)));
}

std::string time_in_words(Duration left) {
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(left).count();
  if (minutes < 1) return "less than a minute";
  return std::to_string(minutes) + (minutes == 1 ? " minute" : " minutes");
}

}  // namespace coffer::api
