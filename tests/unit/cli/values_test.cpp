#include "cli/commands/values.h"

#include <catch2/catch.hpp>

#include "vault/base/error.h"

using namespace coffer;
using namespace coffer::cli;

namespace {

std::string fault_of(const std::function<void()>& check) {
  try {
    check();
    return "";
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::InvalidArgument);
    CHECK_FALSE(error.hint().empty());
    return error.what();
  }
}

}  // namespace

TEST_CASE("a port is 0 to 65535") {
  CHECK_NOTHROW(check_port("--port", 0));
  CHECK_NOTHROW(check_port("--port", 65535));
  CHECK(fault_of([] { check_port("--port", 65536); }) == "--port: there is no port 65536");
  CHECK(fault_of([] { check_port("--mock-port", -1); }) == "--mock-port: there is no port -1");
}

TEST_CASE("a duration has a unit and a longest value") {
  using namespace std::chrono_literals;
  CHECK(read_duration("--wait", "90s", 1h) == Duration(90s));
  CHECK(read_duration("--wait", "0s", 1h) == Duration(0));
  CHECK(read_duration("--wait", "1h", 1h) == Duration(1h));
  CHECK(fault_of([] { read_duration("--wait", "soon", 1h); }) == "--wait \"soon\" is not a duration");
  CHECK(fault_of([] { read_duration("--wait", "-1s", 1h); }) == "--wait \"-1s\" is not a duration");
  CHECK(fault_of([] { read_duration("--wait", "61m", 1h); }) == "--wait \"61m\" is longer than 1h");
}
