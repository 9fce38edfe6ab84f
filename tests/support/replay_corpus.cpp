// Runs one fuzz target on the files of its corpus, and on nothing at all. No libFuzzer needed.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "tests/fuzz/fuzz.h"

namespace {

std::vector<std::filesystem::path> files_in(const char* directory) {
  const std::filesystem::directory_iterator files(directory);
  std::vector<std::filesystem::path> paths(begin(files), end(files));
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::vector<std::uint8_t> content_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const auto paths = files_in(argv[1]);
  if (paths.empty()) return 1;
  LLVMFuzzerTestOneInput(nullptr, 0);
  for (const auto& path : paths) {
    std::fprintf(stderr, "%s\n", path.filename().c_str());
    // A buffer of its own, so that a sanitizer sees every step beyond its end.
    const std::vector<std::uint8_t> content = content_of(path);
    LLVMFuzzerTestOneInput(content.data(), content.size());
  }
  return 0;
}
