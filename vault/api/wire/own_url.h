#pragma once

#include <string>

#include "vault/net/router.h"

namespace coffer::api {

// Whether the request came by another name of this computer than the public URL has: localhost,
// 127.0.0.1 and [::1] are one daemon. Never so behind a proxy, or on another port.
bool came_by_other_local_name(const std::string& public_url, const ServerRequest& request);

// The daemon's URL as the caller knows it: SDKs send their key to the very origin that they were
// given, and nowhere else. The public URL but for this computer's other names.
std::string own_url(const std::string& public_url, const ServerRequest& request);

}  // namespace coffer::api
