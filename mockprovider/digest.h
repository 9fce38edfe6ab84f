#pragma once

#include <string>
#include <string_view>

namespace coffer::mock {

// 32 raw bytes.
std::string sha256(std::string_view text);
// 64 raw bytes.
std::string sha512(std::string_view text);

// RFC 7636 section 4.6: what a code verifier has to hash to.
std::string s256_challenge(std::string_view verifier);

}  // namespace coffer::mock
