#include "mockprovider/waiting_room.h"

#include <catch2/catch.hpp>

using namespace coffer;
using namespace coffer::mock;
using namespace std::chrono_literals;

namespace {

using RealTime = std::chrono::steady_clock;

constexpr Timestamp kNoon = Timestamp(12h);

}  // namespace

TEST_CASE("whoever moves the clock waits for those who were due, within his patience", "[clock]") {
  WaitingRoom room;
  VirtualDelay guest(room, kNoon);
  const auto start = RealTime::now();
  room.settle(kNoon, 30ms);
  CHECK(RealTime::now() - start >= 30ms);
}

TEST_CASE("a wait that is over is over at once, and one that is not ends with its patience", "[clock]") {
  WaitingRoom room;
  CHECK(room.wait([] { return true; }, 0ms));
  CHECK_FALSE(room.wait([] { return false; }, 1ms));
}

TEST_CASE("a closed room lets nobody wait", "[clock]") {
  WaitingRoom room;
  room.close();
  CHECK_FALSE(room.wait([] { return false; }, 1h));
}
