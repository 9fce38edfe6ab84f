#include "vault/catalog/search_words.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "vault/base/encoding.h"

namespace coffer {
namespace {

constexpr std::size_t kShortestWord = 2;  // one letter is what an apostrophe left
constexpr std::size_t kLongestWord = 64;

// What people and services call the same thing or the same deed. A word may stand in several lines.
constexpr auto kNearWords = std::to_array<std::string_view>({
    "create open new file raise make report submit log",
    "create add write put",
    "list show get fetch read retrieve see view check display return give",
    "find search look lookup query google where",
    "find list get fetch",
    "send post write deliver message compose notify tell",
    "update edit change modify set rename assign resolve",
    "close resolve finish transition done complete",
    "transition move",
    "delete remove erase drop",
    "reply respond answer comment",
    "comment note",
    "archive label",
    "mark label",
    "label tag",
    "star favourite favorite like bookmark",
    "extract scrape crawl content text",
    "map sitemap structure",
    "crawl walk spider",
    "email mail message gmail",
    "inbox mailbox email",
    "draft compose prepare",
    "ticket issue bug problem task defect",
    "ticket case request",
    "error exception crash failure event",
    "event occurrence",
    "repository repo codebase",
    "user member people person colleague teammate coworker",
    "profile account user identity who whoami",
    "authenticated own current my",
    "channel room",
    "chat slack",
    "history conversation past recent recently said say talk",
    "web internet online google site website",
    "site website domain",
    "page url website article",
    "usage quota credit limit consumption",
    "customer requester client",
    "organisation organization company org",
    "status state",
});

constexpr std::string_view kBareDeeds =
    "add change check create delete display do edit fetch find get give list look make new open put read "
    "remove retrieve return see set show take tell update view write";

constexpr auto kEmptyWords = std::to_array<std::string_view>({
    "a",     "about", "am",        "an",     "and",   "are",  "as",   "at",    "be",    "by",   "can",
    "could", "do",    "does",      "for",    "from",  "have", "help", "how",   "i",     "id",   "if",
    "in",    "into",  "is",        "it",     "its",   "let",  "like", "me",    "my",    "need", "of",
    "on",    "or",    "our",       "please", "so",    "some", "that", "the",   "their", "them", "there",
    "this",  "to",    "something", "exist",  "up",    "tool", "use",  "using", "via",   "want", "was",
    "we",    "what",  "which",     "with",   "would", "you",
});

bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool has_vowel(std::string_view text) {
  return text.find_first_of("aeiouy") != std::string_view::npos;
}

bool drop_ending(std::string& word, std::string_view ending) {
  if (!word.ends_with(ending) || word.size() < ending.size() + 3) return false;
  if (!has_vowel(std::string_view(word).substr(0, word.size() - ending.size()))) return false;
  word.resize(word.size() - ending.size());
  return true;
}

void drop_plural(std::string& word) {
  if (word.size() < 4 || !word.ends_with('s')) return;
  for (const char* kept : {"ss", "us", "is"}) {
    if (word.ends_with(kept)) return;
  }
  word.pop_back();
  if (word.ends_with("ie")) word.replace(word.size() - 2, 2, "y");
}

// Endings of English verbs and nouns, cut alike on both sides of a comparison: a stem need be no word.
std::string stem_of(std::string word) {
  drop_plural(word);
  if (word.size() > 4 && word.ends_with("ied")) word.replace(word.size() - 3, 3, "y");
  if (!drop_ending(word, "ing")) drop_ending(word, "ed");
  if (word.size() > 3 && word.ends_with('e')) word.pop_back();
  if (word.size() > 2 && word.back() == word[word.size() - 2] && !has_vowel({&word.back(), 1}))
    word.pop_back();
  return word;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  const auto end_word = [&] {
    if (word.size() >= kShortestWord && word.size() <= kLongestWord) words.push_back(word);
    word.clear();
  };
  for (const char c : to_lower(text)) {
    if (is_word_character(c)) {
      word.push_back(c);
    } else {
      end_word();
    }
  }
  end_word();
  return words;
}

bool is_empty_word(const std::string& word) {
  return std::find(kEmptyWords.begin(), kEmptyWords.end(), word) != kEmptyWords.end();
}

using NearStems = std::map<std::string, std::vector<std::string>>;

NearStems read_near_words() {
  std::map<std::string, std::set<std::string>> sets;
  for (const std::string_view line : kNearWords) {
    const std::vector<std::string> stems = search_stems(line);
    for (const std::string& stem : stems) sets[stem].insert(stems.begin(), stems.end());
  }
  NearStems near;
  for (auto& [stem, others] : sets) {
    others.erase(stem);
    near[stem].assign(others.begin(), others.end());
  }
  return near;
}

}  // namespace

std::vector<std::string> search_stems(std::string_view text) {
  std::vector<std::string> stems = words_of(text);
  for (std::string& word : stems) word = stem_of(std::move(word));
  return stems;
}

std::vector<std::string> query_stems(std::string_view text) {
  std::vector<std::string> stems;
  for (std::string& word : words_of(text)) {
    if (!is_empty_word(word)) stems.push_back(stem_of(std::move(word)));
  }
  return stems.empty() ? search_stems(text) : stems;
}

bool is_bare_deed(const std::string& stem) {
  static const std::vector<std::string> deeds = search_stems(kBareDeeds);
  return std::find(deeds.begin(), deeds.end(), stem) != deeds.end();
}

const std::vector<std::string>& near_stems(const std::string& stem) {
  static const NearStems near = read_near_words();
  static const std::vector<std::string> none;
  const auto found = near.find(stem);
  return found == near.end() ? none : found->second;
}

}  // namespace coffer
