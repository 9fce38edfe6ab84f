#pragma once

#include <string>
#include <string_view>

#include "vault/base/clock.h"

namespace coffer::api {

// "https://www.googleapis.com/auth/gmail.modify" -> "gmail modify".
std::string scope_in_words(std::string_view scope);

// At most 32 characters of a text, whole UTF-8 characters only, with an ellipsis where cut.
std::string shortened(std::string_view text);

// The first character, in upper case where it is a letter of ASCII.
std::string initial_of(std::string_view text);

// "1 minute", "9 minutes", "less than a minute".
std::string time_in_words(Duration left);

}  // namespace coffer::api
