#pragma once

#include <functional>
#include <map>
#include <string>
#include <variant>

#include "vault/base/env.h"
#include "vault/connect/blueprint.h"
#include "vault/model/token_set.h"

namespace coffer {

// What one call to the service with a fresh credential brought.
struct Accepted {
  std::string value;  // identity or discovered value; may be empty for an identity
};
struct Refused {
  int status = 0;
};
struct Unreachable {
  std::string detail;  // for the log
};
using ProbeResult = std::variant<Accepted, Refused, Unreachable>;

// Asks the service itself, with a credential that is not stored yet: who is this, and what must
// be kept with the account. Holds no transaction.
class ServiceProbe {
 public:
  using ApplyCredential = std::function<void(HttpRequest&, const AuthMode&, const Credential&)>;

  ServiceProbe(Env env, const ApplyCredential& apply, const Blueprint& blueprint)
      : env_(env), apply_(apply), blueprint_(blueprint) {}

  // The toolkit's verifying call; Accepted with no value where it defines none.
  ProbeResult identify(const Credential& credential, const std::map<std::string, std::string>& fields) const;

  // Fetches every value the toolkit wants to have found out, and puts it into `fields`; names that
  // are there already are left alone. The first failure ends it; Accepted: all found.
  ProbeResult discover(const Credential& credential, std::map<std::string, std::string>& fields) const;

 private:
  ProbeResult ask(const std::string& base_url, const RequestTemplate& request, const std::string& pointer,
                  const Credential& credential, const std::map<std::string, std::string>& fields) const;

  Env env_;
  const ApplyCredential& apply_;
  const Blueprint& blueprint_;
};

}  // namespace coffer
