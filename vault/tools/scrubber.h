#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "vault/base/secret.h"
#include "vault/model/token_set.h"

namespace coffer {

// Knows the secrets of the credentials it was given, plain and as base64 (also inside a longer
// base64 text), hex and percent-encoding, and replaces them by "[redacted]". Secrets of fewer
// than 4 bytes are not looked for. Const members: any thread.
class Scrubber {
 public:
  void add(const Credential& credential);

  void clean(std::string& text) const;
  void clean(nlohmann::json& tree) const;  // every text and every member's name

 private:
  void add_secret(const Secret& secret);
  void add_pattern(std::string pattern);

  std::vector<Secret> patterns_;
};

}  // namespace coffer
