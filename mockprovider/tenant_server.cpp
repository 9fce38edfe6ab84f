#include "mockprovider/tenant_server.h"

#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "mockprovider/authorization_server.h"
#include "mockprovider/clock_control.h"
#include "mockprovider/control.h"
#include "mockprovider/credential_check.h"
#include "mockprovider/cross_origin.h"
#include "mockprovider/error_answer.h"
#include "mockprovider/expectation.h"
#include "mockprovider/journal_filter.h"
#include "mockprovider/members.h"
#include "mockprovider/oauth_request.h"
#include "mockprovider/resources.h"
#include "mockprovider/snapshot.h"
#include "vault/base/error.h"
#include "vault/base/json.h"

namespace coffer::mock {
namespace {

constexpr Duration kSettlePatience = std::chrono::seconds(5);
constexpr const char* kPreflight = "preflight";
constexpr Duration kMaxWait = std::chrono::seconds(30);

ServerResponse control_answer(const std::string& json) {
  return ServerResponse::json(200, json).with_header("Cache-Control", "no-store");
}

ServerResponse control_answer(const Json& json) {
  return control_answer(dump_json(json));
}

Fields parameters_of(const ServerRequest& request) {
  const bool has_body = request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
  return has_body ? body_parameters(request).value_or(Fields()) : request.query;
}

MemberNames member_names(const Place& place) {
  return [profile = place.profile](const std::string& member) {
    return profile ? profile->answer_names(member) : std::vector<std::string>{member};
  };
}

// "wait" of a long poll.
Duration read_wait(const ServerRequest& request) {
  const std::string_view text = request.query_value("wait");
  if (text.empty()) return Duration(0);
  const auto wait = parse_duration(text);
  if (!wait || *wait > kMaxWait)
    throw Error(ErrorCode::InvalidArgument, "wait is not a duration of at most 30s");
  return *wait;
}

}  // namespace

TenantServer::TenantServer(const TenantOptions& options, const Services& services,
                           std::unique_ptr<MovableClock> clock, double rate)
    : own_clock_(std::move(clock)),
      options_(options),
      services_(services),
      tenant_(std::make_unique<Tenant>(options_)),
      rate_(rate) {}

ServerResponse TenantServer::handle(const ServerRequest& request, const std::vector<std::string>& segments) {
  if (segments.empty() || segments.front() == "_mock") return control(request, segments);
  Place place = services_.mounts.locate(request, segments);
  const bool is_open = is_open_to_pages(place);
  if (is_open && is_preflight(request)) place.endpoint = kPreflight;
  Exchange exchange;
  exchange.entry.method = request.method;
  exchange.entry.path = request.path;
  exchange.entry.endpoint = place.endpoint;
  exchange.entry.request_headers = harmless_headers(request.headers);
  exchange.entry.parameters = redact_parameters(parameters_of(request));
  if (place.profile) exchange.entry.provider = place.profile->id();
  if (place.toolkit) exchange.entry.toolkit = place.toolkit->slug;
  ServerResponse response = serve_with_faults(place, request, exchange);
  if (is_open) open_to_pages(response);
  if (exchange.delay.count() == 0) return response;
  const WaitingPlaces::Place waiting(services_.waiting);
  require(waiting);
  services_.pause(exchange.delay);
  return response;
}

ServerResponse TenantServer::control(const ServerRequest& request, const std::vector<std::string>& segments) {
  if (!may_control(request)) return control_refused();
  const std::string call =
      segments.size() == 2 ? std::string(served_method(request)) + " " + segments[1] : "";
  if (call == "POST clock") return move_clock(request);
  if (call == "POST expect") return expect(request);
  if (call == "GET journal") wait_for_entries(request);
  if (call == "POST restore") return restore(request);
  if (call == "POST seed") return reseed(request);
  const std::lock_guard lock(mutex_);
  if (call == "POST reset") {
    begin_again(tenant_->seed);
    return control_answer({{"reset", true}});
  }
  if (call == "GET snapshot") return control_answer(take_snapshot(*tenant_, clock_rate()));
  return serve_control(*tenant_, request, segments);
}

void TenantServer::begin_again(std::uint64_t seed) {
  TenantOptions options = options_;
  options.seed = seed;
  tenant_ = std::make_unique<Tenant>(options);
}

ServerResponse TenantServer::reseed(const ServerRequest& request) {
  const Json json = control_body(request);
  const Members body(json, "seed");
  body.allow_only({"seed"});
  if (!body.find("seed")) body.fail("seed", "is missing");
  const int seed = body.number("seed", 1, 0, std::numeric_limits<int>::max());
  const std::lock_guard lock(mutex_);
  begin_again(static_cast<std::uint64_t>(seed));
  return control_answer({{"seed", seed}});
}

// A clock that others live by is not set back: their timers would not follow.
ServerResponse TenantServer::restore(const ServerRequest& request) {
  const Json snapshot = control_body(request);
  const Timestamp moment = moment_of_snapshot(snapshot);
  const auto rate = rate_of_snapshot(snapshot);
  auto restored = restore_snapshot(options_, snapshot);
  const std::lock_guard lock(mutex_);
  tenant_ = std::move(restored);
  if (!options_.travel) options_.clock.set(moment);
  if (!options_.travel && rate) run_clock(*rate);
  room_.changed();
  return control_answer({{"restored", true}, {"now", to_rfc3339(options_.clock.now())}});
}

void TenantServer::run_clock(double rate) {
  options_.clock.run_at(rate);
  rate_ = rate;
}

// Whoever has the clock itself may have stopped it, or let it go on.
double TenantServer::clock_rate() const {
  if (options_.clock.is_frozen()) return 0;
  return rate_ > 0 ? rate_ : 1;
}

// The tenant is not locked while the clock moves: what is due on the way asks this very tenant.
ServerResponse TenantServer::move_clock(const ServerRequest& request) {
  const std::lock_guard only(moving_);  // a move that comes meanwhile counts from where this one ends
  const ClockMove move = parse_clock_move(control_body(request), options_.clock.now());
  if (move.target && options_.travel) options_.travel(*move.target);
  if (move.target && !options_.travel) options_.clock.set(*move.target);
  if (move.rate) {
    const std::lock_guard lock(mutex_);
    run_clock(*move.rate);
  }
  room_.settle(options_.clock.now(), kSettlePatience);
  return control_answer(clock_json(options_.clock));
}

ServerResponse TenantServer::expect(const ServerRequest& request) {
  const Json body = control_body(request);
  const auto expectation = with_tenant([&](const Tenant& tenant) { return parse_expectation(body, tenant); });
  Verdict verdict;
  const auto is_decided = [&] {
    verdict = with_tenant(
        [&](const Tenant& tenant) { return judge(expectation, tenant.journal, tenant.clock.now()); });
    return verdict.kind != Verdict::Kind::Undecided;
  };
  if (!is_decided()) {
    const WaitingPlaces::Place waiting(services_.waiting);
    require(waiting);
    room_.wait(is_decided, expectation.patience);
  }
  return control_answer(to_json(expectation, verdict));
}

void TenantServer::wait_for_entries(const ServerRequest& request) {
  const auto patience = read_wait(request);
  if (patience.count() == 0) return;
  auto filter =
      with_tenant([&](const Tenant& tenant) { return parse_journal_filter(request.query, tenant); });
  filter.limit = 1;
  const auto has_entry = [&] {
    return with_tenant([&](const Tenant& tenant) { return !tenant.journal.find(filter).empty(); });
  };
  if (has_entry()) return;
  const WaitingPlaces::Place waiting(services_.waiting);
  require(waiting);
  room_.wait(has_entry, patience);
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
    const Fields parameters = parameters_of(request);
    facets.client_id = client_of_request(*tenant_, request, parameters, place.rest);
    facets.account = account_of_request(*tenant_, request, parameters);
  }
  return facets;
}

