#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vault/base/encoding.h"

namespace coffer {

// An origin-form request target (RFC 9112 §3.2.1), decoded.
struct RequestTarget {
  std::vector<std::string> segments;  // without empty ones: "//a/b/" is a, b
  Fields query;

  std::string path() const;  // "/" and the segments, joined
};

// nullopt for other forms, broken escapes, fragments, "." and ".." segments, and control
// characters in the path.
std::optional<RequestTarget> parse_target(std::string_view target);

}  // namespace coffer
