#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "mockprovider/grants.h"

namespace coffer::mock {

// One device that waits for a person (RFC 8628).
struct DeviceAuthorization {
  enum class State { Pending, Allowed, Denied, Used };

  std::string provider;
  std::string client_id;
  std::vector<std::string> scopes;
  std::vector<std::string> resources;
  std::string user_code;
  Duration interval{0};
  Timestamp expires_at;
  std::optional<Timestamp> polled_at;
  State state = State::Pending;
  Consent consent;  // once it is allowed
};

// The devices that wait, by device code. One thread at a time.
class DeviceAuthorizations {
 public:
  DeviceAuthorizations(const Clock& clock, Random& random) : clock_(clock), random_(random) {}

  // Draws the user code and returns the device code. Throws TooLarge beyond 1000 that wait.
  std::string add(DeviceAuthorization authorization);
  const DeviceAuthorization* find(std::string_view device_code) const;

  // The device code of a user code that still waits for an answer, in whatever case and with or
  // without the dash; empty: there is none.
  std::string waiting_for(std::string_view user_code) const;
  void allow(const std::string& device_code, Consent consent);
  void deny(const std::string& device_code);

  // RFC 8628 section 3.5: the consent once, or authorization_pending, slow_down (which makes the
  // interval five seconds longer), access_denied, expired_token, or invalid_grant.
  std::variant<Consent, Refusal> poll(std::string_view device_code, std::string_view provider,
                                      std::string_view client_id);

 private:
  std::string draw_user_code();
  bool is_over(const DeviceAuthorization& authorization) const;

  friend class SnapshotFields;
  const Clock& clock_;
  Random& random_;
  std::map<std::string, DeviceAuthorization, std::less<>> waiting_;
  std::map<std::string, std::string, std::less<>> device_codes_;  // by user code, without the dash
};

}  // namespace coffer::mock
