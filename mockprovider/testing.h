#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mockprovider/provider.h"

namespace coffer::mock {

// What a client got for a code or a refresh token.
struct TestTokens {
  std::string access_token;
  std::string refresh_token;  // empty: none was given
};

// One request that the mock saw, from its journal.
struct MockEvent {
  std::string endpoint;  // authorize, token, refresh, revoke, ..., api:<toolkit>
  std::string account;
  std::string error;   // empty: none
  std::string family;  // of the grant, empty: unknown
  int status = 0;      // 0: the connection was reset
};

// A running mock provider for a C++ test, and a client of it: the verbs of the Python and Node
// helpers. Its clock stands still at 2026-01-01T00:00:00Z unless the options bring one. It speaks to
// each provider as that one wants it: parameter names, client authentication, body format, and where
// the tokens stand in the answer. Any thread.
class TestMock {
 public:
  explicit TestMock(MockOptions options = {});

  MockProvider& provider() { return mock_; }
  std::string url() const { return mock_.url(); }

  // Signs the account in, allows the scopes (separated by spaces) and redeems the code; a provider's
  // short access token is changed for its long one at once. Throws InvalidArgument with what the mock
  // answered.
  TestTokens connect(const std::string& account = "alice@example.com", const std::string& scope = "openid",
                     const std::string& provider = "mockidp");
  // The refresh token for new tokens, or the access token, where that renews itself. nullopt: refused.
  std::optional<TestTokens> refresh(const TestTokens& tokens, const std::string& provider = "mockidp");
  // True: the token is live at this moment.
  bool is_live(const TestTokens& tokens, const std::string& provider = "mockidp");

  void advance(Duration by) { mock_.clock().advance(by); }
  // As if the access tokens' time were over; returns how many grants that touched.
  int expire(const std::string& account);
  // Ends the account's grants everywhere; returns how many.
  int revoke(const std::string& account);

  // Plans a fault, as JSON like {"endpoint":"refresh","action":"commit_then_lose_answer"}.
  void fault(const std::string& json);
  std::vector<MockEvent> events(const std::string& endpoint = {});

 private:
  std::string control(const std::string& method, const std::string& path, const std::string& body = {});
  std::string describe(const std::string& provider);

  MovableClock clock_;
  MockProvider mock_;
};

}  // namespace coffer::mock
