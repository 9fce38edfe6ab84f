#pragma once

#include <string_view>

namespace coffer {

// RFC 9110 §5.6.2.
bool is_token(std::string_view text);
// RFC 9110 §5.5: visible characters, spaces, tabs and bytes above 0x7F.
bool is_field_value(std::string_view text);
// RFC 9110 §7.2: name, IPv4 or bracketed IPv6 address, with an optional port.
bool is_host_value(std::string_view text);
// Without spaces and tabs at both ends.
std::string_view trim_spaces(std::string_view text);
// Whether a comma-separated list has this member, in any case.
bool list_contains(std::string_view list, std::string_view member);

std::string_view reason_phrase(int status);

}  // namespace coffer
