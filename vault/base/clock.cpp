#include "vault/base/clock.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <ctime>
#include <limits>

namespace coffer {
namespace {

using namespace std::chrono;

constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// Reads exactly `width` digits at `at`; -1 if they are not there.
int digits(std::string_view text, std::size_t at, std::size_t width) {
  if (at + width > text.size()) return -1;
  int value = 0;
  for (std::size_t i = at; i < at + width; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

struct Civil {
  int year, month, day, hour, minute, second;
};

// A leap second or a zone can lead out of the years that four digits write.
std::optional<Timestamp> in_four_digit_years(Timestamp t) {
  constexpr sys_days kFirst = year{1} / January / 1;
  constexpr sys_days kBehindLast = year{10000} / January / 1;
  if (t < kFirst || t >= kBehindLast) return std::nullopt;
  return t;
}

std::optional<Timestamp> from_civil(const Civil& c) {
  const year_month_day date{year{c.year}, month{static_cast<unsigned>(c.month)},
                            day{static_cast<unsigned>(c.day)}};
  const bool in_range =
      c.hour >= 0 && c.hour < 24 && c.minute >= 0 && c.minute < 60 && c.second >= 0 && c.second <= 60;
  if (c.year < 1 || c.month < 1 || c.day < 1 || !date.ok() || !in_range) return std::nullopt;
  return in_four_digit_years(sys_days(date) + hours(c.hour) + minutes(c.minute) + seconds(c.second));
}

// Milliseconds of a fraction ".123456", and the position behind it.
std::pair<int, std::size_t> fraction(std::string_view text, std::size_t at) {
  if (at >= text.size() || text[at] != '.') return {0, at};
  if (digits(text, at + 1, 1) < 0) return {0, at};  // a point with nothing behind it
  int ms = 0;
  int scale = 100;
  for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, scale /= 10)
    ms += (text[at] - '0') * scale;
  return {ms, at};
}

std::optional<Duration> zone_offset(std::string_view zone) {
  if (zone == "Z" || zone == "z") return Duration(0);
  if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':') return std::nullopt;
  const int h = digits(zone, 1, 2);
  const int m = digits(zone, 4, 2);
  if (h < 0 || h > 23 || m < 0 || m > 59) return std::nullopt;
  return (hours(h) + minutes(m)) * (zone[0] == '+' ? 1 : -1);
}

std::optional<Duration> unit_length(std::string_view unit) {
  if (unit == "ms") return milliseconds(1);
  if (unit == "s" || unit.empty()) return seconds(1);
  if (unit == "m") return minutes(1);
  if (unit == "h") return hours(1);
  if (unit == "d") return hours(24);
  if (unit == "w") return hours(24 * 7);
  return std::nullopt;
}

}  // namespace

Timestamp SystemClock::now() const {
  return time_point_cast<Duration>(system_clock::now());
}

MovableClock::MovableClock(Timestamp start) : base_(start), base_real_(steady_clock::now()) {}

Timestamp MovableClock::now_locked() const {
  const auto real = duration_cast<duration<double, std::milli>>(steady_clock::now() - base_real_);
  return base_ + Duration(static_cast<std::int64_t>(real.count() * rate_));
}

Timestamp MovableClock::now() const {
  const std::lock_guard lock(mutex_);
  return now_locked();
}

void MovableClock::set(Timestamp moment) {
  const std::lock_guard lock(mutex_);
  base_ = moment;
  base_real_ = steady_clock::now();
}

void MovableClock::advance(Duration by) {
  const std::lock_guard lock(mutex_);
  base_ += by;
}

void MovableClock::freeze() {
  run_at(0);
}

void MovableClock::run_at(double rate) {
  const std::lock_guard lock(mutex_);
  base_ = now_locked();
  base_real_ = steady_clock::now();
  rate_ = rate;
}

bool MovableClock::is_frozen() const {
  const std::lock_guard lock(mutex_);
  return rate_ == 0;
}

std::int64_t to_ms(Timestamp t) {
  return t.time_since_epoch().count();
}
Timestamp from_ms(std::int64_t ms) {
  return Timestamp(Duration(ms));
}

std::string to_rfc3339(Timestamp t) {
  const auto day_point = floor<days>(t);
  const year_month_day date(day_point);
  const hh_mm_ss time(t - day_point);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     time.hours().count(), time.minutes().count(), time.seconds().count(),
                     time.subseconds().count());
}

std::optional<Timestamp> parse_rfc3339(std::string_view text) {
  if (text.size() < 20 || text[4] != '-' || text[7] != '-' ||
      (text[10] != 'T' && text[10] != 't' && text[10] != ' ') || text[13] != ':' || text[16] != ':') {
    return std::nullopt;
  }
  const auto moment = from_civil({digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2),
                                  digits(text, 11, 2), digits(text, 14, 2), digits(text, 17, 2)});
  const auto [ms, rest] = fraction(text, 19);
  const auto offset = zone_offset(text.substr(rest));
  if (!moment || !offset) return std::nullopt;
  return in_four_digit_years(*moment + Duration(ms) - *offset);
}

std::optional<Duration> parse_duration(std::string_view text) {
  constexpr std::size_t kLongest = 40;  // so that the sum cannot overflow
  if (text.empty() || text.size() > kLongest) return std::nullopt;
  Duration total{0};
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t number_end = text.find_first_not_of("0123456789", at);
    const std::size_t digits_count = (number_end == std::string_view::npos ? text.size() : number_end) - at;
    if (digits_count == 0 || digits_count > 9) return std::nullopt;
    const int number = digits(text, at, digits_count);
    at += digits_count;
    std::size_t unit_end = text.find_first_of("0123456789", at);
    if (unit_end == std::string_view::npos) unit_end = text.size();
    const auto unit = unit_length(text.substr(at, unit_end - at));
    if (!unit) return std::nullopt;
    total += *unit * number;
    at = unit_end;
  }
  return total;
}

std::string to_http_date(Timestamp t) {
  const auto day_point = floor<days>(t);
  const year_month_day date(day_point);
  const hh_mm_ss time(floor<seconds>(t - day_point));
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[weekday(day_point).c_encoding()],
                     static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
                     static_cast<int>(date.year()), time.hours().count(), time.minutes().count(),
                     time.seconds().count());
}

std::optional<Timestamp> parse_http_date(std::string_view text) {
  if (text.size() != 29 || text.substr(25) != " GMT" || text[19] != ':' || text[22] != ':')
    return std::nullopt;
  for (std::size_t i = 0; i < kMonths.size(); ++i) {
    if (text.substr(8, 3) != kMonths[i]) continue;
    return from_civil({digits(text, 12, 4), static_cast<int>(i) + 1, digits(text, 5, 2), digits(text, 17, 2),
                       digits(text, 20, 2), digits(text, 23, 2)});
  }
  return std::nullopt;
}

}  // namespace coffer
