#pragma once

#include <string>
#include <vector>

#include "mockprovider/profile.h"
#include "vault/catalog/catalog.h"
#include "vault/net/router.h"

namespace coffer::mock {

// Where a path leads: to a toolkit's API, to an authorization server, or nowhere.
struct Place {
  std::string endpoint = "unknown";
  const Toolkit* toolkit = nullptr;
  const Profile* profile = nullptr;
  std::vector<std::string> rest;  // of a toolkit's path
};

// The decoded segments of a request's path.
std::vector<std::string> segments_of(const ServerRequest& request);

// What is served below a tenant's URL, the same for all tenants. Catalog and profiles have to
// outlive it. Any thread.
class Mounts {
 public:
  Mounts(const Catalog& catalog, const Profiles& profiles);

  // `segments`: of the path below the tenant's, at least one.
  Place locate(const ServerRequest& request, const std::vector<std::string>& segments) const;

 private:
  struct Mount {
    std::vector<std::string> prefix;
    const Toolkit* toolkit = nullptr;  // one of the two
    const Provider* provider = nullptr;
  };

  Place locate_metadata(const std::vector<std::string>& segments) const;
  const Mount* find(const std::vector<std::string>& segments) const;

  const Profiles& profiles_;
  std::vector<Mount> mounts_;  // longest prefix first
};

}  // namespace coffer::mock
