#pragma once

#include <string>
#include <string_view>

#include "vault/base/id.h"

namespace coffer {

// Throws InvalidArgument unless `url` is https, or http to loopback, in plain printable ASCII and
// without user information. Empty is fine: the walk ends on our own page.
void check_callback_url(std::string_view url);

// Where the walk ends: the callback URL with its own query kept and the outcome added. Empty if
// there is no callback URL. The parameters are no proof: apps read the account again.
std::string callback_with_result(std::string_view callback_url, bool is_success,
                                 const ConnectionId& connection, std::string_view toolkit);

}  // namespace coffer
