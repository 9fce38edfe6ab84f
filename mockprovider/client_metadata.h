#pragma once

#include <nlohmann/json_fwd.hpp>
#include <variant>

#include "mockprovider/clients.h"
#include "mockprovider/grants.h"
#include "mockprovider/members.h"
#include "mockprovider/profile.h"

namespace coffer::mock {

// A client as it describes itself (RFC 7591 section 2), with the defaults filled in, and without
// id, secret and registration token. The refusals are those of section 3.2.2.
std::variant<Client, Refusal> read_client_metadata(const Profile& profile, const nlohmann::json& metadata);

// RFC 7591 section 2: all that the mock knows; a profile may have fewer.
inline const std::vector<std::string> kAuthMethods = {"client_secret_basic", "client_secret_post", "none"};

// Members of it that others read, too; both throw InvalidArgument.
void require_known(const Members& members, const char* name, const std::vector<std::string>& chosen,
                   const std::vector<std::string>& known);
std::vector<std::string> read_redirect_uris(const Members& members);

}  // namespace coffer::mock
