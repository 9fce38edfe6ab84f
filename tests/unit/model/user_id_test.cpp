#include "vault/model/user_id.h"

#include <catch2/catch.hpp>
#include <string>

using namespace coffer;

TEST_CASE("a user id is any text of 1 to 256 bytes without control characters") {
  const std::string good = GENERATE(as<std::string>(), "u", "...", ".u", "user 1", "alice@example.com",
                                    "\xC3\xA9\xF0\x9F\x94\x91", "a/b?c=\"d\"", std::string(256, 'a'));
  CHECK_FALSE(fault_of_user_id(good));
}

TEST_CASE("what is no user id is told by its fault") {
  const auto [id, fault] = GENERATE(table<std::string, std::string>({
      {"", "is empty"},
      {".", "is a step in a path"},
      {"..", "is a step in a path"},
      {std::string(257, 'a'), "is longer than 256 bytes"},
      {"a\nb", "holds a control character"},
      {std::string("a\0b", 3), "holds a control character"},
      {"a\x7F", "holds a control character"},
      {"a\xC2\x9B", "holds a control character"},  // C1: the terminal's CSI
      {"a\xFF", "is not UTF-8"},
  }));
  CAPTURE(fault);
  CHECK(fault_of_user_id(id) == std::string_view(fault));
}
