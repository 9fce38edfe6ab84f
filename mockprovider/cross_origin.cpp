#include "mockprovider/cross_origin.h"

#include <algorithm>
#include <array>

namespace coffer::mock {
namespace {

constexpr std::array<std::string_view, 11> kOpenEndpoints = {"discovery",
                                                             "jwks",
                                                             "token",
                                                             "refresh",
                                                             "userinfo",
                                                             "revoke",
                                                             "register",
                                                             "registration",
                                                             "device_authorization",
                                                             "par",
                                                             "resource_metadata"};
constexpr std::size_t kMaxHeaderNames = 512;

// What a page wants to send, given back: "*" would leave Authorization out.
std::string wanted_headers(const ServerRequest& request) {
  const std::string_view names = request.header("access-control-request-headers");
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == ',' || c == ' ';
  };
  const bool is_list = names.size() <= kMaxHeaderNames && std::all_of(names.begin(), names.end(), is_allowed);
  return is_list ? std::string(names) : std::string();
}

}  // namespace

bool is_open_to_pages(const Place& place) {
  if (place.profile && !place.profile->is_open_to_pages) return false;
  return std::find(kOpenEndpoints.begin(), kOpenEndpoints.end(), place.endpoint) != kOpenEndpoints.end();
}

bool is_preflight(const ServerRequest& request) {
  return request.method == "OPTIONS" && !request.header("origin").empty() &&
         !request.header("access-control-request-method").empty();
}

ServerResponse preflight_answer(const ServerRequest& request) {
  ServerResponse response;
  response.status = 204;
  response.headers = {{"Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, DELETE"},
                      {"Access-Control-Max-Age", "600"}};
  const std::string names = wanted_headers(request);
  if (!names.empty()) response.headers.push_back({"Access-Control-Allow-Headers", names});
  return response;
}

void open_to_pages(ServerResponse& response) {
  response.headers.push_back({"Access-Control-Allow-Origin", "*"});
  response.headers.push_back({"Access-Control-Expose-Headers", "WWW-Authenticate, Retry-After"});
}

}  // namespace coffer::mock
