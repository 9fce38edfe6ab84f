#pragma once

#include <string>
#include <string_view>

namespace coffer {

// RFC 7636 section 4.2, method S256.
std::string code_challenge(std::string_view code_verifier);

}  // namespace coffer
