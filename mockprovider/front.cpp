#include "mockprovider/front.h"

#include <nlohmann/json.hpp>

#include "mockprovider/control.h"
#include "mockprovider/error_answer.h"
#include "vault/base/json.h"

namespace coffer::mock {
namespace {

using Segments = std::vector<std::string>;

// Where "/t/<name>" begins in a path: at its start, or behind the well-known part that stands
// before an issuer's path (RFC 8414 section 3.1).
std::size_t tenant_position(const Segments& segments) {
  return !segments.empty() && segments.front() == ".well-known" ? 2 : 0;
}

bool names_tenant(const Segments& segments, std::size_t at) {
  return segments.size() >= at + 2 && segments[at] == "t";
}

Segments without_tenant(Segments segments, std::size_t at) {
  const auto begin = segments.begin() + static_cast<std::ptrdiff_t>(at);
  segments.erase(begin, begin + 2);
  return segments;
}

bool wants_tenants(const Segments& segments) {
  return segments.size() >= 2 && segments.size() <= 3 && segments[0] == "_mock" && segments[1] == "tenants";
}

}  // namespace

Front::Front(const TenantOptions& options, std::function<void(Duration)> pause, int most_waiting)
    : services_{Mounts(options.catalog, options.profiles), ToolkitServer(options.catalog),
                CredentialMarks(options.profiles), std::move(pause), WaitingPlaces(most_waiting)},
      root_(options, services_),
      tenants_(options, services_) {}

ServerResponse Front::handle(const ServerRequest& request) {
  return guarded([&] { return dispatch(request); });
}

void Front::close() {
  root_.close();
  tenants_.close();
}

ServerResponse Front::dispatch(const ServerRequest& request) {
  const Segments segments = segments_of(request);
  const std::size_t at = tenant_position(segments);
  if (names_tenant(segments, at)) {
    return tenants_.at(segments[at + 1])->handle(request, without_tenant(segments, at));
  }
  if (wants_tenants(segments)) return control_tenants(request, segments);
  return root_.handle(request, segments);
}

ServerResponse Front::control_tenants(const ServerRequest& request, const Segments& segments) {
  if (!may_control(request)) return control_refused();
  const Json answer = tenants_.serve(request, segments.size() > 2 ? segments[2] : "");
  return ServerResponse::json(request.method == "POST" ? 201 : 200, dump_json(answer))
      .with_header("Cache-Control", "no-store");
}

}  // namespace coffer::mock
