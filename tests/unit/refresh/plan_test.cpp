#include "vault/refresh/plan.h"

#include <catch2/catch.hpp>
#include <set>

using namespace coffer;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

const Timestamp kNow = *parse_rfc3339("2026-11-22T12:00:00.000Z");
const ConnectionId kAccount("ca_4CkFF_cKATwg");

Provider provider_with(Provider::Rotation rotation, Duration grace = Duration::zero()) {
  Provider provider;
  provider.rotation = rotation;
  provider.rotation_grace = grace;
  return provider;
}

TokenSet tokens_with(std::string_view refresh_token, std::optional<Timestamp> expires_at) {
  TokenSet tokens;
  tokens.refresh_token = Secret(refresh_token);
  tokens.expires_at = expires_at;
  return tokens;
}

// Lifetimes of every magnitude, the same ones in every run.
std::vector<Duration> many_lifetimes() {
  SeededRandom random(7);
  std::vector<Duration> lifetimes;
  for (int i = 0; i < 2000; ++i) {
    const std::uint64_t magnitude = 1ULL << (5 + random_below(random, 20));
    lifetimes.push_back(seconds(30 + static_cast<std::int64_t>(random_below(random, magnitude))));
  }
  return lifetimes;
}

}  // namespace

TEST_CASE("a refresh lies between nine tenths of the planned wait and all of it", "[plan]") {
  struct Row {
    Duration lifetime;
    Duration wait;  // without jitter
  };
  const auto row = GENERATE(values<Row>({
      {seconds(30), seconds(18)},  // 60 % of a short life
      {minutes(10), minutes(6)},   //
      {minutes(15), minutes(10)},  // at least 5 minutes before the end
      {hours(1), minutes(51)},     // 15 %
      {hours(8), minutes(408)},    //
      {hours(24 * 365), minutes(24 * 60 * 365 * 85 / 100)},
  }));
  CAPTURE(row.lifetime.count());
  for (int i = 0; i < 200; ++i) {
    const Duration wait =
        refresh_at(kNow, kNow + row.lifetime, ConnectionId("ca_" + std::to_string(i))) - kNow;
    CHECK(wait <= row.wait);
    CHECK(wait >= row.wait * 9 / 10);
  }
}

TEST_CASE("a refresh always comes after the request and before the end", "[plan]") {
  for (const Duration lifetime : many_lifetimes()) {
    const Timestamp at = refresh_at(kNow, kNow + lifetime, kAccount);
    CHECK(at > kNow);
    CHECK(at < kNow + lifetime);
    if (lifetime >= minutes(15)) CHECK(at <= kNow + lifetime - minutes(5));
  }
}

TEST_CASE("a refresh comes before the refresh token's own end", "[plan]") {
  TokenSet tokens = tokens_with("rt", kNow + hours(24 * 60));
  tokens.refresh_expires_at = kNow + hours(24 * 30);
  const auto next = next_refresh_of(tokens, kNow, kAccount);
  REQUIRE(next);
  CHECK(*next == refresh_at(kNow, kNow + hours(24 * 30), kAccount));
  tokens.expires_at.reset();
  CHECK(next_refresh_of(tokens, kNow, kAccount) == next);
  tokens.expires_at = kNow + hours(1);
  CHECK(next_refresh_of(tokens, kNow, kAccount) == refresh_at(kNow, kNow + hours(1), kAccount));
}

TEST_CASE("an end that refreshes do not move is not chased", "[plan]") {
  TokenSet tokens = tokens_with("rt", kNow + hours(24 * 60));
  const Timestamp end = kNow + hours(24);
  tokens.refresh_expires_at = end;
  Timestamp now = kNow;
  int rounds = 0;
  while (now < end) {
    now = next_refresh_of(tokens, now, kAccount).value();
    ++rounds;
  }
  CHECK(rounds <= 6);
  tokens.expires_at.reset();
  CHECK(next_refresh_of(tokens, end, kAccount) == std::nullopt);
}

TEST_CASE("a provider that refuses early refreshes is asked well within its time", "[plan]") {
  for (int i = 0; i < 200; ++i) {
    const ConnectionId account("ca_" + std::to_string(i));
    const Timestamp at = refresh_at(kNow, kNow + minutes(10), account, seconds(30));
    CHECK(at > kNow + minutes(10) - seconds(30));
    CHECK(at < kNow + minutes(10) - seconds(10));
  }
  CHECK(refresh_at(kNow, kNow + seconds(5), kAccount, seconds(30)) >= kNow);
}

