#pragma once

#include <functional>
#include <string>
#include <vector>

#include "vault/base/env.h"
#include "vault/model/auth_config.h"
#include "vault/model/provider.h"
#include "vault/oauth/outcome.h"

namespace coffer {

// The client's side of RFC 6749 section 4.1.3 and 6 and of RFC 7009. Every request is sent `once`.
// Holds no state; any thread.
class TokenClient {
 public:
  explicit TokenClient(Env env) : env_(env) {}

  // The code exchange. A provider that answers with no usable token is not Refreshed.
  RefreshOutcome exchange(const Provider& provider, const std::string& token_url,
                          const ClientCredentials& client, std::string_view code, const Secret& code_verifier,
                          const std::string& redirect_uri) const;

  // `before_send` is the caller's durable intent: it runs when the connection stands and before
  // the first byte leaves; false sends nothing and gives Transient{maybe_processed = false}.
  RefreshOutcome refresh(const Provider& provider, const ClientCredentials& client,
                         const Secret& refresh_token, const std::function<bool()>& before_send) const;

  // RFC 6749 section 4.4: the client asks for itself. `before_send` as above.
  RefreshOutcome client_credentials(const Provider& provider, const ClientCredentials& client,
                                    const std::vector<std::string>& scopes,
                                    const std::function<bool()>& before_send) const;

  // RFC 7591: a new client for authorization code and refresh. Throws InvalidArgument (refused) and
  // Unavailable.
  ClientCredentials register_client(const Provider& provider, const std::string& redirect_uri,
                                    const std::string& name) const;

  // True: the provider answered 200, or says that the token is unknown already.
  bool revoke(const Provider& provider, const ClientCredentials& client, const Secret& token,
              std::string_view token_type_hint) const;

 private:
  Env env_;
};

}  // namespace coffer
