#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "vault/base/secret.h"

namespace coffer {

std::string to_hex(Bytes data);
std::optional<std::string> from_hex(std::string_view text);

std::string to_base64(std::string_view data);
std::optional<std::string> from_base64(std::string_view text);
// RFC 4648 section 5, without padding.
std::string to_base64url(std::string_view data);
// Accepts with and without padding.
std::optional<std::string> from_base64url(std::string_view text);

// RFC 3986: everything but unreserved characters is encoded.
std::string percent_encode(std::string_view text);
// nullopt for a broken escape.
std::optional<std::string> percent_decode(std::string_view text);
// application/x-www-form-urlencoded: space is '+'.
std::string form_encode(std::string_view text);
std::optional<std::string> form_decode(std::string_view text);

using Fields = std::vector<std::pair<std::string, std::string>>;
// "a=1&b=2" as the WHATWG URL standard reads it: only the first '=' splits, order and duplicates
// are kept. nullopt for a broken escape.
std::optional<Fields> parse_form(std::string_view text);
std::string build_form(const Fields& fields);
// The first value of that name.
std::optional<std::string_view> find_field(const Fields& fields, std::string_view name);

// Appends parameters to a URL that may have a query and a fragment already.
std::string with_query(std::string_view url, const Fields& fields);

// "https://host:port" of an absolute http(s) URL, default ports left out, host in lower case;
// nullopt for anything else, and for user information, spaces, control characters, backslashes.
std::optional<std::string> origin_of(std::string_view url);
// Host part of the same, without brackets and port.
std::optional<std::string> host_of(std::string_view url);
bool is_loopback_host(std::string_view host);

bool is_valid_utf8(std::string_view text);
std::string to_lower(std::string_view text);
std::string to_upper(std::string_view text);
std::vector<std::string> split(std::string_view text, char separator);  // no empty parts
std::string join(const std::vector<std::string>& parts, std::string_view separator);
bool equals_ignoring_case(std::string_view a, std::string_view b);

Bytes as_bytes(std::string_view text);

}  // namespace coffer
