#include "tests/support/local_daemon.h"

#include <stdexcept>

#include "vault/engine/time_travel.h"

namespace coffer::testing {
namespace {

std::map<std::string, ClientCredentials> clients_of(const mock::MockProvider& mock, const Catalog& catalog) {
  std::map<std::string, ClientCredentials> clients;
  for (const Toolkit& toolkit : catalog.toolkits()) {
    const AuthMode* mode = toolkit.find_auth(AuthScheme::OAuth2);
    if (mode == nullptr) continue;
    const mock::MockClient client = mock.managed_client(mode->provider);
    clients.emplace(toolkit.slug, ClientCredentials{client.client_id, Secret(client.client_secret)});
  }
  return clients;
}

}  // namespace

LocalDaemon::LocalDaemon(const std::string& tenant, std::vector<std::filesystem::path> toolkits)
    : log_(make_callback_log([this](std::string_view line) {
        const std::lock_guard lock(log_mutex_);
        log_text_.append(line).append("\n");
      })),
      toolkits_(std::move(toolkits)),
      catalog_(Catalog::load({toolkits_, {}})) {
  mock::MockOptions options;
  options.clock = &clock_;
  options.catalog = &catalog_;
  options.travel = [this](Timestamp target) { travel_to(vault_->engine(), clock_, target); };
  mock_ = std::make_unique<mock::MockProvider>(options);
  mock_->start();
  mock_url_ = mock_->url();
  if (!tenant.empty()) {
    mock_call("POST", "/_mock/tenants/" + tenant, {{"now", to_rfc3339(clock_.now())}, {"freeze", true}});
    mock_url_ += "/t/" + tenant;
  }
  start();
  api_key_ = vault_->create_api_key("test", {"api", "tokens"});
}

LocalDaemon::~LocalDaemon() {
  stop();
}

void LocalDaemon::stop() {
  server_.reset();
  vault_.reset();
}

void LocalDaemon::start() {
  VaultOptions options;
  options.path = vault_directory() / "vault.db";
  options.key = RawKey{test_key()};
  options.is_temporary = true;
  options.mock_url = mock_url_;
  options.managed_clients = clients_of(*mock_, catalog_);
  options.toolkit_directories = toolkits_;
  options.clock = &clock_;
  options.http = http_.get();
  options.log = log_.get();
  vault_ = std::make_unique<Vault>(std::move(options));
  ServerOptions server_options;
  server_options.port = 0;
  server_options.movable_clock = &clock_;
  server_options.revoke_grant = [this](const Secret& token) { return mock_->revoke_grant_of(token); };
  server_ = std::make_unique<Server>(*vault_, server_options);
  server_->start();
}

ApiAnswer LocalDaemon::send(const std::string& method, const std::string& url, const Json& body) {
  HttpRequest request;
  request.method = method;
  request.url = url;
  request.headers = {{"x-api-key", std::string(api_key_.expose())}};
  if (!body.is_null()) {
    request.body = dump_json(body);
    request.headers.push_back({"Content-Type", "application/json"});
  }
  HttpResult result = http_->send(request);
  if (const auto* failure = std::get_if<HttpFailure>(&result))
    throw std::runtime_error(url + ": " + failure->detail);
  const auto& response = std::get<HttpResponse>(result);
  return {response.status, response.body.empty() ? Json() : parse_json(response.body, url)};
}

ApiAnswer LocalDaemon::call(const std::string& method, const std::string& path, const Json& body) {
  return send(method, url() + path, body);
}

ApiAnswer LocalDaemon::mock_call(const std::string& method, const std::string& path, const Json& body) {
  return send(method, mock_url_ + path, body);
}

void LocalDaemon::advance(const std::string& by) {
  const ApiAnswer answer = call("POST", "/_coffer/clock", {{"advance", by}});
  if (answer.status != 200) throw std::runtime_error("the clock did not move: " + dump_json(answer.body));
}

LocalDaemon::Link LocalDaemon::create_link(const std::string& user, const std::string& toolkit,
                                           const Json& more) {
  const ApiAnswer config = call("POST", "/api/v3/auth_configs", {{"toolkit", {{"slug", toolkit}}}});
  if (config.status != 201) throw std::runtime_error("no auth config: " + dump_json(config.body));
  Json body = {{"auth_config_id", config.body["auth_config"]["id"]}, {"user_id", user}};
  body.update(more);
  const ApiAnswer link = call("POST", "/api/v3/connected_accounts/link", body);
  if (link.status != 201) throw std::runtime_error("no link: " + dump_json(link.body));
  return {link.body["redirect_url"], link.body["connected_account_id"]};
}

std::string LocalDaemon::connect(const std::string& user, const std::string& toolkit,
                                 const std::string& email) {
  const Link link = create_link(user, toolkit);
  FormBrowser user_agent = browser();
  const BrowserPage end = user_agent.connect(link.url, email);
  if (status_of(link.account) != "ACTIVE")
    throw std::runtime_error("not connected: " + end.html + "\n" + log_text());
  return link.account;
}

std::string LocalDaemon::status_of(const std::string& account) {
  const ApiAnswer answer = call("GET", "/api/v3/connected_accounts/" + account);
  return answer.status == 200 ? answer.body["status"].get<std::string>() : "absent";
}

ApiAnswer LocalDaemon::execute(const std::string& user, const std::string& tool, const Json& arguments) {
  return call("POST", "/api/v3/tools/execute/" + tool, {{"user_id", user}, {"arguments", arguments}});
}

std::string LocalDaemon::log_text() {
  const std::lock_guard lock(log_mutex_);
  return log_text_;
}

WebhookReceiver::WebhookReceiver() {
  const auto receive = [this](ServerRequest& request) {
    const std::lock_guard lock(mutex_);
    const std::string attempt(request.header("x-composio-delivery-attempt"));
    deliveries_.push_back({std::string(request.header("webhook-id")),
                           std::string(request.header("webhook-timestamp")),
                           std::string(request.header("webhook-signature")), request.body,
                           attempt.empty() ? 0 : std::stoi(attempt)});
    return ServerResponse::json(status_, "{}");
  };
  const auto on_error = [](const ServerRequest&, const std::exception&) {
    return ServerResponse::json(500, "{}");
  };
  server_ = std::make_unique<HttpServer>(BindAddress{}, receive, on_error, random_, null_log());
  server_->start();
}

WebhookReceiver::~WebhookReceiver() {
  server_->stop();
}

std::vector<WebhookReceiver::Delivery> WebhookReceiver::deliveries() {
  const std::lock_guard lock(mutex_);
  return deliveries_;
}

void WebhookReceiver::answer_with(int status) {
  const std::lock_guard lock(mutex_);
  status_ = status;
}

}  // namespace coffer::testing
