#include "mockprovider/mounts.h"

#include <algorithm>

#include "mockprovider/authorization_server.h"
#include "mockprovider/oauth_request.h"
#include "vault/net/request_target.h"

namespace coffer::mock {
namespace {

using Segments = std::vector<std::string>;

Segments rest_of(const Segments& path, std::size_t skipped) {
  return {path.begin() + static_cast<std::ptrdiff_t>(skipped), path.end()};
}

bool is_refresh(const Profile& profile, const ServerRequest& request) {
  const auto parameters = request.method == "GET" ? std::optional(request.query) : body_parameters(request);
  const auto grant_type = parameters ? find_field(*parameters, "grant_type") : std::nullopt;
  return grant_type && profile.is_refresh(*grant_type);
}

// A refresh goes by its own name, wherever the provider takes it.
std::string name_of_endpoint(const Profile& profile, const std::string& path, const ServerRequest& request) {
  std::string name = endpoint_name(path);
  if (profile.has_refresh_endpoint() || name == "unknown") return name;
  if (name == "refresh") return "unknown";
  return name == "token" && is_refresh(profile, request) ? "refresh" : name;
}

}  // namespace

Segments segments_of(const ServerRequest& request) {
  const auto target = parse_target(request.target.empty() ? request.path : request.target);
  return target ? target->segments : split(request.path, '/');
}

std::string_view served_method(const ServerRequest& request) {
  return request.method == "HEAD" ? "GET" : std::string_view(request.method);
}

Mounts::Mounts(const Catalog& catalog, const Profiles& profiles) : profiles_(profiles) {
  for (const auto& toolkit : catalog.toolkits()) add(toolkit.mock_path, &toolkit, nullptr);
  for (const auto& [id, provider] : catalog.providers()) add(provider.mock_path, nullptr, &provider);
}

void Mounts::add(const std::string& path, const Toolkit* toolkit, const Provider* provider) {
  const Segments segments = split(path, '/');
  mounts_.emplace(join(segments, "/"), Mount{segments.size(), toolkit, provider});
  longest_ = std::max(longest_, segments.size());
}

// The longest that the path begins with.
const Mounts::Mount* Mounts::find(const Segments& segments) const {
  Segments prefix(segments.begin(),
                  segments.begin() + static_cast<std::ptrdiff_t>(std::min(longest_, segments.size())));
  for (; !prefix.empty(); prefix.pop_back()) {
    const auto found = mounts_.find(join(prefix, "/"));
    if (found != mounts_.end()) return &found->second;
  }
  return nullptr;
}

Place Mounts::locate(const ServerRequest& request, const Segments& segments) const {
  if (segments.front() == ".well-known") return locate_metadata(segments);
  const Mount* mount = find(segments);
  Place place;
  if (!mount) return place;
  place.rest = rest_of(segments, mount->size);
  if (mount->toolkit) {
    place.toolkit = mount->toolkit;
    place.endpoint = "api:" + mount->toolkit->slug;
    return place;
  }
  place.profile = &profiles_.at(mount->provider->id);
  place.endpoint = name_of_endpoint(*place.profile, join(place.rest, "/"), request);
  return place;
}

// RFC 8414 section 3.1: the well-known part stands between host and path of the issuer.
Place Mounts::locate_metadata(const Segments& segments) const {
  Place place;
  if (segments.size() < 3) return place;
  const Segments path = rest_of(segments, 2);
  const Mount* mount = find(path);
  if (!mount || mount->size != path.size()) return place;
  if (segments[1] == "oauth-protected-resource" && mount->toolkit) {
    place.toolkit = mount->toolkit;
    place.endpoint = "resource_metadata";
    return place;
  }
  if (!mount->provider) return place;
  place.profile = &profiles_.at(mount->provider->id);
  place.endpoint = endpoint_name(segments[0] + "/" + segments[1]);
  return place;
}

}  // namespace coffer::mock
