#pragma once

#include <string>
#include <string_view>
#include <vector>

// How words are compared in a search: by their stems, in lower case.
namespace coffer {

// "GMAIL_SEND_EMAILS" and "gmail, sending emails" give the same stems: gmail, send, email. Only
// ASCII letters and digits make words; what else there is parts them.
std::vector<std::string> search_stems(std::string_view text);

// The same for what a person asks for: without the words that say nothing ("please", "the"),
// unless there are no others.
std::vector<std::string> query_stems(std::string_view text);

// Whether a stem tells a deed that is done to anything ("get", "create"): alone it names no tool.
bool is_bare_deed(const std::string& stem);

// Stems that mean nearly the same as this one, each once, without itself.
const std::vector<std::string>& near_stems(const std::string& stem);

}  // namespace coffer
