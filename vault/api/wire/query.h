#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vault/net/router.h"
#include "vault/store/page.h"

namespace coffer::api {

// Query parameters as the SDKs spell them. All throw InvalidArgument that names the parameter.

// "a=1,2", "a=1&a=2" and "a[]=1&a[]=2" alike; at most 1000 values, no empty ones. A comma parts
// values only where the key stands once and without brackets.
std::vector<std::string> list_param(const ServerRequest& request, std::string_view name);
// The same for whose things are asked for: a parameter that is there and empty names nobody, and does not
// mean everybody.
std::vector<std::string> owner_list_param(const ServerRequest& request, std::string_view name);
// "true" or "false"; absent: nullopt.
std::optional<bool> bool_param(const ServerRequest& request, std::string_view name);
// One of `allowed`; absent: empty.
std::string choice_param(const ServerRequest& request, std::string_view name,
                         const std::vector<std::string>& allowed);
std::string text_param(const ServerRequest& request, std::string_view name);
// Throws for one that is there more than once, with brackets or without: any of its values could be meant.
void refuse_repeated(const ServerRequest& request, std::string_view name);

// A number from 1 up, cut at `most`; absent: `fallback`, cut as well.
std::int64_t count_param(const ServerRequest& request, std::string_view name, std::int64_t fallback,
                         std::int64_t most);

inline constexpr std::int64_t kMostItems = 1000;

// `limit` (1 and up, cut at `most`; 20 if absent) and `cursor`.
PageRequest page_param(const ServerRequest& request, std::int64_t most = kMostItems);

}  // namespace coffer::api
