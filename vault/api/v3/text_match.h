#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace coffer::api::v3 {

// True if each word of `query` occurs in one of the texts, in any case. An empty query matches.
bool matches_words(std::string_view query, std::initializer_list<std::string_view> texts);

}  // namespace coffer::api::v3
