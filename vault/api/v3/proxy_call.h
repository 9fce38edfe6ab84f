#pragma once

#include <nlohmann/json_fwd.hpp>

#include "vault/api/wire/body.h"
#include "vault/tools/proxy.h"

namespace coffer::api::v3 {

// Endpoint, method, parameters and body of a raw call; who makes it the body says in its own
// dialect. Throws InvalidArgument, also for a credential that the caller brings along.
ProxyCall read_proxy_call(const ObjectReader& body);

// The contract's answer (4.2): status, headers, data or binary_data.
nlohmann::json proxy_answer_view(const ProxyAnswer& answer);

}  // namespace coffer::api::v3
