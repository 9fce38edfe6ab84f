#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace coffer {

using Duration = std::chrono::milliseconds;
using Timestamp = std::chrono::time_point<std::chrono::system_clock, Duration>;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp now() const = 0;
};

class SystemClock final : public Clock {
 public:
  Timestamp now() const override;
};

// Moves only as told: frozen at a moment, or running from it at a rate. Tests freeze it; the dev
// daemon and the mock provider share one that follows real time until somebody moves it.
// Any thread.
class MovableClock final : public Clock {
 public:
  explicit MovableClock(Timestamp start);  // frozen

  Timestamp now() const override;
  void set(Timestamp moment);
  void advance(Duration by);
  void freeze();
  // 1.0 is real speed; thaws a frozen clock.
  void run_at(double rate);
  bool is_frozen() const;

 private:
  Timestamp now_locked() const;

  mutable std::mutex mutex_;  // guards all below
  Timestamp base_;
  std::chrono::steady_clock::time_point base_real_;
  double rate_ = 0;
};

std::int64_t to_ms(Timestamp t);
Timestamp from_ms(std::int64_t ms);

// RFC 3339, UTC, milliseconds: "2026-11-22T10:00:00.000Z".
std::string to_rfc3339(Timestamp t);
std::optional<Timestamp> parse_rfc3339(std::string_view text);
// "55m", "1h30m", "90s", "2d", "250ms"; a bare number is seconds.
std::optional<Duration> parse_duration(std::string_view text);
// RFC 9110 IMF-fixdate: "Sun, 06 Nov 1994 08:49:37 GMT".
std::string to_http_date(Timestamp t);
std::optional<Timestamp> parse_http_date(std::string_view text);

}  // namespace coffer
