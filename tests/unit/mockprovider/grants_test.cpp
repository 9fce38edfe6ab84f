#include "mockprovider/grants.h"

#include <catch2/catch.hpp>

#include "mockprovider/digest.h"
#include "tests/unit/mockprovider/mock_world.h"

using namespace coffer;
using namespace coffer::mock;
using namespace std::chrono_literals;

namespace {

using mock::testing::kChallenge;
using mock::testing::kVerifier;

constexpr const char* kRedirect = "https://app.example/cb";

struct Fixture {
  MovableClock clock{from_ms(coffer::testing::kStartMs)};
  SeededRandom random{1};
  Grants grants{clock, random};
  TokenPolicy policy;

  std::string code() {
    Consent consent;
    consent.provider = "p";
    consent.client_id = "client";
    consent.account = "alice@example.com";
    consent.scopes = {"read", "write"};
    consent.redirect_uri = kRedirect;
    consent.code_challenge = kChallenge;
    return grants.issue_code(consent, policy);
  }
  GrantOutcome redeem(const std::string& code, const char* client = "client",
                      const char* redirect = kRedirect, const char* verifier = kVerifier) {
    return grants.redeem({code, "p", client, redirect, verifier}, policy);
  }
  IssuedTokens connect() { return std::get<IssuedTokens>(redeem(code())); }
  GrantOutcome refresh(const std::string& token, std::vector<std::string> scopes = {}) {
    return grants.refresh({token, "p", "client", std::move(scopes)}, policy);
  }
  IssuedTokens refreshed(const std::string& token) { return std::get<IssuedTokens>(refresh(token)); }
  bool is_live(const std::string& token) const { return grants.is_live(*grants.find(token)); }
};

std::string error_of(const GrantOutcome& outcome) {
  const auto* refusal = std::get_if<Refusal>(&outcome);
  return refusal ? refusal->error : "granted";
}

}  // namespace

TEST_CASE("the S256 challenge is the one of RFC 7636 appendix B", "[grants]") {
  CHECK(s256_challenge(kVerifier) == kChallenge);
}

TEST_CASE("a code gives tokens that carry no hint of the account", "[grants]") {
  Fixture f;
  const IssuedTokens issued = f.connect();
  CHECK(f.is_live(issued.access_token));
  CHECK(f.is_live(issued.refresh_token));
  CHECK(issued.expires_in == std::optional<Duration>(1h));
  CHECK(issued.scopes == std::vector<std::string>{"read", "write"});
  CHECK(issued.access_token.find("alice") == std::string::npos);
  CHECK(issued.access_token.size() == std::string("mat_").size() + 43);
}

TEST_CASE("a code presented twice is refused and ends what it gave", "[grants]") {
  Fixture f;
  const std::string code = f.code();
  const auto issued = std::get<IssuedTokens>(f.redeem(code));
  CHECK(error_of(f.redeem(code)) == "invalid_grant");
  CHECK_FALSE(f.is_live(issued.access_token));
  CHECK(error_of(f.refresh(issued.refresh_token)) == "invalid_grant");
}

