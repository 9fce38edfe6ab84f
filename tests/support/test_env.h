#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include "tests/support/scripted_http.h"
#include "vault/base/env.h"

namespace coffer::testing {

inline constexpr std::int64_t kStartMs = 1'795'348'800'000;  // 2026-11-22T12:00:00Z
inline const Timestamp kStart = from_ms(kStartMs);

// A frozen clock, seeded randomness, scripted network, collected log.
struct TestEnv {
  MovableClock clock{from_ms(kStartMs)};
  SeededRandom random{1};
  ScriptedHttp http;
  std::string log_text;
  std::unique_ptr<Log> log =
      make_callback_log([this](std::string_view line) { log_text.append(line).append("\n"); });

  Env env() { return {clock, random, http, *log}; }
};

// A private directory that goes with the object.
class TempDir {
 public:
  TempDir() {
    std::string name = (std::filesystem::temp_directory_path() / "coffer-test-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    path_ = name;
  }
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// A 32-byte key that every test vault opens with.
inline KeyBytes test_key() {
  KeyBytes key;
  for (std::size_t i = 0; i < KeyBytes::kSize; ++i) key.data()[i] = static_cast<std::uint8_t>(i + 1);
  return key;
}

}  // namespace coffer::testing
