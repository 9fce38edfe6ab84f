#include "vault/model/lifecycle.h"

#include <catch2/catch.hpp>

using namespace coffer;

using enum ConnectionStatus;
using Event = LifecycleEvent;
using Next = std::optional<ConnectionStatus>;

namespace {

constexpr Next kNothing = std::nullopt;

struct Row {
  ConnectionStatus from;
  Next link_created, grant_committed, link_failed, link_abandoned, refresh_rejected, disabled, revoked;
};

// Without Enabled, which has two columns of its own.
const Row kTable[] = {
    // clang-format off
    // from       link created  grant     failed    abandoned  refused   disabled  revoked
    {Initializing, Initiated,   Active,   Failed,   Expired,   kNothing, Inactive, Revoked},
    {Initiated,    kNothing,    Active,   Failed,   Expired,   kNothing, Inactive, Revoked},
    {Active,       kNothing,    kNothing, kNothing, kNothing,  Expired,  Inactive, Revoked},
    {Failed,       Initiated,   Active,   kNothing, kNothing,  kNothing, kNothing, Revoked},
    {Expired,      Initiated,   Active,   kNothing, kNothing,  kNothing, kNothing, Revoked},
    {Inactive,     Initiated,   kNothing, kNothing, kNothing,  kNothing, kNothing, Revoked},
    {Revoked,      Initiated,   kNothing, kNothing, kNothing,  kNothing, kNothing, kNothing},
    // clang-format on
};

}  // namespace

TEST_CASE("every status has its answer to every event", "[lifecycle]") {
  for (const Row& row : kTable) {
    for (const bool was_connected : {false, true}) {
      CAPTURE(to_string(row.from), was_connected);
      const auto next = [&](Event event) { return next_status(row.from, event, was_connected); };
      CHECK(next(Event::LinkCreated) == row.link_created);
      CHECK(next(Event::GrantCommitted) == row.grant_committed);
      CHECK(next(Event::LinkFailed) == row.link_failed);
      CHECK(next(Event::LinkAbandoned) == row.link_abandoned);
      CHECK(next(Event::RefreshRejected) == row.refresh_rejected);
      CHECK(next(Event::Disabled) == row.disabled);
      CHECK(next(Event::Revoked) == row.revoked);
    }
  }
}

TEST_CASE("an account that is switched on again is ACTIVE only if it was connected before", "[lifecycle]") {
  CHECK(next_status(Inactive, Event::Enabled, true) == Active);
  CHECK(next_status(Inactive, Event::Enabled, false) == Initiated);
  for (const ConnectionStatus other : {Initializing, Initiated, Active, Failed, Expired, Revoked}) {
    CAPTURE(to_string(other));
    CHECK(next_status(other, Event::Enabled, true) == kNothing);
    CHECK(next_status(other, Event::Enabled, false) == kNothing);
  }
}

TEST_CASE("only a refused refresh expires an account that was ever ACTIVE", "[lifecycle]") {
  for (const Event event : {Event::LinkCreated, Event::GrantCommitted, Event::LinkFailed,
                            Event::LinkAbandoned, Event::Disabled, Event::Enabled, Event::Revoked}) {
    CHECK(next_status(Active, event, true) != Expired);
  }
}

TEST_CASE("a grant that comes late does not undo what the user switched off", "[lifecycle]") {
  for (const Event event : {Event::Disabled, Event::Revoked}) {
    const Next off = next_status(Initiated, event, false);
    REQUIRE(off);
    CHECK(next_status(*off, Event::GrantCommitted, true) == kNothing);
  }
}

TEST_CASE("a link made for an account that is off opens the way back", "[lifecycle]") {
  for (const ConnectionStatus off : {Inactive, Revoked}) {
    const Next linked = next_status(off, Event::LinkCreated, true);
    REQUIRE(linked == Initiated);
    CHECK(next_status(*linked, Event::GrantCommitted, true) == Active);
  }
}
