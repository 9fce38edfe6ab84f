#pragma once

#include <string_view>

namespace coffer {

// Whether a header says how a request travels or whom it is for (RFC 9110 sections 7.2 and 7.6.1): no
// caller sets it. In any case.
bool is_framing_header(std::string_view name);

}  // namespace coffer
