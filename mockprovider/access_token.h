#pragma once

#include "mockprovider/tenant.h"

namespace coffer::mock {

inline constexpr SigningAlgorithm kAccessTokenAlgorithm = SigningAlgorithm::RS256;

// The client's access tokens are JWTs.
bool gives_jwt(const Profile& profile, const Client& client);

// How tokens are given to this client: the provider's policy and what the client chose. Lives no
// longer than the three. A JWT is given as its signing input: draft_token_answer() tells why.
TokenPolicy policy_of(Tenant& tenant, const Profile& profile, const Client& client);

// What the token is for (RFC 9068 section 3): its resources, else the provider itself.
nlohmann::json audience_of(const Tenant& tenant, const Profile& profile, const Token& token);

}  // namespace coffer::mock
