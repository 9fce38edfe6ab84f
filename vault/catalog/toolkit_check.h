#pragma once

#include <string>

#include "vault/model/provider.h"
#include "vault/model/toolkit.h"

namespace coffer {

// What a file's shape cannot tell: templates that never render, names that nothing defines,
// base URLs that a connection field could lead elsewhere, slugs that do not fit. Throws
// InvalidArgument that names place and fault.
void check_toolkit(const Toolkit& toolkit, const std::string& file_name);
void check_provider(const Provider& provider, const std::string& file_name);

}  // namespace coffer
