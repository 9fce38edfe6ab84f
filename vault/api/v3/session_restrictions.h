#pragma once

#include <string>
#include <string_view>

#include "vault/api/wire/body.h"
#include "vault/engine/engine.h"

namespace coffer::api::v3 {

// Whether all that the body of a session says is understood, and names toolkits, tools and tags that
// exist. What is not understood must not be lost: the session would do more than it may. Throws
// InvalidArgument, and Unsupported for restrictions that are not offered.
void check_restrictions(const Engine& engine, const ObjectReader& body);

// The toolkit's slug as the catalogue writes it. Throws InvalidArgument that names `key` of the body.
std::string known_toolkit(const Engine& engine, const ObjectReader& body, std::string_view key,
                          const std::string& slug);

}  // namespace coffer::api::v3
