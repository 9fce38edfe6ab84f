#pragma once

#include <functional>
#include <string>

#include "mockprovider/tenant.h"

namespace coffer::mock {

// OpenID Connect Core sections 2 and 12.2: makes the id_token that belongs to an access token, signed with
// the client's algorithm. What is returned wants nothing of the tenant: any thread.
std::function<std::string(const std::string& access_token)> id_token_maker(Tenant& tenant,
                                                                           const Profile& profile,
                                                                           const Client& client,
                                                                           const IssuedTokens& issued);

// OpenID Connect Core section 3.1.3.6: half of the hash that belongs to the algorithm.
std::string half_hash(SigningAlgorithm algorithm, std::string_view text);

}  // namespace coffer::mock
