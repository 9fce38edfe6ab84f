#include "mockprovider/grant_types.h"

namespace coffer::mock {

GrantOutcome grant_by_device_code(const TokenRequest& request) {
  const std::string device_code = request.text("device_code");
  if (device_code.empty()) return Refusal{"invalid_request", "device_code is missing"};
  auto polled = request.tenant.devices.poll(device_code, request.profile.id(), request.client.client_id);
  if (auto* refusal = std::get_if<Refusal>(&polled)) return std::move(*refusal);
  return request.tenant.grants.begin(std::get<Consent>(polled), "device_code", request.policy);
}

}  // namespace coffer::mock
