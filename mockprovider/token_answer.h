#pragma once

#include "mockprovider/tenant.h"

namespace coffer::mock {

// The wire form of the token endpoint's answers: RFC 6749 sections 5.1 and 5.2, or what the
// provider's profile says instead.

ServerResponse token_answer(const Tenant& tenant, const Profile& profile, const ServerRequest& request,
                            const IssuedTokens& issued, std::string_view client_id, bool is_refresh);

// 401 for invalid_client (with a Basic challenge if the client used that), else 400, unless the
// profile has a shape of its own.
ServerResponse token_error(const Tenant& tenant, const Profile& profile, const ServerRequest& request,
                           const Refusal& refusal);

// "account" as templates see it.
nlohmann::json account_values(const Tenant& tenant, std::string_view email);

}  // namespace coffer::mock
