#include "vault/connect/blueprint.h"

#include "vault/base/error.h"
#include "vault/base/text.h"

namespace coffer {

Blueprint load_blueprint(Transaction& tx, const Catalog& catalog, const AuthConfigId& id) {
  auto config = auth_config_store::find(tx, id);
  if (!config) throw Error(ErrorCode::NotFound, "auth config " + in_quotes(id.str()) + " does not exist");
  Blueprint out{std::move(*config)};
  if (!out.config.shared_fields.empty()) out.shared = auth_config_store::open_shared_credentials(tx, id);
  out.toolkit = catalog.find_toolkit(out.config.toolkit);
  if (out.toolkit == nullptr) {
    throw Error(ErrorCode::Unsupported, "toolkit " + in_quotes(out.config.toolkit) + " is not in the catalog",
                "start the daemon with the --toolkit-dir that has it");
  }
  out.mode = out.toolkit->find_auth(out.config.scheme);
  if (out.mode == nullptr) {
    throw Error(ErrorCode::Unsupported, "toolkit " + in_quotes(out.config.toolkit) + " does not offer " +
                                            std::string(to_string(out.config.scheme)));
  }
  if (!out.mode->provider.empty()) {
    out.provider = catalog.find_provider(out.mode->provider);
    if (out.provider == nullptr) {
      throw Error(ErrorCode::Unsupported,
                  "provider " + in_quotes(out.mode->provider) + " is not in the catalog");
    }
  }
  return out;
}

void require_verifying_call(const Toolkit& toolkit) {
  if (toolkit.verify) return;
  throw Error(ErrorCode::InvalidArgument,
              "toolkit " + in_quotes(toolkit.slug) + " defines no call that verifies a credential",
              "leave \"validate_credentials\" out");
}

void require_enabled(const Blueprint& blueprint) {
  if (blueprint.config.is_enabled) return;
  throw Error(ErrorCode::WrongState, "auth config " + in_quotes(blueprint.config.id.str()) + " is disabled",
              "enable it, or use another auth config of this toolkit");
}

}  // namespace coffer
