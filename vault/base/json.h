#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "vault/base/secret.h"

namespace coffer {

using Json = nlohmann::json;

// RFC 8259, at most 32 levels deep, no duplicate keys, valid UTF-8.
// Throws Error{InvalidArgument} that names `what` and the fault, never the text.
Json parse_json(std::string_view text, std::string_view what = "body");

// Invalid UTF-8 becomes U+FFFD instead of an exception.
std::string dump_json(const Json& value, int indent = -1);

// Moves a string member out of an object as a Secret and leaves "" there. Empty if it is absent
// or not a string.
Secret take_secret(Json& object, std::string_view key);

// Wipes every string of the tree: for parsed token answers.
void wipe(Json& value) noexcept;

}  // namespace coffer
