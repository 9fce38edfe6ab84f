#include "cli/commands/output.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <functional>
#include <nlohmann/json.hpp>

#include "vault/base/json.h"

using namespace coffer;
using namespace coffer::cli;

namespace {

// What `print` writes to the stream.
std::string printed(std::FILE* stream, const std::function<void()>& print) {
  std::fflush(stream);
  std::FILE* file = std::tmpfile();
  REQUIRE(file != nullptr);
  const int before = ::dup(::fileno(stream));
  ::dup2(::fileno(file), ::fileno(stream));
  print();
  std::fflush(stream);
  ::dup2(before, ::fileno(stream));
  ::close(before);
  std::string text(64 << 10, '\0');
  std::rewind(file);
  text.resize(std::fread(text.data(), 1, text.size(), file));
  std::fclose(file);
  return text;
}

const std::string kGood = "gr\xC3\xBC\xC3\x9F \xE2\x82\xAC \xF0\x9F\x94\x91";
// ESC, C1's CSI, DEL, a line end, right-to-left override, isolate, line separator, bytes that are no UTF-8.
const std::string kBad =
    "a\x1B[2Jb\xC2\x9B"
    "2Jc\x7F"
    "d\ne\xE2\x80\xAE"
    "f\xE2\x81\xA6g\xE2\x80\xA8h\xFF\xC2";
const std::string kHarmless = "a?[2Jb?2Jc?d?e?f?g?h??";

}  // namespace

TEST_CASE("text that others chose cannot drive the terminal", "[cli]") {
  CHECK(printed(stdout, [] { print_line(kBad); }) == kHarmless + "\n");
  CHECK(printed(stderr, [] { print_error(Error(ErrorCode::NotFound, kBad, kBad)); }) ==
        "coffer: error: " + kHarmless + "\ncoffer: hint: " + kHarmless + "\n");
  CHECK(printed(stderr, [] { print_warning(kBad); }) == "coffer: warning: " + kHarmless + "\n");
  CHECK(printed(stdout, [] { print_line(kGood); }) == kGood + "\n");
}

TEST_CASE("every C1 control is one", "[cli]") {
  for (int c = 0x80; c <= 0x9F; ++c) {
    const std::string text = {'\xC2', static_cast<char>(c)};
    CHECK(printed(stdout, [&] { print_line(text); }) == "?\n");
  }
  CHECK(printed(stdout, [] { print_line("\xC2\xA0"); }) == "\xC2\xA0\n");  // the first that is none
}

TEST_CASE("in JSON what could drive the terminal is escaped, and means the same", "[cli]") {
  const Json value = {{"text",
                       "\xC2\x9B"
                       "2J\x7F\xE2\x80\xAE" +
                           kGood}};
  const std::string line = printed(stdout, [&] { print_json(value); });
  CHECK(line == R"({"text":"\u009b2J\u007f\u202e)" + kGood + "\"}\n");
  CHECK(parse_json(line) == value);
  CHECK(printed(stdout, [&] { print_json({{"a", 1}}, 2); }) == "{\n  \"a\": 1\n}\n");
}

TEST_CASE("what is printed exactly is", "[cli]") {
  CHECK(printed(stdout, [] { print_exact(kBad); }) == kBad + "\n");
}

TEST_CASE("a table's columns stand under each other whatever its cells hold", "[cli]") {
  Table table({"A", "B"});
  table.add({"\xFF\xC2\x9B", "x"});
  table.add({"\xC3\xBC", "y"});
  CHECK(printed(stdout, [&] { table.print(); }) == "A   B\n??  x\n\xC3\xBC   y\n");
}
