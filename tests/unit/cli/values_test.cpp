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

TEST_CASE("a public URL is the origin that browsers are sent to, by TLS or on this machine") {
  const auto read = [](const std::string& url) { return read_public_url("--public-url", url); };
  CHECK(read("https://vault.example") == "https://vault.example");
  CHECK(read("https://Vault.example:8443/") == "https://vault.example:8443");
  CHECK(read("http://localhost:9900") == "http://localhost:9900");
  CHECK(read("http://[::1]:9900") == "http://[::1]:9900");
  const auto [url, fault] = GENERATE(table<std::string, std::string>({
      {"ftp://vault.example", "is not an http(s) URL"},
      {"vault.example", "is not an http(s) URL"},
      {"https://", "is not an http(s) URL"},
      {"https://vault.example?x=1", "holds a query"},
      {"https://vault.example/?", "holds a query"},
      {"https://vault.example/#f", "holds a fragment"},
      {"https://bob:pw@vault.example", "holds a user name or password"},
      {"https://vault.example/base/", "holds a path"},
      {"https://vault.example//", "holds a path"},
      {"http://vault.example",
       "is plain http to another machine: links and logins would travel in the clear"},
  }));
  CAPTURE(url);
  CHECK(fault_of([&, bad = url] { read(bad); }) == "--public-url " + fault);
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
