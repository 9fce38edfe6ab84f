#pragma once

#include <initializer_list>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "mockprovider/tenant.h"

namespace coffer::mock {

// One request to the controls.
struct ControlCall {
  Tenant& tenant;
  const ServerRequest& request;
  const nlohmann::json& body;
  std::string id;  // what follows the name in the path

  std::string query(std::string_view name) const { return std::string(request.query_value(name)); }
  // Throws InvalidArgument for a parameter that is not one of these.
  void allow_only(std::initializer_list<std::string_view> names) const;
};

nlohmann::json client_json(const Client& client);

// Throws NotFound unless it is empty or the id of a provider.
void check_provider(const Tenant& tenant, const std::string& id);
// The address as the account has it, in whatever case it was typed. Throws NotFound.
std::string account_named(const Tenant& tenant, const std::string& email);

// The controls, each one method on one path (docs/mock-provider.md). They throw InvalidArgument
// and NotFound.
nlohmann::json list_providers(const ControlCall& call);
nlohmann::json list_grants(const ControlCall& call);
nlohmann::json change_grants(const ControlCall& call);
nlohmann::json drop_scope(const ControlCall& call);
nlohmann::json list_quotas(const ControlCall& call);
nlohmann::json set_quota(const ControlCall& call);
nlohmann::json clear_quotas(const ControlCall& call);
nlohmann::json change_client(const ControlCall& call);
nlohmann::json lock_account(const ControlCall& call);
nlohmann::json list_scripts(const ControlCall& call);
nlohmann::json add_script(const ControlCall& call);
nlohmann::json clear_scripts(const ControlCall& call);
nlohmann::json show_keys(const ControlCall& call);
nlohmann::json rotate_keys(const ControlCall& call);
nlohmann::json rotate_signing_keys(const ControlCall& call);
nlohmann::json list_clients(const ControlCall& call);
nlohmann::json add_client(const ControlCall& call);
nlohmann::json list_accounts(const ControlCall& call);
nlohmann::json add_account(const ControlCall& call);

}  // namespace coffer::mock
