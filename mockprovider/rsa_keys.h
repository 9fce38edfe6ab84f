#pragma once

#include <cstddef>
#include <string_view>

namespace coffer::mock {

inline constexpr std::size_t kRsaKeys = 3;

// One of the fixed RSA keys that the mock signs with, as base64 of PKCS #8: making keys would take
// longer than starting does. Numbers past the last begin again.
std::string_view rsa_key(std::size_t number);

}  // namespace coffer::mock
