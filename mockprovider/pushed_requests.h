#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "mockprovider/pending_authorizations.h"

namespace coffer::mock {

inline constexpr Duration kPushedRequestLifetime = std::chrono::seconds(60);

// Authorization requests that clients sent ahead (RFC 9126). One thread at a time.
class PushedRequests {
 public:
  PushedRequests(const Clock& clock, Random& random) : clock_(clock), random_(random) {}

  // The request's address. Throws TooLarge beyond 10000.
  std::string add(AuthorizationRequest request);
  // Once, in time, and for the client that pushed it.
  std::optional<AuthorizationRequest> take(std::string_view address, std::string_view provider,
                                           std::string_view client_id);

 private:
  friend class SnapshotFields;
  struct Pushed {
    AuthorizationRequest request;
    Timestamp expires_at;
  };

  const Clock& clock_;
  Random& random_;
  std::map<std::string, Pushed, std::less<>> pushed_;
};

}  // namespace coffer::mock
