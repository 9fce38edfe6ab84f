#include "vault/base/text.h"

#include <catch2/catch.hpp>

#include "vault/base/encoding.h"

using namespace coffer;

TEST_CASE("a code point is read as RFC 3629 says, and nothing else is") {
  const auto point = [](std::string_view text) { return first_code_point(text); };
  CHECK(point("A")->value == U'A');
  CHECK(point("\xC3\xA9x")->value == U'\u00E9');
  CHECK(point("\xE2\x82\xAC")->size == 3);
  CHECK(point("\xF0\x9F\x94\x91")->value == U'\U0001F511');
  CHECK_FALSE(point("\x80"));              // a continuation without a lead
  CHECK_FALSE(point("\xC3"));              // cut off
  CHECK_FALSE(point("\xC3("));             // no continuation
  CHECK_FALSE(point("\xC0\xAF"));          // overlong
  CHECK_FALSE(point("\xED\xA0\x80"));      // a surrogate
  CHECK_FALSE(point("\xF4\x90\x80\x80"));  // above U+10FFFF
  CHECK_FALSE(point("\xFF"));
}

TEST_CASE("a short text is repeated as it is") {
  CHECK(in_quotes("") == "\"\"");
  CHECK(in_quotes("ca_1") == "\"ca_1\"");
  CHECK(clipped("gr\xC3\xBC\xC3\x9F") == "gr\xC3\xBC\xC3\x9F");
  CHECK(clipped(std::string(128, 'a')) == std::string(128, 'a'));
}

TEST_CASE("a long text is cut to 128 bytes and marked") {
  CHECK(clipped(std::string(129, 'a')) == std::string(125, 'a') + "...");
  CHECK(clipped(std::string(1 << 20, 'a')).size() == 128);
}

TEST_CASE("a cut falls between code points, whatever their length") {
  const std::string piece = GENERATE("\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x94\x91");
  std::string text = GENERATE("", "a", "ab", "abc");
  for (int i = 0; i < 200; ++i) text += piece;
  const std::string cut = clipped(text);
  CHECK(is_valid_utf8(cut));
  CHECK(cut.size() <= 128);
  CHECK(cut.size() > 120);
  CHECK(cut.ends_with(piece + "..."));
}

TEST_CASE("a text is repeated to its end, which no NUL in it hides") {
  CHECK(clipped(std::string("a\0z", 3)) == "a\xEF\xBF\xBDz");
}

TEST_CASE("bytes that are no UTF-8 are replaced") {
  CHECK(clipped("a\xFF\x80z") == "a\xEF\xBF\xBD\xEF\xBF\xBDz");
  CHECK(is_valid_utf8(clipped(std::string(1000, '\xFF'))));
}
