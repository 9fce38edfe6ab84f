#include "vault/api/v3/text_match.h"

#include <algorithm>

#include "vault/base/encoding.h"

namespace coffer::api::v3 {

bool matches_words(std::string_view query, std::initializer_list<std::string_view> texts) {
  if (query.empty()) return true;
  std::string all;
  for (const std::string_view text : texts) all.append(to_lower(text)).push_back('\n');
  const std::vector<std::string> words = split(to_lower(query), ' ');
  return std::all_of(words.begin(), words.end(),
                     [&](const std::string& word) { return all.find(word) != std::string::npos; });
}

}  // namespace coffer::api::v3
