#include "mockprovider/tenants.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "mockprovider/control.h"
#include "mockprovider/members.h"
#include "vault/base/error.h"
#include "vault/base/json.h"

namespace coffer::mock {
namespace {

constexpr std::size_t kMaxTenants = 1'000;
constexpr std::size_t kMaxName = 64;

void check_name(const std::string& name) {
  const bool is_plain = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
  if (is_plain && !name.empty() && name.size() <= kMaxName) return;
  throw Error(ErrorCode::InvalidArgument, "tenant: name is not 1 to 64 letters, digits, - and _");
}

Error unknown_tenant(std::string_view name) {
  return {ErrorCode::NotFound, "tenant \"" + std::string(name) + "\" does not exist",
          "POST /_mock/tenants makes one"};
}

std::unique_ptr<MovableClock> make_clock(const Members& body, Timestamp now, double rate) {
  const std::string moment = body.text("now");
  const auto parsed = moment.empty() ? std::optional(now) : parse_rfc3339(moment);
  if (!parsed) body.fail("now", "is not a time such as 2026-11-22T12:00:00Z");
  auto clock = std::make_unique<MovableClock>(*parsed);
  clock->run_at(rate);
  return clock;
}

// The client that needs no registration, as `coffer mock --print-json` tells it.
void add_client(const Tenant& tenant, const std::string& provider, Json& answer) {
  const auto profile = tenant.profiles.find(provider);
  if (profile == tenant.profiles.end()) return;
  const Client& client = *tenant.clients.find(provider, managed_client(provider, tenant.seed).client_id);
  answer["issuer"] = tenant.issuer_of(profile->second);
  answer["client_id"] = client.client_id;
  answer["client_secret"] = client.client_secret;
}

Json tenant_json(const std::string& name, const Tenant& tenant) {
  return {{"name", name},
          {"url", tenant.url},
          {"control_url", tenant.url + "/_mock"},
          {"seed", tenant.seed},
          {"now", to_rfc3339(tenant.clock.now())}};
}

}  // namespace

Json Tenants::serve(const ServerRequest& request, const std::string& name) {
  if (served_method(request) == "GET" && name.empty()) return list();
  if (request.method == "POST") return create(control_body(request), name);
  if (request.method == "DELETE" && !name.empty()) return remove(name);
  throw Error(ErrorCode::NotFound,
              request.method + " " + request.path + " is no control of the mock provider",
              "POST /_mock/tenants or DELETE /_mock/tenants/{name}");
}

std::shared_ptr<TenantServer> Tenants::at(std::string_view name) const {
  const std::shared_lock lock(mutex_);
  const auto found = servers_.find(name);
  if (found == servers_.end()) throw unknown_tenant(name);
  return found->second;
}

void Tenants::close() {
  const std::shared_lock lock(mutex_);
  for (const auto& [name, server] : servers_) server->close();
}

Json Tenants::list() const {
  Json tenants = Json::array();
  const std::shared_lock lock(mutex_);
  for (const auto& [name, server] : servers_) {
    tenants.push_back(
        server->with_tenant([&, n = name](const Tenant& tenant) { return tenant_json(n, tenant); }));
  }
  return {{"tenants", tenants}};
}

std::string Tenants::unused_name() const {
  std::uint64_t number = counter_;
  std::string name;
  do {
    name = "t" + std::to_string(++number);
  } while (servers_.contains(name));
  return name;
}

Json Tenants::create(const Json& body, std::string name) {
  const Members members(body, "tenant");
  members.allow_only({"name", "seed", "now", "freeze", "rate", "provider"});
  if (name.empty()) name = members.text("name");
  const std::string provider = members.text("provider", "mockidp");
  if (members.find("provider") && !options_.profiles.contains(provider))
    members.fail("provider", "is no provider here: " + provider);
  if (!name.empty()) check_name(name);
  const auto seed = static_cast<std::uint64_t>(members.number("seed", 1, 0, std::numeric_limits<int>::max()));
  const double rate = members.flag("freeze") ? 0 : members.number("rate", 1, 0, 1'000'000);
  auto clock = make_clock(members, options_.clock.now(), rate);
  MovableClock& now = *clock;
  const std::unique_lock lock(mutex_);
  if (servers_.size() >= kMaxTenants) {
    throw Error(ErrorCode::TooLarge, "1000 tenants exist", "DELETE /_mock/tenants/{name} ends one");
  }
  if (servers_.contains(name)) throw Error(ErrorCode::Conflict, "tenant \"" + name + "\" exists already");
  if (name.empty()) {
    name = unused_name();
    ++counter_;
  }
  auto server = std::make_shared<TenantServer>(
      TenantOptions{url_of(name), now, options_.catalog, options_.profiles, seed, {}, name}, services_,
      std::move(clock), rate);
  servers_.emplace(name, server);
  return server->with_tenant([&](const Tenant& tenant) {
    Json answer = tenant_json(name, tenant);
    add_client(tenant, provider, answer);
    return answer;
  });
}

Json Tenants::remove(const std::string& name) {
  std::shared_ptr<TenantServer> last;  // ends outside the lock
  const std::unique_lock lock(mutex_);
  const auto found = servers_.find(name);
  if (found == servers_.end()) throw unknown_tenant(name);
  last = std::move(found->second);
  servers_.erase(found);
  last->close();
  return {{"deleted", name}};
}

}  // namespace coffer::mock
