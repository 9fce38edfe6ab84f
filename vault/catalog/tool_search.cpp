#include "vault/catalog/tool_search.h"

#include <algorithm>
#include <cmath>

#include "vault/catalog/search_words.h"

namespace coffer {
namespace {

// A name says what a tool is for, a description mentions much besides.
constexpr double kNameWeight = 3;
constexpr double kSlugWeight = 1.5;
constexpr double kToolkitWeight = 2;
constexpr double kTextWeight = 1;

constexpr double kNearFactor = 0.6;  // of a word that only means nearly the same
constexpr double kSaturation = 1.2;  // k1 and b of BM25
constexpr double kLengthEffect = 0.5;
constexpr double kImportantFactor = 1.05;
constexpr double kNamedFactor = 1.5;  // of the tools of a service that the query names
constexpr double kWeakest = 0.3;      // of the best score
constexpr std::size_t kMostWords = 32;

bool names(const std::vector<std::string>& stems, const Toolkit& toolkit) {
  const std::vector<std::string> name = search_stems(toolkit.slug);
  return std::all_of(name.begin(), name.end(), [&](const std::string& stem) {
    return std::find(stems.begin(), stems.end(), stem) != stems.end();
  });
}

}  // namespace

ToolSearch::ToolSearch(const Catalog& catalog) {
  for (const Toolkit& toolkit : catalog.toolkits()) {
    for (const Tool& tool : toolkit.tools) add(toolkit, tool);
  }
  double total = 0;
  for (const double length : lengths_) total += length;
  if (total > 0) mean_length_ = total / static_cast<double>(lengths_.size());
}

void ToolSearch::add(const Toolkit& toolkit, const Tool& tool) {
  const std::size_t index = tools_.size();
  tools_.push_back({&toolkit, &tool});
  lengths_.push_back(0);
  add_words(index, tool.name, kNameWeight);
  add_words(index, tool.slug, kSlugWeight);
  add_words(index, toolkit.name, kToolkitWeight);
  add_words(index, tool.description, kTextWeight);
  for (const std::string& alias : tool.aliases) add_words(index, alias, kTextWeight);
  for (const std::string& category : toolkit.categories) add_words(index, category, kTextWeight);
  for (const std::string& tag : tool.tags) {
    // The hints of MCP tell how a tool behaves, not what it is about.
    if (!tag.ends_with("Hint")) add_words(index, tag, kTextWeight);
  }
}

void ToolSearch::add_words(std::size_t tool, std::string_view text, double weight) {
  for (const std::string& stem : search_stems(text)) {
    std::vector<Posting>& postings = postings_[stem];
    if (postings.empty() || postings.back().tool != tool) postings.push_back({tool, 0});
    postings.back().weight += weight;
    lengths_[tool] += weight;
  }
}

// Each tool's share for one word: by the word itself or the best of those near it.
ToolSearch::Scores ToolSearch::score_word(const std::string& stem) const {
  Scores scores;
  const auto take = [&](const std::string& word, double factor) {
    const auto found = postings_.find(word);
    if (found == postings_.end()) return;
    for (const Posting& posting : found->second) {
      double& score = scores[posting.tool];
      score = std::max(score, factor * saturated(posting));
    }
  };
  take(stem, 1);
  for (const std::string& near : near_stems(stem)) take(near, kNearFactor);
  const auto count = static_cast<double>(tools_.size());
  const auto speaking = static_cast<double>(scores.size());
  const double rarity = std::log(1 + (count - speaking + 0.5) / (speaking + 0.5));
  for (auto& [tool, score] : scores) score *= rarity;
  return scores;
}

double ToolSearch::saturated(const Posting& posting) const {
  const double length = 1 - kLengthEffect + kLengthEffect * lengths_[posting.tool] / mean_length_;
  return posting.weight * (kSaturation + 1) / (posting.weight + kSaturation * length);
}

ToolSearch::Scores ToolSearch::score_all(const std::vector<std::string>& stems) const {
  Scores total;
  bool names_things = false;
  bool has_known_thing = false;
  for (const std::string& stem : stems) {
    const Scores scores = score_word(stem);
    names_things = names_things || !is_bare_deed(stem);
    has_known_thing = has_known_thing || (!is_bare_deed(stem) && !scores.empty());
    for (const auto& [tool, score] : scores) total[tool] += score;
  }
  if (names_things && !has_known_thing) return {};  // "get the weather": many get, none the weather
  for (auto& [tool, score] : total) {
    if (tools_[tool].tool->is_important) score *= kImportantFactor;
    if (names(stems, *tools_[tool].toolkit)) score *= kNamedFactor;
  }
  return total;
}

std::vector<ToolMatch> ToolSearch::find(std::string_view query, std::size_t most,
                                        const std::function<bool(const ToolRef&)>& admits) const {
  std::vector<std::string> stems = query_stems(query);
  if (stems.size() > kMostWords) stems.resize(kMostWords);
  const Scores scores = score_all(stems);
  std::vector<ToolMatch> found;
  for (std::size_t tool = 0; tool < tools_.size(); ++tool) {
    const auto score = scores.find(tool);
    if (score == scores.end() || (admits && !admits(tools_[tool]))) continue;
    found.push_back({tools_[tool], score->second});
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const ToolMatch& a, const ToolMatch& b) { return a.score > b.score; });
  while (!found.empty() && found.back().score < kWeakest * found.front().score) found.pop_back();
  if (found.size() > most) found.resize(most);
  return found;
}

}  // namespace coffer
