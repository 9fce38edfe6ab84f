#pragma once

#include <string>
#include <unordered_map>
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

// GET for HEAD, which is answered alike but for the body (RFC 9110 section 9.3.2).
std::string_view served_method(const ServerRequest& request);

// What is served below a tenant's URL, the same for all tenants. Catalog and profiles have to
// outlive it. Any thread.
class Mounts {
 public:
  Mounts(const Catalog& catalog, const Profiles& profiles);

  // `segments`: of the path below the tenant's, at least one.
  Place locate(const ServerRequest& request, const std::vector<std::string>& segments) const;

 private:
  struct Mount {
    std::size_t size = 0;              // of its path, in segments
    const Toolkit* toolkit = nullptr;  // one of the two
    const Provider* provider = nullptr;
  };

  Place locate_metadata(const std::vector<std::string>& segments) const;
  const Mount* find(const std::vector<std::string>& segments) const;

  void add(const std::string& path, const Toolkit* toolkit, const Provider* provider);

  const Profiles& profiles_;
  std::unordered_map<std::string, Mount> mounts_;  // by path, its segments joined
  std::size_t longest_ = 0;                        // path of all, in segments
};

}  // namespace coffer::mock
