#include "mockprovider/front.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mockprovider/authorization_server.h"
#include "mockprovider/control.h"
#include "mockprovider/credential_check.h"
#include "mockprovider/oauth_request.h"
#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/net/request_target.h"

namespace coffer::mock {
namespace {

using Segments = std::vector<std::string>;

bool starts_with(const Segments& path, const Segments& prefix) {
  return path.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), path.begin());
}

Segments rest_of(const Segments& path, std::size_t skipped) {
  return {path.begin() + static_cast<std::ptrdiff_t>(skipped), path.end()};
}

Segments segments_of(const ServerRequest& request) {
  const auto target = parse_target(request.target.empty() ? request.path : request.target);
  return target ? target->segments : split(request.path, '/');
}

bool is_refresh(const ServerRequest& request) {
  const auto parameters = body_parameters(request);
  return parameters && find_field(*parameters, "grant_type") == "refresh_token";
}

ServerResponse error_answer(int status, const std::string& error, const std::string& message,
                            const std::string& hint = {}) {
  Json body = {{"error", error}, {"message", message}};
  if (!hint.empty()) body["hint"] = hint;
  return ServerResponse::json(status, dump_json(body)).with_header("Cache-Control", "no-store");
}

int status_of(ErrorCode code) {
  if (code == ErrorCode::NotFound) return 404;
  if (code == ErrorCode::TooLarge) return 413;
  if (code == ErrorCode::Forbidden) return 403;
  if (code == ErrorCode::Internal) return 500;
  return 400;
}

// A page of another site must not reach the controls, by its own name or by a name that was made
// to point here.
bool may_control(const ServerRequest& request) {
  const std::string_view host = request.header("host");
  const auto host_name =
      host.empty() ? std::optional<std::string>("localhost") : host_of("http://" + std::string(host));
  const std::string_view origin = request.header("origin");
  const bool is_same_origin = origin.empty() || origin == "http://" + std::string(host);
  return host_name && is_loopback_host(*host_name) && is_same_origin;
}

}  // namespace

Front::Front(const TenantOptions& options, std::function<void(Duration)> pause)
    : options_(options), pause_(std::move(pause)), toolkits_(options_.catalog) {
  for (const auto& toolkit : options_.catalog.toolkits()) {
    mounts_.push_back({split(toolkit.mock_path, '/'), &toolkit, nullptr});
  }
  for (const auto& [id, provider] : options_.catalog.providers()) {
    mounts_.push_back({split(provider.mock_path, '/'), nullptr, &provider});
  }
  std::stable_sort(mounts_.begin(), mounts_.end(),
                   [](const Mount& a, const Mount& b) { return a.prefix.size() > b.prefix.size(); });
  tenant_ = std::make_unique<Tenant>(options_);
}

ServerResponse Front::handle(const ServerRequest& request) {
  return guarded([&]() -> ServerResponse {
    const Segments segments = segments_of(request);
    if (segments.empty() || segments.front() == "_mock") return control(request);
    const Place place = locate(request);
    Exchange exchange;
    exchange.entry.method = request.method;
    exchange.entry.path = request.path;
    exchange.entry.endpoint = place.endpoint;
    if (place.profile) exchange.entry.provider = place.profile->id();
    if (place.toolkit) exchange.entry.toolkit = place.toolkit->slug;
    ServerResponse response = serve_with_faults(place, request, exchange);
    if (exchange.delay.count() > 0) pause_(exchange.delay);
    return response;
  });
}

ServerResponse Front::guarded(const std::function<ServerResponse()>& handler) const {
  try {
    return handler();
  } catch (const Error& error) {
    return error_answer(status_of(error.code()), std::string(to_string(error.code())), error.what(),
                        error.hint());
  } catch (const std::exception&) {
    return error_answer(500, "internal", "the mock provider failed to answer this request");
  }
}

ServerResponse Front::control(const ServerRequest& request) {
  if (!may_control(request)) {
    return error_answer(403, "forbidden", "the controls answer on loopback and to no other site's pages");
  }
  const std::lock_guard lock(mutex_);
  if (wants_reset(request)) {
    tenant_ = std::make_unique<Tenant>(options_);
    return ServerResponse::json(200, R"({"reset":true})");
  }
  return serve_control(*tenant_, request, segments_of(request));
}

