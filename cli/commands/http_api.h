#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "cli/commands/endpoint.h"
#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/http.h"

namespace coffer::cli {

inline constexpr const char* kApi = "/api/v3";

// The daemon's HTTP API. Answers that tell of an error are thrown as the Error that they
// describe; a daemon that does not answer is Unavailable.
class HttpApi {
 public:
  explicit HttpApi(Endpoint endpoint);

  const std::string& url() const { return endpoint_.url; }

  nlohmann::json get(const std::string& path, const Fields& query = {});
  nlohmann::json post(const std::string& path, const nlohmann::json& body);
  nlohmann::json remove(const std::string& path);
  // Every item of a list, page by page, up to 10,000.
  std::vector<nlohmann::json> get_all(const std::string& path, Fields query = {});

 private:
  nlohmann::json send(const std::string& method, const std::string& path, std::string body);

  Endpoint endpoint_;
  std::unique_ptr<HttpClient> http_;
};

// "/api/v3/connected_accounts/ca_1": the last part is encoded.
std::string api_path(const std::string& collection, const std::string& id);

// Throws Unsupported, naming the way to have them, where the daemon has no clock to move.
void require_test_controls(HttpApi& api);

// For calls that need an ACTIVE account: a refusal because of its state becomes NeedsConnection,
// with the daemon's hint, which names the way to reconnect. Throws other errors as they are.
[[noreturn]] void throw_refusal(const Error& refusal);

// A text member of an answer; empty if it is absent, null or something else.
std::string text_of(const nlohmann::json& object, const std::string& name);

}  // namespace coffer::cli
