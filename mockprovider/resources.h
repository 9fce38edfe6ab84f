#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mockprovider/tenant.h"

namespace coffer::mock {

// RFC 8707 section 2: absolute URLs without a fragment. One below the mock's own address has to be
// a toolkit's API; others are taken at their word. The refusal that they deserve, if any.
std::optional<Refusal> refuse_resources(const Tenant& tenant, const std::vector<std::string>& resources);

// A toolkit's API as a protected resource.
std::string resource_of(const Tenant& tenant, const Toolkit& toolkit);
// No resource was named with the token, or this one was.
bool is_for(const Token& token, const std::string& resource);

// RFC 9728 sections 2 and 3; 404 for a toolkit that takes keys alone.
std::string resource_metadata_url(const Tenant& tenant, const Toolkit& toolkit);
ServerResponse serve_resource_metadata(const Tenant& tenant, const Toolkit& toolkit);

}  // namespace coffer::mock
