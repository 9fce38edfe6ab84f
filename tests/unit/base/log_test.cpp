#include "vault/base/log.h"

#include <catch2/catch.hpp>
#include <thread>
#include <vector>

using namespace coffer;

namespace {

// The line of one event, without the time in front.
std::string line_of(std::initializer_list<LogField> fields) {
  std::string text;
  const auto log = make_callback_log([&](std::string_view line) { text += line; });
  log->warn("event", fields);
  return text.substr(text.find(' ') + 1);
}

}  // namespace

TEST_CASE("an event is one line of pairs", "[base]") {
  CHECK(line_of({}) == "warning event");
  CHECK(line_of({{"a", "1"}, {"b", "x/y:z"}}) == "warning event a=1 b=x/y:z");
}

TEST_CASE("a value cannot forge a pair, a line or a colour", "[base]") {
  const auto [value, expected] = GENERATE(table<std::string, std::string>({
      {"", R"("")"},
      {"a b", R"("a b")"},
      {"x level=error", R"("x level=error")"},
      {"a\nb", R"("a\nb")"},
      {"a\r\nb", R"("a\r\nb")"},
      {"say \"hi\"", R"("say \"hi\"")"},
      {"back\\slash", R"("back\\slash")"},
      {"\x1b[31mred", R"("\u001b[31mred")"},
      {"\x7F", "\"\x7F\""},
      {"\xC3\xA9", "\xC3\xA9"},
      {"\xFF", "\"\xEF\xBF\xBD\""},
      {std::string("a\0b", 3), R"("a\u0000b")"},
  }));
  CAPTURE(value);
  const std::string line = line_of({{"k", value}});
  CHECK(line == "warning event k=" + expected);
  CHECK(line.find('\n') == std::string::npos);
}

TEST_CASE("each level has its name", "[base]") {
  std::vector<std::string> lines;
  const auto log =
      make_callback_log([&](std::string_view line) { lines.emplace_back(line.substr(line.find(' ') + 1)); });
  log->write(LogLevel::Debug, "e", {});
  log->info("e");
  log->warn("e");
  log->error("e");
  CHECK(lines == std::vector<std::string>{"debug e", "info e", "warning e", "error e"});
}

TEST_CASE("lines from many threads come one at a time", "[base]") {
  std::string all;  // unguarded on purpose
  const auto log = make_callback_log([&](std::string_view line) { all.append(line).append("\n"); });
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 250; ++i) log->info("tick");
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(std::count(all.begin(), all.end(), '\n') == 1000);
}

TEST_CASE("the null log takes everything", "[base]") {
  CHECK_NOTHROW(null_log().error("e", {{"a", "b"}}));
}
