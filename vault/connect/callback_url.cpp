#include "vault/connect/callback_url.h"

#include <algorithm>

#include "vault/base/encoding.h"
#include "vault/base/error.h"

namespace coffer {
namespace {

constexpr std::size_t kMaxUrlBytes = 2048;

bool is_plain(std::string_view url) {
  return std::all_of(url.begin(), url.end(), [](char c) { return c > 0x20 && c < 0x7F; });
}

Error bad_callback(const std::string& fact) {
  return {ErrorCode::InvalidArgument, "callback_url " + fact,
          "use an absolute https URL, or http to 127.0.0.1, ::1 or localhost"};
}

}  // namespace

void check_callback_url(std::string_view url) {
  if (url.empty()) return;
  if (url.size() > kMaxUrlBytes) throw bad_callback("is longer than 2048 bytes");
  if (!is_plain(url)) throw bad_callback("holds characters that must be percent-encoded");
  const auto origin = origin_of(url);
  if (!origin) throw bad_callback("is not an absolute http or https URL without user information");
  if (origin->starts_with("http://") && !is_loopback_host(*host_of(url))) {
    throw bad_callback("uses http beyond this computer");
  }
}

std::string callback_with_result(std::string_view callback_url, bool is_success,
                                 const ConnectionId& connection, std::string_view toolkit) {
  if (callback_url.empty()) return {};
  return with_query(callback_url, {{"status", is_success ? "success" : "failed"},
                                   {"connected_account_id", connection.str()},
                                   {"connectedAccountId", connection.str()},
                                   {"appName", std::string(toolkit)}});
}

}  // namespace coffer
