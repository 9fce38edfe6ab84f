#pragma once

#include <nlohmann/json_fwd.hpp>

#include "vault/net/router.h"
#include "vault/store/page.h"

namespace coffer::api::legacy {

// Most items of one answer. The Python SDK asks for all accounts at once before each call.
inline constexpr std::int64_t kMostListed = 10'000;

// `page` from 1 and `pageSize`, which is cut at kMostListed and is that much where it is absent.
PageRequest list_page_param(const ServerRequest& request);

// {items, page, totalPages}.
ServerResponse list_page_response(nlohmann::json items, std::int64_t total, const PageRequest& page);

}  // namespace coffer::api::legacy
