#include "vault/model/connection.h"

#include <catch2/catch.hpp>

using namespace coffer;

TEST_CASE("statuses have their wire names, both ways", "[model]") {
  const auto [status, name] = GENERATE(table<ConnectionStatus, std::string>({
      {ConnectionStatus::Initializing, "INITIALIZING"},
      {ConnectionStatus::Initiated, "INITIATED"},
      {ConnectionStatus::Active, "ACTIVE"},
      {ConnectionStatus::Failed, "FAILED"},
      {ConnectionStatus::Expired, "EXPIRED"},
      {ConnectionStatus::Inactive, "INACTIVE"},
      {ConnectionStatus::Revoked, "REVOKED"},
  }));
  CHECK(to_string(status) == name);
  CHECK(parse_connection_status(name) == status);
}

TEST_CASE("what is no status is none", "[model]") {
  for (const std::string text : {"", "active", "ACTIVE ", "DELETED", "ACTIV"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_connection_status(text));
  }
}

TEST_CASE("refresh states have the names that the store holds", "[model]") {
  CHECK(to_string(RefreshState::Idle) == "IDLE");
  CHECK(to_string(RefreshState::Sent) == "SENT");
  CHECK(to_string(RefreshState::Backoff) == "BACKOFF");
}
