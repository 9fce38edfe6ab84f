#pragma once

#include <string>

#include "mockprovider/tenant.h"

namespace coffer::mock {

// OpenID Connect Core sections 2 and 12.2, signed with the client's algorithm.
std::string make_id_token(Tenant& tenant, const Profile& profile, const Client& client,
                          const IssuedTokens& issued);

// OpenID Connect Core section 3.1.3.6: half of the hash that belongs to the algorithm.
std::string half_hash(SigningAlgorithm algorithm, std::string_view text);

}  // namespace coffer::mock
