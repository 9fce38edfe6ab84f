#include "vault/api/wire/own_url.h"

#include "vault/base/encoding.h"

namespace coffer::api {
namespace {

std::string url_of_host(const ServerRequest& request) {
  return "http://" + std::string(request.header("host"));
}

// With its colon; empty: the default one.
std::string port_of(const std::string& origin) {
  const std::size_t colon = origin.find(':', origin.find_last_of("/]"));
  return colon == std::string::npos ? std::string() : origin.substr(colon);
}

}  // namespace

bool came_by_other_local_name(const std::string& public_url, const ServerRequest& request) {
  const std::string local_url = url_of_host(request);
  const auto here = host_of(local_url);
  const auto there = host_of(public_url);
  const bool is_local =
      public_url.starts_with("http:") && here && there && is_loopback_host(*here) && is_loopback_host(*there);
  return is_local && *here != *there && port_of(*origin_of(local_url)) == port_of(*origin_of(public_url));
}

std::string own_url(const std::string& public_url, const ServerRequest& request) {
  return came_by_other_local_name(public_url, request) ? *origin_of(url_of_host(request)) : public_url;
}

}  // namespace coffer::api
