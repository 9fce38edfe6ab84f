#include "vault/base/id.h"

#include <catch2/catch.hpp>
#include <type_traits>
#include <unordered_set>

using namespace coffer;

// One kind of id does not pass for another, nor any text for an id.
static_assert(!std::is_convertible_v<UserId, ConnectionId> && !std::is_constructible_v<ConnectionId, UserId>);
static_assert(!std::is_convertible_v<std::string, ConnectionId>);

TEST_CASE("ids are equal, ordered and hashed by their text", "[base]") {
  const ConnectionId first("ca_1");
  CHECK(first == ConnectionId("ca_1"));
  CHECK(first != ConnectionId("CA_1"));
  CHECK(first < ConnectionId("ca_2"));
  CHECK(ConnectionId().empty());
  const std::unordered_set<ConnectionId> ids = {first, ConnectionId("ca_1"), ConnectionId("ca_2")};
  CHECK(ids.size() == 2);
}
