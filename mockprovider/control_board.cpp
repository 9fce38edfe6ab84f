#include <nlohmann/json.hpp>

#include "mockprovider/control_calls.h"
#include "mockprovider/members.h"
#include "vault/base/error.h"
#include "vault/base/json.h"

namespace coffer::mock {
namespace {

Json quota_json(const Quota& quota) {
  Json json = {{"toolkit", quota.toolkit}, {"limit", quota.limit}, {"window_ms", quota.window.count()}};
  if (!quota.account.empty()) json["account"] = quota.account;
  return json;
}

}  // namespace

Json list_quotas(const ControlCall& call) {
  Json quotas = Json::array();
  for (const auto& quota : call.tenant.quotas.all()) quotas.push_back(quota_json(quota));
  return {{"quotas", quotas}};
}

Json set_quota(const ControlCall& call) {
  const Members body(call.body, "quota");
  body.allow_only({"toolkit", "account", "limit", "window"});
  Quota quota;
  quota.toolkit = body.text("toolkit");
  if (!call.tenant.catalog.find_toolkit(quota.toolkit)) body.fail("toolkit", "is no toolkit here");
  quota.account = body.text("account");
  if (!quota.account.empty()) quota.account = account_named(call.tenant, quota.account);
  quota.limit = body.number("limit", 1, 0, 1'000'000);
  quota.window = body.duration("window").value_or(quota.window);
  if (quota.window.count() == 0) body.fail("window", "is no time");
  Json json = quota_json(quota);
  call.tenant.quotas.set(std::move(quota));
  return json;
}

Json clear_quotas(const ControlCall& call) {
  call.tenant.quotas.clear();
  return list_quotas(call);
}

Json change_client(const ControlCall& call) {
  if (call.id != "rotate_secret") {
    throw Error(ErrorCode::NotFound, "a client's secret can be rotated", "POST /_mock/clients/rotate_secret");
  }
  const Members body(call.body, "client");
  body.allow_only({"provider", "client_id"});
  const Client* known = call.tenant.clients.find(body.text("provider"), body.text("client_id"));
  if (!known)
    throw Error(ErrorCode::NotFound, "client \"" + body.text("client_id") + "\" does not exist here");
  if (known->client_secret.empty()) body.fail("client_id", "is a public client without a secret");
  Client client = *known;
  client.client_secret = random_id(call.tenant.random, "mcs_", 24);
  call.tenant.clients.add(client);
  return client_json(client);
}

Json lock_account(const ControlCall& call) {
  if (call.id != "lock" && call.id != "unlock") {
    throw Error(ErrorCode::NotFound, "an account can be locked and unlocked", "POST /_mock/accounts/lock");
  }
  const Members body(call.body, "account");
  body.allow_only({"email"});
  call.tenant.accounts.set_locked(account_named(call.tenant, body.text("email")), call.id == "lock");
  return list_accounts(call);
}

}  // namespace coffer::mock
