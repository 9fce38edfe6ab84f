#pragma once

#include <string>

#include "vault/base/clock.h"

namespace coffer::cli {

// Values of options that a type alone does not bound. Each throws InvalidArgument that names the
// option and what it takes.

// 0 to 65535.
void check_port(const std::string& option, int port);

// "90s", "2m"; at most `longest`.
Duration read_duration(const std::string& option, const std::string& text, Duration longest);

// scheme://host[:port] of an address that browsers are sent to: https, or http of this machine.
std::string read_public_url(const std::string& option, const std::string& text);

}  // namespace coffer::cli
