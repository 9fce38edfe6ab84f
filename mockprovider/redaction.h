#pragma once

#include <string>
#include <string_view>

#include "vault/base/encoding.h"
#include "vault/base/http.h"

namespace coffer::mock {

// The headers of a request or an answer that can hold no credential, by lower-case names. A
// Location is kept without the values of its query.
Fields harmless_headers(const HttpHeaders& headers);

// "https://app/cb?code=x&state=y" -> "https://app/cb?code=[redacted]&state=[redacted]"
std::string redact_url(std::string_view url);

}  // namespace coffer::mock
