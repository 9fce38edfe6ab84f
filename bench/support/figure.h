#pragma once

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <string>
#include <vector>

// What every bench prints: one JSON line per figure, measured against a floor or a rival in the
// same run. `ratio` is ours divided by theirs.
namespace coffer::bench {

enum class Better { Lower, Higher };

struct Figure {
  std::string name;
  double value;
  std::string unit;
  double other;         // the floor's or rival's value, in the same unit
  std::string against;  // what that is
  double target;        // bound of the ratio; 0: no target, for information
  Better better = Better::Lower;
};

inline void print(const Figure& figure) {
  const double ratio = figure.other == 0 ? 0 : figure.value / figure.other;
  const bool is_lower = figure.better == Better::Lower;
  const bool holds = figure.target == 0 || (is_lower ? ratio <= figure.target : ratio >= figure.target);
  std::printf(
      R"({"name":"%s","value":%.3f,"unit":"%s","ratio":%.3f,"against":"%s: %.3f","target":"%s %.2f","holds":%s})"
      "\n",
      figure.name.c_str(), figure.value, figure.unit.c_str(), ratio, figure.against.c_str(), figure.other,
      figure.target == 0 ? "none" : (is_lower ? "<=" : ">="), figure.target, holds ? "true" : "false");
  std::fflush(stdout);
}

inline double seconds_of(clockid_t clock) {
  timespec t{};
  clock_gettime(clock, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
}

inline double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// Of costs measured over and over: what the machine's other work does to one can only add.
inline double least(const std::vector<double>& values) {
  return *std::min_element(values.begin(), values.end());
}

inline double percentile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

}  // namespace coffer::bench