TEST_CASE("a token that is past its end is due at once", "[plan]") {
  CHECK(refresh_at(kNow, kNow - hours(1), kAccount) == kNow);
}

TEST_CASE("jitter belongs to the connection and spreads a crowd", "[plan]") {
  CHECK(refresh_at(kNow, kNow + hours(1), kAccount) == refresh_at(kNow, kNow + hours(1), kAccount));
  std::set<Timestamp> moments;
  for (int i = 0; i < 1000; ++i) {
    moments.insert(refresh_at(kNow, kNow + hours(1), ConnectionId("ca_" + std::to_string(i))));
  }
  CHECK(moments.size() > 90);  // of 101 possible ones
}

TEST_CASE("what has no end or no refresh token is never due", "[plan]") {
  CHECK(next_refresh_of(tokens_with("rt", std::nullopt), kNow, kAccount) == std::nullopt);
  CHECK(next_refresh_of(tokens_with("", kNow + hours(1)), kNow, kAccount) == std::nullopt);
  CHECK(next_refresh_of(tokens_with("rt", kNow + hours(1)), kNow, kAccount) ==
        refresh_at(kNow, kNow + hours(1), kAccount));
}

TEST_CASE("backoff stays between its base and a ceiling that triples up to the cap", "[plan]") {
  SeededRandom random(3);
  Duration longest = Duration::zero();
  for (std::int64_t failures = 0; failures < 60; ++failures) {
    for (int i = 0; i < 50; ++i) {
      const Duration wait = backoff(failures, random);
      CHECK(wait >= seconds(2));
      CHECK(wait <= minutes(15));
      if (failures == 1) CHECK(wait <= seconds(6));
      longest = std::max(longest, wait);
    }
  }
  CHECK(longest > minutes(12));
  CHECK(backoff(1'000'000'000, random, hours(24)) <= hours(24));
}

TEST_CASE("a hiccup is retried after one second, then three, then ever later", "[plan]") {
  SeededRandom random(3);
  CHECK(retry_wait(1, random) == seconds(1));
  CHECK(retry_wait(2, random) == seconds(3));
  for (int i = 0; i < 50; ++i) {
    CHECK(retry_wait(3, random) <= seconds(6));
    CHECK(retry_wait(1000, random) <= minutes(15));
  }
}

TEST_CASE("a token is usable until its last instant", "[plan]") {
  CHECK(is_usable(std::nullopt, kNow));
  CHECK(is_usable(kNow + Duration(1), kNow));
  CHECK_FALSE(is_usable(kNow, kNow));
  CHECK_FALSE(is_usable(kNow - hours(1), kNow));
}

TEST_CASE("a lost answer is asked for again at once only where that cannot hurt", "[plan]") {
  using R = Provider::Rotation;
  const auto decide = [](const Provider& provider, Duration since, std::optional<Timestamp> expires_at) {
    return recover_lost_response(provider, kNow - since, expires_at, kNow);
  };
  const Timestamp valid = kNow + hours(1);

  SECTION("no rotation, or within the grace") {
    CHECK(decide(provider_with(R::None), hours(100), valid).present_now);
    CHECK(decide(provider_with(R::Grace, seconds(45)), seconds(45), valid).present_now);
  }
  SECTION("a valid access token is served until its last minute") {
    for (const auto& provider :
         {provider_with(R::Unknown), provider_with(R::Strict), provider_with(R::Grace, seconds(45))}) {
      const auto decision = decide(provider, seconds(46), valid);
      CHECK_FALSE(decision.present_now);
      CHECK(decision.retry_at == valid - minutes(1));
    }
  }
  SECTION("without a valid access token there is nothing to lose") {
    CHECK(decide(provider_with(R::Strict), seconds(1), kNow - seconds(1)).present_now);
    CHECK(decide(provider_with(R::Unknown), seconds(1), kNow + seconds(59)).present_now);
  }
  SECTION("a token without an end waits for its first refusal") {
    const auto decision = decide(provider_with(R::Strict), seconds(1), std::nullopt);
    CHECK_FALSE(decision.present_now);
    CHECK(decision.retry_at == std::nullopt);
  }
  SECTION("a clock that was set back counts as within the grace") {
    CHECK(decide(provider_with(R::Grace, seconds(45)), -hours(1), valid).present_now);
  }
}
