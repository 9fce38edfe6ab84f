#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "vault/base/http.h"
#include "vault/model/provider.h"
#include "vault/model/token_set.h"

namespace coffer {

// The body of a token endpoint's answer, JSON or (where the provider ignores Accept) form-encoded,
// as a JSON object that wipes itself. Empty object: it is neither.
class TokenAnswer {
 public:
  explicit TokenAnswer(HttpResponse response);
  ~TokenAnswer();
  TokenAnswer(const TokenAnswer&) = delete;
  TokenAnswer& operator=(const TokenAnswer&) = delete;

  // The error in words of RFC 6749 section 5.2 where the provider's aliases or our own know it;
  // else its own word if that cannot be a credential, else "unknown_error". nullopt: none.
  std::optional<std::string> error(const Provider& provider) const;

  // Moves the grant out. nullopt: no usable access token, or the answer says that it failed.
  std::optional<TokenSet> take_tokens(const Provider& provider, Timestamp sent_at);

 private:
  bool says_failed() const;

  std::unique_ptr<nlohmann::json> body_;
};

}  // namespace coffer
