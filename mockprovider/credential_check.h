#pragma once

#include <string>
#include <vector>

#include "mockprovider/tenant.h"

namespace coffer::mock {

// Who a toolkit request is from, as its credential tells right now.
struct Caller {
  enum class Verdict {
    Accepted,
    Missing,  // no credential at all
    Unknown,  // never given out, or revoked
    Expired,  // an access token past its end
  };
  Verdict verdict = Verdict::Missing;
  std::string account;
  bool is_oauth = false;
  std::vector<std::string> scopes;
  std::string client_id;
  std::string provider;
};

// Tries every auth mode of the toolkit. Notes the credential in `exchange` as something to hide.
Caller check_credential(const Tenant& tenant, const Toolkit& toolkit, const ServerRequest& request,
                        Exchange& exchange);

}  // namespace coffer::mock
