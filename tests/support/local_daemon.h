#pragma once

#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "mockprovider/provider.h"
#include "tests/support/form_browser.h"
#include "tests/support/test_env.h"
#include "vault/base/json.h"
#include "vault/net/http_client.h"
#include "vault/net/http_server.h"
#include "vault/server.h"

namespace coffer::testing {

struct ApiAnswer {
  int status = 0;
  Json body;
};

// What `coffer dev` is, in this process: vault, HTTP front and mock provider on real sockets with
// free ports, and one clock, which stands still until a test moves it.
class LocalDaemon {
 public:
  // `tenant`: the vault lives at that tenant of the mock, whose clock stands still, too, and is
  // another one than the vault's. mock_call() goes there. `toolkits`: directories of more toolkits
  // and providers, as --toolkit-dir takes them.
  explicit LocalDaemon(const std::string& tenant = {}, std::vector<std::filesystem::path> toolkits = {});
  ~LocalDaemon();

  // Ends vault and front as a stop of the program does; start() opens the same files again.
  void stop();
  void start();

  ApiAnswer call(const std::string& method, const std::string& path, const Json& body = nullptr);
  // The same at the mock's control API.
  ApiAnswer mock_call(const std::string& method, const std::string& path, const Json& body = nullptr);
  void advance(const std::string& by);

  struct Link {
    std::string url;
    std::string account;  // ca_
  };
  Link create_link(const std::string& user, const std::string& toolkit, const Json& more = Json::object());
  // Link and consent; returns the ca_ id of the ACTIVE account.
  std::string connect(const std::string& user, const std::string& toolkit, const std::string& email);
  std::string status_of(const std::string& account);
  ApiAnswer execute(const std::string& user, const std::string& tool, const Json& arguments);

  mock::MockProvider& mock() { return *mock_; }
  Vault& vault() { return *vault_; }
  HttpClient& http() { return *http_; }
  std::string url() const { return server_->url(); }
  MovableClock& clock() { return clock_; }
  std::string log_text();
  const std::filesystem::path& directory() const { return directory_.path(); }
  std::filesystem::path vault_directory() const { return directory() / "vault"; }
  FormBrowser browser() { return FormBrowser(*http_); }

 private:
  ApiAnswer send(const std::string& method, const std::string& url, const Json& body);

  TempDir directory_;
  std::mutex log_mutex_;  // guards log_text_
  std::string log_text_;
  std::unique_ptr<Log> log_;
  std::vector<std::filesystem::path> toolkits_;
  Catalog catalog_;  // with those
  MovableClock clock_{SystemClock().now()};
  std::unique_ptr<HttpClient> http_ = make_http_client();
  std::unique_ptr<mock::MockProvider> mock_;
  std::string mock_url_;
  std::unique_ptr<Vault> vault_;
  std::unique_ptr<Server> server_;
  Secret api_key_;
};

// A webhook receiver that keeps what it was sent and answers 200 until told otherwise.
class WebhookReceiver {
 public:
  struct Delivery {
    std::string id, timestamp, signature, body;
    int attempt = 0;
  };

  WebhookReceiver();
  ~WebhookReceiver();

  std::string url() const { return server_->url() + "/hook"; }
  std::vector<Delivery> deliveries();
  void answer_with(int status);

 private:
  std::mutex mutex_;  // guards both
  std::vector<Delivery> deliveries_;
  int status_ = 200;
  SystemRandom random_;
  std::unique_ptr<HttpServer> server_;
};

}  // namespace coffer::testing
