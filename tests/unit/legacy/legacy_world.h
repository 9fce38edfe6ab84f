#pragma once

#include <string>
#include <vector>

#include "tests/unit/api/api_world.h"

namespace coffer::api::testing {

// The dialect of the first SDKs over the same vault, on paths as the JavaScript SDK sends them.
class LegacyWorld : public ApiWorld {
 public:
  using ApiWorld::ApiWorld;

  Answer call(const std::string& method, const std::string& path, const Json& body = nullptr,
              const std::string& source = "js_sdk");
  // POST /v2/connectedAccounts/initiateConnection as the JavaScript SDK words it.
  Answer initiate(const std::string& app, const std::string& entity, const Json& data = Json::object());
  // An ACTIVE account of tavily by the key in `initiateData`; its id.
  std::string keyed_account(const std::string& entity);
};

// The flat error: contract section 4. `name` is what SDKs show.
void require_flat_error(const Answer& answer, int status, const std::string& name,
                        const std::string& fragment);

}  // namespace coffer::api::testing
