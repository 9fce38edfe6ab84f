#include "vault/api/api.h"

#include <chrono>
#include <nlohmann/json.hpp>
#include <typeinfo>

#include "vault/api/admin/admin.h"
#include "vault/api/legacy/legacy.h"
#include "vault/api/mcp/mcp.h"
#include "vault/api/pages/pages.h"
#include "vault/api/v3/v3.h"
#include "vault/api/wire/dialect.h"
#include "vault/api/wire/envelope.h"
#include "vault/api/wire/guard.h"
#include "vault/api/wire/openapi.h"
#include "vault/base/json.h"
#include "vault/base/text.h"

namespace coffer {
namespace {

// Paths carry no secret but the link token: what follows /link/ stays out of the log.
std::string loggable_path(const ServerRequest& request) {
  return request.path.starts_with("/link/") ? "/link/..." : request.path;
}

// In the words of the dialect that the path belongs to.
ServerResponse error_answer(const ServerRequest& request, const Error& error) {
  return api::is_legacy_path(request.path) ? api::legacy_error(request, error)
                                           : api::error_response(request, error);
}

ErrorCode code_of_refusal(int status) {
  switch (status) {
    case 408:
      return ErrorCode::Timeout;
    case 413:
    case 431:
      return ErrorCode::TooLarge;
    case 501:
    case 505:
      return ErrorCode::Unsupported;
    case 503:
      return ErrorCode::Unavailable;
    default:
      return ErrorCode::InvalidArgument;
  }
}

// The first SDKs know no 405.
ServerResponse no_route(const ServerRequest& request, const std::string& allowed) {
  const std::string hint = "GET /openapi.json lists what there is";
  if (allowed.empty() || api::is_legacy_path(request.path)) {
    const std::string route = request.method + " " + clipped(request.path);
    return error_answer(request, Error(ErrorCode::NotFound, "no route " + route, hint));
  }
  const std::string fact = clipped(request.path) + " takes " + allowed + ", not " + request.method;
  return api::error_response_with_status(request, Error(ErrorCode::InvalidArgument, fact, hint), 405);
}

class Front {
 public:
  Front(Engine& engine, const ApiOptions& options) : engine_(engine), guard_(engine) {
    api::add_health_routes(router_, engine);
    api::add_page_routes(router_, engine);
    api::add_v3_routes(router_, engine, guard_);
    api::add_legacy_routes(router_, engine, guard_);
    api::add_mcp_routes(router_, engine, guard_);
    api::add_admin_routes(router_, engine, guard_);
    if (options.movable_clock != nullptr) {
      api::add_test_control_routes(router_, engine, guard_, {*options.movable_clock, options.revoke_grant});
    }
    add_description();
    router_.set_fallback(no_route);
  }

  ServerResponse handle(ServerRequest& request) {
    const auto started = std::chrono::steady_clock::now();
    ServerResponse response = answer(request);
    const auto took = std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - started);
    engine_.env().log.info("http", {{"request_id", request.request_id},
                                    {"method", request.method},
                                    {"path", loggable_path(request)},
                                    {"status", std::to_string(response.status)},
                                    {"duration_ms", std::to_string(took.count())}});
    return response;
  }

 private:
  // Made of the routes that are there, so that none can be missing; no secret, so no key.
  void add_description() {
    router_.add("GET", "/openapi.json", [this](const ServerRequest&) {
      const std::vector<api::DescribedRoutes> tables = {{"/api/v3", api::v3_routes(), api::v3_answers()},
                                                        {"/api/v3.1", api::v3_routes(), api::v3_answers()},
                                                        {"/api", api::legacy_routes(), api::legacy_answers()},
                                                        {"", api::legacy_routes(), api::legacy_answers()},
                                                        {"", api::mcp_routes(), api::mcp_answers()}};
      const Json document = api::openapi_document(router_.routes(), tables, engine_.public_url());
      return ServerResponse::json(200, dump_json(document));
    });
  }

  ServerResponse answer_sender(ServerRequest& request) {
    try {
      guard_.check_origin(request);
    } catch (const Error&) {
      if (!api::is_link_form(request)) throw;
      return api::foreign_form_page(engine_.public_url());
    }
    return router_.handle(request);
  }

  ServerResponse answer(ServerRequest& request) {
    try {
      guard_.check_host(request);
      return answer_sender(request);
    } catch (const Error& error) {
      return error_answer(request, error);
    } catch (const std::exception& error) {  // its text may quote a credential: only the type is logged
      engine_.env().log.error("http.unexpected",
                              {{"request_id", request.request_id}, {"type", typeid(error).name()}});
      return error_answer(request, api::internal_error(request));
    }
  }

  Engine& engine_;
  api::Guard guard_;
  Router router_;
};

}  // namespace

ServerHandler make_api(Engine& engine, const ApiOptions& options) {
  auto front = std::make_shared<Front>(engine, options);
  return [front](ServerRequest& request) { return front->handle(request); };
}

ServerResponse refusal_answer(const ServerRequest& request, const Refusal& refusal) {
  const Error error(code_of_refusal(refusal.status), std::string(refusal.fact));
  return api::is_legacy_path(request.path) ? api::legacy_error(request, error)
                                           : api::error_response_with_status(request, error, refusal.status);
}

}  // namespace coffer
