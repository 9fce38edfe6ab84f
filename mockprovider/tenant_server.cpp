#include "mockprovider/tenant_server.h"

#include "mockprovider/authorization_server.h"
#include "mockprovider/control.h"
#include "mockprovider/credential_check.h"
#include "mockprovider/error_answer.h"
#include "mockprovider/oauth_request.h"
#include "mockprovider/resources.h"

namespace coffer::mock {
TenantServer::TenantServer(const TenantOptions& options, const Services& services,
                           std::unique_ptr<MovableClock> clock)
    : own_clock_(std::move(clock)),
      options_(options),
      services_(services),
      tenant_(std::make_unique<Tenant>(options_)) {}

ServerResponse TenantServer::handle(const ServerRequest& request, const std::vector<std::string>& segments) {
  if (segments.empty() || segments.front() == "_mock") return control(request, segments);
  const Place place = services_.mounts.locate(request, segments);
  Exchange exchange;
  exchange.entry.method = request.method;
  exchange.entry.path = request.path;
  exchange.entry.endpoint = place.endpoint;
  if (place.profile) exchange.entry.provider = place.profile->id();
  if (place.toolkit) exchange.entry.toolkit = place.toolkit->slug;
  ServerResponse response = serve_with_faults(place, request, exchange);
  if (exchange.delay.count() > 0) services_.pause(exchange.delay);
  return response;
}

ServerResponse TenantServer::control(const ServerRequest& request, const std::vector<std::string>& segments) {
  if (!may_control(request)) return control_refused();
  const std::lock_guard lock(mutex_);
  if (wants_reset(request, segments)) {
    tenant_ = std::make_unique<Tenant>(options_);
    return ServerResponse::json(200, R"({"reset":true})");
  }
  return serve_control(*tenant_, request, segments);
}

RequestFacets TenantServer::facets_of(const Place& place, const ServerRequest& request) const {
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

ServerResponse TenantServer::serve(const Place& place, const ServerRequest& request, Exchange& exchange) {
  if (place.endpoint == "resource_metadata") return serve_resource_metadata(*tenant_, *place.toolkit);
  if (place.toolkit) return services_.toolkits.serve(*tenant_, *place.toolkit, request, place.rest, exchange);
  if (place.profile) return serve_authorization_server(*tenant_, *place.profile, request, exchange);
  exchange.entry.error = "not_found";
  return error_answer(404, "not_found", "nothing is served at this path", "GET / lists what is");
}

ServerResponse TenantServer::serve_fault(const Place& place, const Fault& fault, Exchange& exchange) {
  ServerResponse response = answer_of(fault, tenant_->clock.now());
  if (fault.action != Fault::Action::Throttle || !place.toolkit) return response;
  ServerResponse own = ToolkitServer::throttled(*tenant_, *place.toolkit, *fault.retry_after, exchange);
  own.headers.push_back({"Retry-After", std::string(header_value(response.headers, "Retry-After"))});
  return own;
}

ServerResponse TenantServer::serve_with_faults(const Place& place, const ServerRequest& request,
                                               Exchange& exchange) {
  std::optional<Fault> fault;
  {
    const std::lock_guard lock(mutex_);
    if (!tenant_->faults.all().empty()) fault = tenant_->faults.take(facets_of(place, request));
  }
  if (fault) {
    exchange.entry.fault = fault->id;
    services_.pause(fault->latency);
    if (fault->action == Fault::Action::Hang) services_.pause(fault->hang_for);
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
