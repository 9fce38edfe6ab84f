#include "vault/vault.h"

#include <atomic>
#include <nlohmann/json.hpp>

#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/base/text.h"
#include "vault/engine/engine.h"
#include "vault/net/http_client.h"
#include "vault/store/api_key_store.h"
#include "vault/store/connection_store.h"
#include "vault/store/outbox.h"

namespace coffer {
namespace {

std::string_view query_of(std::string_view url) {
  const std::size_t mark = url.find('?');
  if (mark != std::string_view::npos) url.remove_prefix(mark + 1);
  return url.substr(0, url.find('#'));
}

}  // namespace

struct Vault::Impl {
  explicit Impl(VaultOptions options)
      : http(options.http == nullptr ? make_http_client({}, &is_cut_off) : nullptr),
        engine({options.clock != nullptr ? *options.clock : clock,
                options.random != nullptr ? *options.random : random,
                options.http != nullptr ? *options.http : *http,
                options.log != nullptr ? *options.log : null_log()},
               {.location = {.path = std::move(options.path),
                             .key = std::move(options.key),
                             .create_if_missing = options.create_if_missing,
                             .is_temporary = options.is_temporary},
                .catalog = {std::move(options.toolkit_directories), std::move(options.mock_url)},
                .managed_clients = std::move(options.managed_clients),
                .public_url = std::move(options.public_url)}) {}

  AuthConfigId auth_config_of(const AuthorizeOptions& options) {
    return options.auth_config ? *options.auth_config : engine.managed_auth_config(options.toolkit).id;
  }

  ConnectRequest connect_request(const AuthorizeOptions& options) {
    return {.user = options.user,
            .auth_config = auth_config_of(options),
            .callback_url = {},
            .alias = options.alias,
            .reconnect = options.reconnect,
            .fields = {}};
  }

  SystemClock clock;
  SystemRandom random;
  std::atomic<bool> is_cut_off{false};
  std::unique_ptr<HttpClient> http;
  Engine engine;
};

Vault::Vault(VaultOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Vault::~Vault() = default;
Vault::Vault(Vault&&) noexcept = default;

Authorization Vault::authorize(const AuthorizeOptions& options) {
  Connector& connector = impl_->engine.connector();
  const ConnectLink link = connector.authorize(impl_->connect_request(options));
  BrowserStep step = connector.begin(link.token.expose(), {}, {});
  return {link.connection.id, std::move(step.location), std::move(step.browser)};
}

Connection Vault::complete(const Authorization& authorization, const std::string& redirect_url) {
  const auto answer = parse_form(query_of(redirect_url));
  if (!answer) throw Error(ErrorCode::InvalidArgument, "the redirect URL holds a broken escape");
  Engine& engine = impl_->engine;
  const auto before = connection_store::find(*engine.database().read(), authorization.connection);
  if (!before) connection_store::throw_absent(authorization.connection);
  const BrowserStep step =
      engine.connector().complete(before->auth_config, *answer, authorization.browser.expose());
  if (step.kind != BrowserStep::Kind::Connected) {
    throw Error(ErrorCode::WrongState,
                in_quotes(authorization.connection.str()) + " was not connected: " + step.problem,
                "start again with authorize()");
  }
  return step.connection;
}

Connection Vault::import(const AuthorizeOptions& options, Credential credential) {
  return impl_->engine.connector().import(impl_->connect_request(options), std::move(credential));
}

Connection Vault::connection(const UserId& user, const ConnectionId& id) {
  auto found = connection_store::find(*impl_->engine.database().read(), id);
  if (!found || found->user != user) connection_store::throw_absent(id);
  return std::move(*found);
}

std::vector<Connection> Vault::connections(const UserId& user) {
  connection_store::Query query;
  query.users = {user};
  query.page.limit = 1000;
  return connection_store::list(*impl_->engine.database().read(), query).items;
}

Connection Vault::wait_until_active(const ConnectionId& id, Duration timeout) {
  constexpr Duration kPollInterval = std::chrono::milliseconds(50);
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (true) {
    auto found = connection_store::find(*impl_->engine.database().read(), id);
    if (!found) connection_store::throw_absent(id);
    if (found->status == ConnectionStatus::Active) return std::move(*found);
    if (found->status != ConnectionStatus::Initiated && found->status != ConnectionStatus::Initializing) {
      throw Error(
          ErrorCode::WrongState,
          in_quotes(id.str()) + " is " + std::string(to_string(found->status)) + ": " + found->status_reason);
    }
    if (std::chrono::steady_clock::now() >= deadline) {
      throw Error(ErrorCode::Timeout, in_quotes(id.str()) + " is not ACTIVE yet",
                  "the user has to finish the link");
    }
    impl_->engine.wait_for_change(kPollInterval);
  }
}

ToolOutcome Vault::execute(const UserId& user, const std::string& tool, const std::string& arguments_json) {
  ToolCall call;
  call.tool = tool;
  call.arguments = parse_json(arguments_json, "arguments");
  call.user = user;
  const ToolResult result = impl_->engine.executor().execute(call);
  return {result.successful, dump_json(result.data), result.error, result.log_id};
}

Credential Vault::lease(const UserId& user, const ConnectionId& id) {
  connection(user, id);
  return impl_->engine.lease(id).credential;
}

std::vector<Event> Vault::events(std::int64_t limit) {
  return outbox::events(*impl_->engine.database().read(),
                        {.connection = std::nullopt, .type = {}, .limit = limit});
}

Secret Vault::create_api_key(const std::string& name, const std::vector<std::string>& scopes) {
  const Env& env = impl_->engine.env();
  Secret key = random_secret(env.random, "cfr_");
  const auto tx = impl_->engine.database().write();
  api_key_store::insert(*tx, key, {name, scopes}, env.clock.now());
  tx->commit();
  return key;
}

void Vault::start() {
  impl_->engine.start();
}
void Vault::stop() {
  impl_->engine.stop();
}
std::optional<Timestamp> Vault::run_due() {
  return impl_->engine.run_due();
}
void Vault::cut_requests_off(bool is_cut_off) {
  impl_->is_cut_off = is_cut_off;
}

Engine& Vault::engine() {
  return impl_->engine;
}

}  // namespace coffer
