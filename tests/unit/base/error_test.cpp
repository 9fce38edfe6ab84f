#include "vault/base/error.h"

#include <catch2/catch.hpp>
#include <set>
#include <string>

using namespace coffer;

TEST_CASE("every error code has a name of its own", "[base]") {
  std::set<std::string> names;
  const int last = static_cast<int>(ErrorCode::Internal);
  for (int code = 0; code <= last; ++code) names.emplace(to_string(static_cast<ErrorCode>(code)));
  CHECK(names.size() == static_cast<std::size_t>(last) + 1);
  CHECK(names.count("internal") == 1);
}

TEST_CASE("an error carries code, fact and hint", "[base]") {
  const Error error(ErrorCode::Conflict, "ca_1 changed meanwhile", "read it again");
  CHECK(error.code() == ErrorCode::Conflict);
  CHECK(std::string(error.what()) == "ca_1 changed meanwhile");
  CHECK(error.hint() == "read it again");
  CHECK(Error(ErrorCode::Gone, "x").hint().empty());
}
