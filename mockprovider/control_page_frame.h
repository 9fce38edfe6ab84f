#pragma once

#include <kainjow/mustache.hpp>
#include <string>
#include <string_view>

#include "vault/net/router.h"

namespace coffer::mock {

// A page of the controls around `body`, a mustache template over `values`: everything from its own
// origin, and its forms say where they come from.
ServerResponse control_page(const std::string& title, std::string_view body,
                            const kainjow::mustache::data& values);

}  // namespace coffer::mock
