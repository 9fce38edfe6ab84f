#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace coffer::api {

// Fills a Mustache template in the common layout. Every value is escaped for HTML. `data` is
// an object of texts, booleans and lists of such objects; "title" names the state, as "Connected - GitHub".
std::string render_page(const char* content, const nlohmann::json& data);

}  // namespace coffer::api
