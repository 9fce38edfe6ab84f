#pragma once

#include <map>
#include <string>
#include <string_view>

#include "vault/model/toolkit.h"

namespace coffer {

// Where a raw call goes: `endpoint` relative to the toolkit's base URL, or absolute within its
// origin; at a mock, which serves all toolkits, below the base URL. Throws InvalidArgument for
// every other place, for dot segments and for what is no URL: the credential goes nowhere else.
std::string proxy_url(const Toolkit& toolkit, const std::map<std::string, std::string>& connection_fields,
                      std::string_view endpoint);

}  // namespace coffer
