#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "mockprovider/accounts.h"
#include "mockprovider/clients.h"
#include "mockprovider/counted_random.h"
#include "mockprovider/device_authorizations.h"
#include "mockprovider/fault_plan.h"
#include "mockprovider/grants.h"
#include "mockprovider/journal.h"
#include "mockprovider/login_scripts.h"
#include "mockprovider/pending_authorizations.h"
#include "mockprovider/profile.h"
#include "mockprovider/pushed_requests.h"
#include "mockprovider/quotas.h"
#include "mockprovider/signing_keys.h"
#include "mockprovider/toolkit_data.h"
#include "vault/base/clock.h"
#include "vault/catalog/catalog.h"

namespace coffer::mock {

struct TenantOptions {
  std::string url;  // scheme, host, port and path prefix of everything it serves
  MovableClock& clock;
  const Catalog& catalog;
  const Profiles& profiles;
  std::uint64_t seed = 1;
  // Moves the clock forward with all that is due on the way; empty: nobody else lives by it.
  std::function<void(Timestamp)> travel = {};
  std::string name = {};  // empty: the default tenant
  // Of a snapshot, whichever tenant it was taken of; absent: it follows from seed and name.
  std::optional<std::uint64_t> stream = {};
};

// Everything one mock world remembers. Worlds share the socket and what is fixed, nothing else. The same
// name, the same seed and the same requests give the same codes, tokens and keys, and other names others. One
// thread at a time; whoever serves requests holds a lock around it.
struct Tenant {
  explicit Tenant(const TenantOptions& options);
  Tenant(const Tenant&) = delete;
  Tenant& operator=(const Tenant&) = delete;

  std::string issuer_of(const Profile& profile) const { return url + profile.provider->mock_path; }

  const std::string url;
  MovableClock& clock;
  const Catalog& catalog;
  const Profiles& profiles;
  const std::uint64_t seed;    // as it was given
  const std::uint64_t stream;  // what codes, tokens and keys follow from

  CountedRandom random;
  Accounts accounts;
  Clients clients;
  Keys keys;
  SigningKeys signing_keys;
  Grants grants;
  PendingAuthorizations pending;
  PushedRequests pushed;
  DeviceAuthorizations devices;
  LoginScripts scripts;
  FaultPlan faults;
  Journal journal;
  ToolkitData data;
  Quotas quotas;
  int refreshes_granted = 0;
};

}  // namespace coffer::mock
