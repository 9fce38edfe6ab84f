#include "vault/api/v3/project_config.h"

#include <nlohmann/json.hpp>

#include "vault/base/json.h"
#include "vault/store/document_store.h"

namespace coffer::api::v3 {
namespace {

constexpr std::string_view kSettingKind = "setting";
constexpr std::string_view kId = "project";

Json default_config() {
  return {{"is_2FA_enabled", false},
          {"mask_secret_keys_in_connected_account", true},
          {"log_visibility_setting", "dont_store_data"},
          {"require_mcp_api_key", true},
          {"refuse_managed_oauth_create", false},
          {"logo_url", ""},
          {"display_name", ""}};
}

}  // namespace

Json stored_project_config(Transaction& tx) {
  Json config = default_config();
  if (const auto found = document_store::find(tx, kSettingKind, kId)) {
    config.update(parse_json(found->text, "stored project config"));
  }
  return config;
}

void store_project_config(WriteTransaction& tx, const Json& config, Timestamp now) {
  document_store::put(tx, {std::string(kSettingKind), std::string(kId), dump_json(config), now, now});
}

std::string application_name(Transaction& tx) {
  return stored_project_config(tx).at("display_name").get<std::string>();
}

bool refuses_managed_create(Transaction& tx) {
  return stored_project_config(tx).at("refuse_managed_oauth_create").get<bool>();
}

}  // namespace coffer::api::v3