const Front::Mount* Front::find_mount(const Segments& segments) const {
  const auto found = std::find_if(mounts_.begin(), mounts_.end(),
                                  [&](const Mount& mount) { return starts_with(segments, mount.prefix); });
  return found == mounts_.end() ? nullptr : &*found;
}

Front::Place Front::locate(const ServerRequest& request) const {
  const Segments segments = segments_of(request);
  if (segments.front() == ".well-known") return locate_metadata(segments);
  const Mount* mount = find_mount(segments);
  Place place;
  if (!mount) return place;
  place.rest = rest_of(segments, mount->prefix.size());
  if (mount->toolkit) {
    place.toolkit = mount->toolkit;
    place.endpoint = "api:" + mount->toolkit->slug;
    return place;
  }
  place.profile = &options_.profiles.at(mount->provider->id);
  place.endpoint = endpoint_name(join(place.rest, "/"));
  if (place.endpoint == "token" && is_refresh(request)) place.endpoint = "refresh";
  return place;
}

// RFC 8414 section 3.1: the well-known part stands between host and path of the issuer.
Front::Place Front::locate_metadata(const Segments& segments) const {
  Place place;
  if (segments.size() < 3) return place;
  const Segments path = rest_of(segments, 2);
  const Mount* mount = find_mount(path);
  if (!mount || !mount->provider || mount->prefix.size() != path.size()) return place;
  place.profile = &options_.profiles.at(mount->provider->id);
  place.endpoint = endpoint_name(segments[0] + "/" + segments[1]);
  return place;
}

RequestFacets Front::facets_of(const Place& place, const ServerRequest& request) const {
  RequestFacets facets;
  facets.endpoint = place.endpoint;
  if (place.toolkit) {
    Exchange unused;
    const Caller caller = check_credential(*tenant_, *place.toolkit, request, unused);
    facets.account = caller.account;
    facets.client_id = caller.client_id;
    facets.provider = caller.provider;
  } else if (place.profile) {
    facets.provider = place.profile->id();
    const Fields parameters =
        request.method == "POST" ? body_parameters(request).value_or(Fields()) : request.query;
    facets.client_id = presented_client(request, parameters).id;
    facets.account = account_of_request(*tenant_, parameters);
  }
  return facets;
}

ServerResponse Front::serve(const Place& place, const ServerRequest& request, Exchange& exchange) {
  if (place.toolkit) return toolkits_.serve(*tenant_, *place.toolkit, request, place.rest, exchange);
  if (place.profile) return serve_authorization_server(*tenant_, *place.profile, request, exchange);
  exchange.entry.error = "not_found";
  return error_answer(404, "not_found", "nothing is served at this path", "GET / lists what is");
}

ServerResponse Front::serve_fault(const Place& place, const Fault& fault, Exchange& exchange) {
  const Timestamp now = tenant_->clock.now();
  ServerResponse response = answer_of(fault, now);
  if (fault.action != Fault::Action::Throttle || !place.toolkit) return response;
  ServerResponse own = ToolkitServer::throttled(*tenant_, *place.toolkit, *fault.retry_after, exchange);
  own.headers.push_back({"Retry-After", std::string(header_value(response.headers, "Retry-After"))});
  return own;
}

ServerResponse Front::serve_with_faults(const Place& place, const ServerRequest& request,
                                        Exchange& exchange) {
  std::optional<Fault> fault;
  {
    const std::lock_guard lock(mutex_);
    if (!tenant_->faults.all().empty()) fault = tenant_->faults.take(facets_of(place, request));
  }
  if (fault) {
    exchange.entry.fault = fault->id;
    pause_(fault->latency);
    if (fault->action == Fault::Action::Hang) pause_(fault->hang_for);
  }
  const std::lock_guard lock(mutex_);
  const Timestamp now = tenant_->clock.now();
  ServerResponse response = guarded([&] {
    return fault && !fault->runs_handler() ? serve_fault(place, *fault, exchange)
                                           : serve(place, request, exchange);
  });
  if (fault && fault->runs_handler()) spoil(*fault, now, response);
  exchange.entry.at = now;
  exchange.entry.status = response.sabotage == Sabotage::ResetBeforeAnswer ? 0 : response.status;
  tenant_->journal.add(exchange, response.body);
  return response;
}

}  // namespace coffer::mock
