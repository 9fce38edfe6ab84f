#include <nlohmann/json.hpp>

#include "vault/api/admin/admin.h"
#include "vault/base/error.h"
#include "vault/base/json.h"

namespace coffer::api {
namespace {

ServerResponse readiness(Engine& engine) {
  Json reasons = Json::array();
  try {
    engine.database().read();
    if (std::string fault = engine.database().write_fault(); !fault.empty())
      reasons.push_back(std::move(fault));
  } catch (const Error& error) {
    reasons.push_back(error.what());
  }
  const bool is_ready = reasons.empty();
  return ServerResponse::json(is_ready ? 200 : 503, dump_json({{"ready", is_ready}, {"reasons", reasons}}));
}

}  // namespace

void add_health_routes(Router& router, Engine& engine) {
  router.add("GET", "/livez",
             [](const ServerRequest&) { return ServerResponse::json(200, R"({"alive":true})"); });
  router.add("GET", "/readyz", [&engine](const ServerRequest&) { return readiness(engine); });
}

}  // namespace coffer::api
