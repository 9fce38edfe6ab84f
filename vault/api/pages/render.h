#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace coffer::api {

// Fills a Mustache template in the common layout. Every value is escaped for HTML. `data` holds
// texts, booleans, lists and objects; "title" names the state, as "Connected - GitHub".
std::string render_page(const char* content, const nlohmann::json& data);

}  // namespace coffer::api
