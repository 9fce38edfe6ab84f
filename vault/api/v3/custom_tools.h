#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "vault/api/wire/body.h"
#include "vault/model/session.h"
#include "vault/model/toolkit.h"

// Tools that the application runs itself, by its SDK. A session knows of them so that its agent finds
// them among the others; nothing here runs them.
namespace coffer::api::v3 {

// Of the body's `experimental`: `custom_tools` and `custom_toolkits`. Throws InvalidArgument.
void check_custom_tools(const ObjectReader& body);

// For this request the session has the tools that the body brings along, in place of those that it was
// made with: SDKs send them with each call. A body without any changes nothing.
void take_custom_tools(const ObjectReader& body, SessionConfig& config);

// By toolkit; a tool without one is in "custom". The tools go by the slugs that agents see,
// LOCAL_[TOOLKIT_]SLUG, with the application's own as an alias.
std::vector<Toolkit> custom_toolkits_of(const SessionConfig& config);

// {custom_tools?, custom_toolkits?}: by which SDKs find their own tools again.
nlohmann::json custom_tools_view(const SessionConfig& config);

// Throws InvalidArgument for the slug of such a tool: whoever made it runs it.
void refuse_custom_tool(const SessionConfig& config, const std::string& slug);

}  // namespace coffer::api::v3
