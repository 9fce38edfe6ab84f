#pragma once

#include <string>

#include "vault/base/json.h"

namespace coffer::api::testing {

// "GET /toolkits/:slug" for a path of the v3 dialect or of the first SDKs; empty: none of theirs.
std::string route_of(const std::string& method, const std::string& path);

// What an answer that went well has more, less or other than its route's schema says, by its place;
// empty: nothing, or the route is none of a dialect with schemas.
std::string fault_of_answer(const std::string& method, const std::string& path, const Json& body);

}  // namespace coffer::api::testing
