#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "vault/engine/engine.h"
#include "vault/model/toolkit.h"

namespace coffer::api::v3 {

// Wire names of the schemes that work without a client of the caller's own.
std::vector<std::string> managed_schemes(const Engine& engine, const Toolkit& toolkit);
bool needs_no_auth(const Toolkit& toolkit);
// "project management" for "project-management".
std::string category_name(const std::string& category);

nlohmann::json toolkit_item(const Engine& engine, const Toolkit& toolkit);
nlohmann::json toolkit_detail(const Engine& engine, const Toolkit& toolkit);

// What a person or program has to give when connecting: the contract's F.
nlohmann::json field_view(const ConnectionField& field);

// {slug, name, logo}.
nlohmann::json toolkit_reference(const Toolkit& toolkit);

// Throws NotFound.
const Toolkit& toolkit_or_not_found(const Catalog& catalog, const std::string& slug);

}  // namespace coffer::api::v3
