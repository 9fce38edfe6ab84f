#include "cli/commands/links.h"

#include <nlohmann/json.hpp>

#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/base/text.h"

namespace coffer::cli {

namespace {

void require_of_toolkit(const Json& auth_config, const LinkRequest& request, const std::string& slug) {
  const std::string own = text_of(auth_config.value("toolkit", Json::object()), "slug");
  if (own == slug) return;
  throw Error(ErrorCode::InvalidArgument,
              "auth config " + in_quotes(request.auth_config) + " is of " + own + ", not of " + slug,
              "name the toolkit " + own + ", or an auth config of " + slug);
}

}  // namespace

std::string find_auth_config(HttpApi& api, const LinkRequest& request) {
  const Json toolkit = api.get(api_path("toolkits", request.toolkit));
  if (!request.auth_config.empty()) {
    require_of_toolkit(api.get(api_path("auth_configs", request.auth_config)), request,
                       text_of(toolkit, "slug"));
    return request.auth_config;
  }
  const Json found =
      api.get(std::string(kApi) + "/auth_configs",
              {{"toolkit_slug", request.toolkit}, {"is_composio_managed", "true"}, {"limit", "1"}});
  const Json items = found.value("items", Json::array());
  if (!items.empty()) return text_of(items.front(), "id");
  const Json made = api.post(
      std::string(kApi) + "/auth_configs",
      {{"toolkit", {{"slug", request.toolkit}}}, {"auth_config", {{"type", "use_composio_managed_auth"}}}});
  return text_of(made.at("auth_config"), "id");
}

Link make_link(HttpApi& api, const LinkRequest& request) {
  Json body = {{"auth_config_id", find_auth_config(api, request)}, {"user_id", request.user}};
  if (!request.alias.empty()) body["alias"] = request.alias;
  if (!request.callback_url.empty()) body["callback_url"] = request.callback_url;
  const Json answer = api.post(std::string(kApi) + "/connected_accounts/link", body);
  return {text_of(answer, "connected_account_id"), text_of(answer, "redirect_url")};
}

}  // namespace coffer::cli
