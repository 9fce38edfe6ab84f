#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "vault/catalog/catalog.h"

namespace coffer {

struct ToolMatch {
  ToolRef ref;
  double score = 0;  // comparable within one answer only
};

// Finds tools by what a person or an agent says it wants to do: "send an email". Ranks by BM25
// over name, slug, toolkit, description, aliases and tags, words compared by stem, near ones
// counting less. The same query always gets the same answer. Immutable; any thread.
class ToolSearch {
 public:
  // `catalog` outlives it.
  explicit ToolSearch(const Catalog& catalog);

  // The best first, at most `most`, none far weaker than the best; empty if nothing fits. Reads
  // the first 32 words of the query. `admits` null: all tools.
  std::vector<ToolMatch> find(std::string_view query, std::size_t most,
                              const std::function<bool(const ToolRef&)>& admits = {}) const;

 private:
  struct Posting {
    std::size_t tool;
    double weight;
  };
  using Scores = std::unordered_map<std::size_t, double>;

  void add(const Toolkit& toolkit, const Tool& tool);
  void add_words(std::size_t tool, std::string_view text, double weight);
  Scores score_word(const std::string& stem) const;
  double saturated(const Posting& posting) const;
  Scores score_all(const std::vector<std::string>& stems) const;

  std::vector<ToolRef> tools_;
  std::vector<double> lengths_;  // by tool: the sum of its words' weights
  double mean_length_ = 1;
  std::unordered_map<std::string, std::vector<Posting>> postings_;  // by stem
};

}  // namespace coffer