ServerResponse TenantServer::serve(const Place& place, const ServerRequest& request, Exchange& exchange) {
  if (place.endpoint == kPreflight) return preflight_answer(request);
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

// A delay by the clock begins within the lock, so that no move of the clock comes between.
std::optional<Fault> TenantServer::meet_fault(const Place& place, const ServerRequest& request,
                                              std::optional<VirtualDelay>& delay) {
  // The browser asks, not the application: what was planned for that stays for it.
  if (place.endpoint == kPreflight) return std::nullopt;
  const std::lock_guard lock(mutex_);
  if (tenant_->faults.all().empty()) return std::nullopt;
  const Timestamp now = tenant_->clock.now();
  auto fault = tenant_->faults.take(facets_of(place, request), now);
  if (fault && fault->latency_is_virtual) delay.emplace(room_, now + fault->latency);
  return fault;
}

void TenantServer::require(const WaitingPlaces::Place& place) const {
  if (place) return;
  throw Error(ErrorCode::Unavailable,
              std::to_string(services_.waiting.most()) + " requests wait already, and no more may",
              "faults, login scripts, ?wait= and expectations hold them: end those, or ask again later");
}

void TenantServer::wait_out(const Fault& fault, std::optional<VirtualDelay>& delay) {
  const bool hangs = fault.action == Fault::Action::Hang;
  if (!delay && !hangs && fault.latency.count() == 0) return;
  const WaitingPlaces::Place waiting(services_.waiting);
  require(waiting);
  if (delay) delay->wait(options_.clock, kMaxFaultDelay);
  if (!delay) services_.pause(fault.latency);
  if (hangs) services_.pause(fault.hang_for);
}

// Until the time of what a login script holds back has come.
void TenantServer::wait_until_later(const Exchange& exchange, std::unique_lock<YieldingMutex>& lock,
                                    std::optional<VirtualDelay>& delay) {
  const WaitingPlaces::Place waiting(services_.waiting);
  require(waiting);
  delay.emplace(room_, tenant_->clock.now() + exchange.later);
  lock.unlock();
  delay->wait(options_.clock, kMaxFaultDelay);
}

// Finds another tenant when it was reset in between.
ServerResponse TenantServer::serve_later(Exchange& exchange, std::unique_lock<YieldingMutex>& lock,
                                         std::optional<VirtualDelay>& delay) {
  const auto answer = std::exchange(exchange.answer_later, nullptr);
  if (const auto work = std::exchange(exchange.work, nullptr)) {
    lock.unlock();
    work();
  } else {
    wait_until_later(exchange, lock, delay);
  }
  lock.lock();
  return answer(*tenant_, exchange);
}

ServerResponse TenantServer::serve_with_faults(const Place& place, const ServerRequest& request,
                                               Exchange& exchange) {
  std::optional<VirtualDelay> delay;
  const std::optional<Fault> fault = meet_fault(place, request, delay);
  if (fault) exchange.entry.fault = fault->id;
  std::optional<VirtualDelay> later;
  std::unique_lock lock(mutex_, std::defer_lock);
  ServerResponse response = guarded([&] {
    if (fault) wait_out(*fault, delay);
    lock.lock();
    ServerResponse answer = fault && !fault->runs_handler() ? serve_fault(place, *fault, exchange)
                                                            : serve(place, request, exchange);
    return exchange.answer_later ? serve_later(exchange, lock, later) : std::move(answer);
  });
  if (!lock) lock.lock();  // nobody more may wait
  const Timestamp now = tenant_->clock.now();
  if (fault && fault->runs_handler() && !spoil(*fault, now, member_names(place), response)) {
    tenant_->faults.give_back(fault->id);
    exchange.entry.fault.clear();
  }
  exchange.entry.at = now;
  exchange.entry.status = response.sabotage == Sabotage::ResetBeforeAnswer ? 0 : response.status;
  exchange.entry.answer_headers = harmless_headers(response.headers);
  tenant_->journal.add(exchange, response.body, services_.marks);
  room_.changed();
  return response;
}

}  // namespace coffer::mock
