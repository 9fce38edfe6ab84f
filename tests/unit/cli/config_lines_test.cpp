#include "cli/commands/config_lines.h"

#include <catch2/catch.hpp>
#include <tuple>

#include "vault/base/error.h"

using namespace coffer;
using namespace coffer::cli;

namespace {

std::string fault_of(const std::string& text) {
  try {
    check_config_lines(text, "c.toml");
    return {};
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::InvalidArgument);
    CHECK_FALSE(error.hint().empty());
    return error.what();
  }
}

}  // namespace

TEST_CASE("a line of a configuration file that says nothing is refused by its number", "[cli]") {
  using Case = std::tuple<std::string, std::string>;
  const auto [text, fault] = GENERATE(table<std::string, std::string>({
      Case{"x", R"(c.toml:1: "x" is not of the form KEY = VALUE)"},
      Case{"\n\nxy\n", R"(c.toml:3: "xy" is not of the form KEY = VALUE)"},
      Case{"\x01\x02", "c.toml:1: \"\x01\x02\" is not of the form KEY = VALUE"},
      Case{"x=", R"(c.toml:1: "x=" is not of the form KEY = VALUE)"},
      Case{"=x", R"(c.toml:1: "=x" is not of the form KEY = VALUE)"},
      Case{"vault", R"(c.toml:1: "vault" is not of the form KEY = VALUE)"},
      Case{"vault = # none", R"(c.toml:1: "vault = # none" is not of the form KEY = VALUE)"},
      Case{"vault = \"/x.db", R"(c.toml:1: the value of "vault" has no closing quote)"},
      Case{"vault = '/x.db\"", R"(c.toml:1: the value of "vault" has no closing quote)"},
      Case{"vault = \"/x#y.db\"", R"(c.toml:1: the value of "vault" has no closing quote)"},
      Case{"toolkit-dir = [\"a\",\n\"b]\n", R"(c.toml:2: the value of "toolkit-dir" has no closing quote)"},
      Case{"toolkit-dir = [\"a\",\n\"b\"\n", R"(c.toml:2: the list of "toolkit-dir" has no closing bracket)"},
      Case{"[serve\nport = 1", "c.toml:1: the section has no closing bracket"},
      Case{"[serve]\nport = 1\nhost = \"::1\"\nport = 2", R"(c.toml:4: "port" is set twice)"},
  }));
  CHECK(fault_of(text) == fault);
}

TEST_CASE("a configuration file of comments, sections, values and lists has no fault", "[cli]") {
  CHECK(fault_of("# of this machine\r\n"
                 "vault = \"/srv/it's.db\"  # here\r\n"
                 "\r\n"
                 "toolkit-dir = [\"a\",\n  'b'\n]\n"
                 "; and\n"
                 "[serve]\nport = 1\ntest-controls = true\n"
                 "[dev]\nport = 1") == "");
}