TEST_CASE("a code is good for sixty seconds", "[grants]") {
  Fixture f;
  const std::string in_time = f.code();
  const std::string late = f.code();
  f.clock.advance(59'999ms);
  CHECK(error_of(f.redeem(in_time)) == "granted");
  f.clock.advance(1ms);
  CHECK(error_of(f.redeem(late)) == "invalid_grant");
}

TEST_CASE("a code is bound to client, redirect URI and verifier", "[grants]") {
  Fixture f;
  CHECK(error_of(f.redeem(f.code(), "other")) == "invalid_grant");
  CHECK(error_of(f.redeem(f.code(), "client", "https://app.example/other")) == "invalid_grant");
  CHECK(error_of(f.redeem(f.code(), "client", kRedirect, "")) == "invalid_grant");
  CHECK(error_of(f.redeem(f.code(), "client", kRedirect, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXX")) ==
        "invalid_grant");
  // "plain" would take this one.
  CHECK(error_of(f.redeem(f.code(), "client", kRedirect, kChallenge)) == "invalid_grant");
}

TEST_CASE("a failed verifier uses the code up, a foreign client does not", "[grants]") {
  Fixture f;
  const std::string guessed = f.code();
  f.redeem(guessed, "client", kRedirect, kChallenge);
  CHECK(error_of(f.redeem(guessed)) == "invalid_grant");
  const std::string code = f.code();
  f.redeem(code, "other");
  CHECK(error_of(f.redeem(code)) == "granted");
}

TEST_CASE("a verifier without a challenge is refused", "[grants]") {
  Fixture f;
  Consent consent;
  consent.provider = "p";
  consent.client_id = "client";
  consent.redirect_uri = kRedirect;
  CHECK(error_of(f.redeem(f.grants.issue_code(consent, f.policy))) == "invalid_grant");
  CHECK(error_of(f.redeem(f.grants.issue_code(consent, f.policy), "client", kRedirect, "")) == "granted");
}

TEST_CASE("strict rotation gives a new refresh token each time", "[grants]") {
  Fixture f;
  const IssuedTokens first = f.connect();
  const IssuedTokens second = f.refreshed(first.refresh_token);
  CHECK(second.refresh_token != first.refresh_token);
  CHECK(second.family == first.family);
  CHECK(second.parent == first.refresh_id);
  CHECK(error_of(f.refresh(second.refresh_token)) == "granted");
}

TEST_CASE("an old refresh token presented again ends the whole family", "[grants]") {
  Fixture f;
  const IssuedTokens first = f.connect();
  const IssuedTokens second = f.refreshed(first.refresh_token);
  CHECK(error_of(f.refresh(first.refresh_token)) == "invalid_grant");
  CHECK_FALSE(f.is_live(second.access_token));
  CHECK(error_of(f.refresh(second.refresh_token)) == "invalid_grant");
}

TEST_CASE("within the reuse window the old refresh token gives another pair", "[grants]") {
  Fixture f;
  f.policy.reuse_window = 10min;
  const IssuedTokens first = f.connect();
  f.refreshed(first.refresh_token);
  f.clock.advance(9min);
  const IssuedTokens again = f.refreshed(first.refresh_token);
  CHECK(f.is_live(again.access_token));
  SECTION("the window counts from the first use") {
    f.clock.advance(1min);
    CHECK(error_of(f.refresh(first.refresh_token)) == "invalid_grant");
    CHECK_FALSE(f.is_live(again.access_token));
  }
}

TEST_CASE("a grace of one successor gives that one again until it is used", "[grants]") {
  Fixture f;
  f.policy.reuse_window = 10min;
  f.policy.reuse = Reuse::SameSuccessor;
  const IssuedTokens first = f.connect();
  const IssuedTokens second = f.refreshed(first.refresh_token);
  const IssuedTokens again = f.refreshed(first.refresh_token);
  CHECK(again.refresh_token == second.refresh_token);
  CHECK(again.refresh_id == second.refresh_id);
  CHECK(again.access_token != second.access_token);
  CHECK(f.is_live(second.access_token));
  f.refreshed(second.refresh_token);
  CHECK(error_of(f.refresh(first.refresh_token)) == "invalid_grant");
  CHECK_FALSE(f.is_live(again.access_token));
}

TEST_CASE("a reuse may be refused without ending the grant", "[grants]") {
  Fixture f;
  f.policy.reuse_ends_family = false;
  const IssuedTokens first = f.connect();
  const IssuedTokens second = f.refreshed(first.refresh_token);
  CHECK(error_of(f.refresh(first.refresh_token)) == "invalid_grant");
  CHECK(f.is_live(second.access_token));
  CHECK(error_of(f.refresh(second.refresh_token)) == "granted");
}

TEST_CASE("with additive rotation the old refresh token stays good beside the new one", "[grants]") {
  Fixture f;
  f.policy.rotation = Rotation::Additive;
  const IssuedTokens first = f.connect();
  const IssuedTokens second = f.refreshed(first.refresh_token);
  CHECK(second.refresh_token != first.refresh_token);
  CHECK(error_of(f.refresh(first.refresh_token)) == "granted");
  CHECK(error_of(f.refresh(second.refresh_token)) == "granted");
}

TEST_CASE("a chain of refresh tokens shares the deadline of the grant", "[grants]") {
  Fixture f;
  f.policy.refresh_lifetime = 20h;
  f.policy.refresh_absolute = 24h;
  const IssuedTokens first = f.connect();
  CHECK(first.refresh_expires_in == std::optional<Duration>(20h));
  f.clock.advance(19h);
  const IssuedTokens second = f.refreshed(first.refresh_token);
  CHECK(second.refresh_expires_in == std::optional<Duration>(5h));
  f.clock.advance(5h);
  CHECK(error_of(f.refresh(second.refresh_token)) == "invalid_grant");
}

TEST_CASE("more grants than are kept end the oldest of the same account and client", "[grants]") {
  Fixture f;
  f.policy.max_families = 2;
  const IssuedTokens first = f.connect();
  const IssuedTokens second = f.connect();
  CHECK(f.is_live(first.refresh_token));
  const IssuedTokens third = f.connect();
  CHECK(error_of(f.refresh(first.refresh_token)) == "invalid_grant");
  CHECK(error_of(f.refresh(second.refresh_token)) == "granted");
  CHECK(error_of(f.refresh(third.refresh_token)) == "granted");
}

TEST_CASE("a refresh may be refused while the access token is far from its end", "[grants]") {
  Fixture f;
  f.policy.refresh_opens = 30s;
  const IssuedTokens first = f.connect();
  f.clock.advance(1h - 31s);
  CHECK(error_of(f.refresh(first.refresh_token)) == "too_early");
  f.clock.advance(1s);
  CHECK(error_of(f.refresh(first.refresh_token)) == "granted");
}

TEST_CASE("tokens are for the resources that were named, and never for others", "[grants]") {
  Fixture f;
  Consent consent;
  consent.provider = "p";
  consent.client_id = "client";
  consent.account = "alice@example.com";
  consent.redirect_uri = kRedirect;
  consent.code_challenge = kChallenge;
  consent.resources = {"https://a.example", "https://b.example"};
  const auto redeem = [&](std::vector<std::string> resources) {
    return f.grants.redeem(
        {f.grants.issue_code(consent, f.policy), "p", "client", kRedirect, kVerifier, std::move(resources)},
        f.policy);
  };
  CHECK(error_of(redeem({"https://c.example"})) == "invalid_target");
  const auto issued = std::get<IssuedTokens>(redeem({"https://a.example"}));
  CHECK(f.grants.find(issued.access_token)->resources == std::vector<std::string>{"https://a.example"});
  const auto refresh = [&](std::vector<std::string> resources) {
    return f.grants.refresh({issued.refresh_token, "p", "client", {}, std::move(resources)}, f.policy);
  };
  CHECK(error_of(refresh({"https://c.example"})) == "invalid_target");
  const auto other = std::get<IssuedTokens>(refresh({"https://b.example"}));
  CHECK(f.grants.find(other.access_token)->resources == std::vector<std::string>{"https://b.example"});
}

TEST_CASE("all that a client was given ends with it", "[grants]") {
  Fixture f;
  const IssuedTokens issued = f.connect();
  const std::string code = f.code();
  f.grants.revoke_client("p", "other");
  CHECK(f.is_live(issued.access_token));
  f.grants.revoke_client("p", "client");
  CHECK_FALSE(f.is_live(issued.access_token));
  CHECK(error_of(f.redeem(code)) == "invalid_grant");
}

TEST_CASE("when too many tokens are kept the oldest grants are forgotten and new ones still given",
          "[grants]") {
  Fixture f;
  const IssuedTokens first = f.connect();
  IssuedTokens last;
  for (int i = 0; i < 50'100; ++i) {
    Consent consent;
    consent.account = "alice@example.com";
    last = f.grants.begin(consent, "", f.policy);
  }
  CHECK(f.grants.find(first.access_token) == nullptr);
  CHECK(f.is_live(last.access_token));
}

TEST_CASE("without rotation the refresh token stays and none is sent", "[grants]") {
  Fixture f;
  f.policy.rotation = Rotation::Keep;
  const IssuedTokens first = f.connect();
  CHECK(f.refreshed(first.refresh_token).refresh_token.empty());
  CHECK(error_of(f.refresh(first.refresh_token)) == "granted");
}

TEST_CASE("tokens die when the clock says so", "[grants]") {
  Fixture f;
  f.policy.refresh_lifetime = 24h;
  const IssuedTokens issued = f.connect();
  f.clock.advance(1h - 1ms);
  CHECK(f.is_live(issued.access_token));
  f.clock.advance(1ms);
  CHECK_FALSE(f.is_live(issued.access_token));
  f.clock.advance(23h);
  CHECK(error_of(f.refresh(issued.refresh_token)) == "invalid_grant");
}

TEST_CASE("a refresh token that is not used dies of it", "[grants]") {
  Fixture f;
  f.policy.rotation = Rotation::Keep;
  f.policy.refresh_idle = 24h;
  const IssuedTokens issued = f.connect();
  f.clock.advance(23h);
  CHECK(error_of(f.refresh(issued.refresh_token)) == "granted");
  f.clock.advance(23h);
  CHECK(error_of(f.refresh(issued.refresh_token)) == "granted");
  f.clock.advance(24h);
  CHECK(error_of(f.refresh(issued.refresh_token)) == "invalid_grant");
}

TEST_CASE("a refresh token is refused to another client and stays good for its own", "[grants]") {
  Fixture f;
  const IssuedTokens issued = f.connect();
  CHECK(error_of(f.grants.refresh({issued.refresh_token, "p", "other", {}}, f.policy)) == "invalid_grant");
  CHECK(error_of(f.grants.refresh({issued.refresh_token, "q", "client", {}}, f.policy)) == "invalid_grant");
  CHECK(error_of(f.refresh(issued.refresh_token)) == "granted");
}

TEST_CASE("a refresh may ask for fewer scopes and never for more", "[grants]") {
  Fixture f;
  const IssuedTokens issued = f.connect();
  CHECK(error_of(f.refresh(issued.refresh_token, {"read", "admin"})) == "invalid_scope");
  const auto narrowed = std::get<IssuedTokens>(f.refresh(issued.refresh_token, {"read"}));
  CHECK(narrowed.scopes == std::vector<std::string>{"read"});
  CHECK(f.refreshed(narrowed.refresh_token).scopes == std::vector<std::string>{"read", "write"});
}

TEST_CASE("an access token does not refresh", "[grants]") {
  Fixture f;
  CHECK(error_of(f.refresh(f.connect().access_token)) == "invalid_grant");
}

TEST_CASE("revoking a refresh token takes the family, an access token goes alone", "[grants]") {
  Fixture f;
  const IssuedTokens first = f.connect();
  const IssuedTokens second = f.refreshed(first.refresh_token);
  CHECK(f.grants.revoke(first.access_token, "client"));
  CHECK_FALSE(f.is_live(first.access_token));
  CHECK(f.is_live(second.access_token));
  CHECK_FALSE(f.grants.revoke(second.refresh_token, "other"));
  CHECK(f.is_live(second.refresh_token));
  CHECK(f.grants.revoke(second.refresh_token, "client"));
  CHECK_FALSE(f.is_live(second.access_token));
  CHECK(f.grants.revoke("never given", "client"));
}

TEST_CASE("the owner revokes refresh tokens alone or everything", "[grants]") {
  Fixture f;
  const IssuedTokens issued = f.connect();
  CHECK(f.grants.revoke_all("p", "bob@example.com", Grants::What::All) == 0);
  CHECK(f.grants.revoke_all("p", "alice@example.com", Grants::What::Refresh) == 1);
  CHECK(f.is_live(issued.access_token));
  CHECK(error_of(f.refresh(issued.refresh_token)) == "invalid_grant");
  CHECK(f.grants.revoke_all("p", "alice@example.com", Grants::What::Refresh) == 0);
  CHECK(f.grants.revoke_all("", "", Grants::What::All) == 1);
  CHECK_FALSE(f.is_live(issued.access_token));
}

TEST_CASE("a refresh may end the old access token at once", "[grants]") {
  Fixture f;
  f.policy.refresh_ends_old_access = true;
  const IssuedTokens first = f.connect();
  const IssuedTokens second = f.refreshed(first.refresh_token);
  CHECK_FALSE(f.is_live(first.access_token));
  CHECK(f.is_live(second.access_token));
}

TEST_CASE("the same seed gives the same codes and tokens", "[grants]") {
  Fixture a;
  Fixture b;
  CHECK(a.connect().refresh_token == b.connect().refresh_token);
}
