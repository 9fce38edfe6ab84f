#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace coffer {

// Standard Webhooks symmetric signature of "<id>.<timestamp>.<body>", HMAC-SHA256 in base64. Two
// signatures, space separated: keyed with the whole secret as text (Composio's verifier) and
// keyed with the base64-decoded part after "whsec_" (Standard Webhooks' verifier).
std::string webhook_signature(std::string_view secret, std::string_view id, std::int64_t timestamp_s,
                              std::string_view body);

// True if any signature of the header fits by either key.
bool verify_webhook_signature(std::string_view header, std::string_view secret, std::string_view id,
                              std::int64_t timestamp_s, std::string_view body);

}  // namespace coffer
