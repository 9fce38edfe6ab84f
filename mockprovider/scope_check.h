#pragma once

#include <optional>
#include <string_view>

#include "mockprovider/profile.h"

namespace coffer::mock {

struct Client;

// The refusal that a `scope` parameter deserves, if any: it holds a character that RFC 6749 section
// 3.3 does not allow, or more than the client is registered for.
std::optional<Refusal> refuse_scope(const Profile& profile, const Client& client, std::string_view scope);

}  // namespace coffer::mock
