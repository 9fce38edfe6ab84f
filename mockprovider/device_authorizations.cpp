#include "mockprovider/device_authorizations.h"

#include "vault/base/encoding.h"
#include "vault/base/error.h"

namespace coffer::mock {
namespace {

constexpr std::size_t kMaxWaiting = 1'000;
constexpr Duration kSlowDown = std::chrono::seconds(5);
// RFC 8628 section 6.1: no vowels and no digits, so no words and nothing to mistake.
constexpr std::string_view kLetters = "BCDFGHJKLMNPQRSTVWXZ";
constexpr std::size_t kUserCodeSize = 8;

std::string plain(std::string_view user_code) {
  std::string letters;
  for (const char c : to_upper(user_code)) {
    if (kLetters.find(c) != std::string_view::npos) letters += c;
  }
  return letters;
}

}  // namespace

bool DeviceAuthorizations::is_over(const DeviceAuthorization& authorization) const {
  return authorization.expires_at <= clock_.now();
}

std::string DeviceAuthorizations::draw_user_code() {
  std::string letters;
  while (letters.size() < kUserCodeSize) letters += kLetters[random_below(random_, kLetters.size())];
  return letters;
}

std::string DeviceAuthorizations::add(DeviceAuthorization authorization) {
  if (waiting_.size() >= kMaxWaiting) {
    std::erase_if(waiting_, [&](const auto& entry) {
      const auto state = entry.second.state;
      return is_over(entry.second) || state == DeviceAuthorization::State::Used ||
             state == DeviceAuthorization::State::Denied;
    });
    std::erase_if(device_codes_, [&](const auto& entry) { return !waiting_.contains(entry.second); });
  }
  if (waiting_.size() >= kMaxWaiting) throw Error(ErrorCode::TooLarge, "more than 1000 devices wait");
  const std::string letters = draw_user_code();
  authorization.user_code = letters.substr(0, kUserCodeSize / 2) + "-" + letters.substr(kUserCodeSize / 2);
  std::string device_code = random_id(random_, "mdc_", 32);
  device_codes_[letters] = device_code;
  waiting_.emplace(device_code, std::move(authorization));
  return device_code;
}

const DeviceAuthorization* DeviceAuthorizations::find(std::string_view device_code) const {
  const auto found = waiting_.find(device_code);
  return found == waiting_.end() ? nullptr : &found->second;
}

std::string DeviceAuthorizations::waiting_for(std::string_view user_code) const {
  const auto found = device_codes_.find(plain(user_code));
  if (found == device_codes_.end()) return {};
  const DeviceAuthorization& authorization = waiting_.at(found->second);
  const bool waits = authorization.state == DeviceAuthorization::State::Pending && !is_over(authorization);
  return waits ? found->second : std::string();
}

void DeviceAuthorizations::allow(const std::string& device_code, Consent consent) {
  DeviceAuthorization& authorization = waiting_.at(device_code);
  authorization.state = DeviceAuthorization::State::Allowed;
  authorization.consent = std::move(consent);
}

void DeviceAuthorizations::deny(const std::string& device_code) {
  waiting_.at(device_code).state = DeviceAuthorization::State::Denied;
}

std::variant<Consent, Refusal> DeviceAuthorizations::poll(std::string_view device_code,
                                                          std::string_view provider,
                                                          std::string_view client_id) {
  const auto found = waiting_.find(device_code);
  if (found == waiting_.end()) return Refusal{"invalid_grant", "the device code is unknown"};
  DeviceAuthorization& authorization = found->second;
  if (authorization.client_id != client_id || authorization.provider != provider) {
    return Refusal{"invalid_grant", "the device code was issued to another client"};
  }
  if (is_over(authorization)) return Refusal{"expired_token", "the device code has expired"};
  const Timestamp now = clock_.now();
  const auto before = std::exchange(authorization.polled_at, now);
  switch (authorization.state) {
    case DeviceAuthorization::State::Pending:
      if (!before || now >= *before + authorization.interval) {
        return Refusal{"authorization_pending", "the person has not answered yet"};
      }
      authorization.interval += kSlowDown;
      return Refusal{"slow_down", "polled before the interval was over; it is five seconds longer now"};
    case DeviceAuthorization::State::Denied:
      return Refusal{"access_denied", "the person denied it"};
    case DeviceAuthorization::State::Used:
      return Refusal{"invalid_grant", "the device code was used before"};
    case DeviceAuthorization::State::Allowed:
      break;
  }
  authorization.state = DeviceAuthorization::State::Used;
  return authorization.consent;
}

}  // namespace coffer::mock
