#include "tests/unit/connect/connect_fixture.h"

namespace coffer::testing {
namespace {

constexpr const char* kAcmeId = R"({
  "format": 1, "id": "acmeid", "name": "Acme ID", "issuer": "https://id.acme.example",
  "authorization_url": "https://id.acme.example/authorize", "token_url": "https://id.acme.example/token",
  "revoke_url": "https://id.acme.example/revoke", "pkce": "required", "token_auth": "body", "body_format": "form",
  "rotation": "strict", "mock_path": "/mock/acmeid"
})";

constexpr const char* kStrictId = R"({
  "format": 1, "id": "strictid", "name": "Strict ID", "issuer": "https://strict.example", "iss_in_response": true,
  "authorization_url": "https://strict.example/authorize", "token_url": "https://strict.example/token",
  "pkce": "required", "token_auth": "basic", "body_format": "form", "rotation": "none", "mock_path": "/mock/strictid"
})";

std::string toolkit(const std::string& slug, const std::string& name, const std::string& rest) {
  return R"({"format": 1, "slug": ")" + slug + R"(", "name": ")" + name +
         R"(", "description": "Made up.", "version": "20261101_00", "categories": ["testing"], )" + rest +
         R"(, "tools": [{"slug": ")" + to_upper(slug) +
         R"(_GET", "name": "Get", "description": "Gets.", "tags": ["readOnlyHint"], "input": {"type": "object", "properties": {}},
           "output": {"type": "object"}, "request": {"method": "GET", "path": "/thing"}, "mock": {"reply": {}}}]})";
}

const std::string kAcme = toolkit("acme", "Acme", R"(
  "base_url": "https://api.acme.example", "mock_path": "/mock/acmeid/acme",
  "auth": [{"scheme": "OAUTH2", "provider": "acmeid", "scopes": ["read", "write"],
            "headers": {"Authorization": "Bearer {{access_token}}"}}],
  "verify": {"request": {"method": "GET", "path": "/me"}, "identity": "/email"})");

const std::string kTenant = toolkit("tenant", "Tenant", R"(
  "base_url": "https://{{subdomain}}.tenant.example", "api_root": "https://api.tenant.example",
  "mock_path": "/mock/strictid/tenant",
  "auth": [{"scheme": "OAUTH2", "provider": "strictid", "scopes": ["all"],
            "fields": [{"name": "subdomain", "display_name": "Subdomain", "description": "Of your site.",
                        "example": "example", "pattern": "[a-z][a-z0-9-]*"}],
            "headers": {"Authorization": "Bearer {{access_token}}"}}],
  "discover": [{"field": "cloud_id", "request": {"method": "GET", "path": "/resources"}, "pointer": "/0/id"}])");

const std::string kKeyco = toolkit("keyco", "Keyco", R"(
  "base_url": "https://api.keyco.example", "mock_path": "/mock/api/keyco",
  "auth": [{"scheme": "API_KEY",
            "fields": [{"name": "generic_api_key", "display_name": "API key", "description": "From the dashboard.",
                        "example": "key-123", "pattern": "key-.*", "secret": true}],
            "headers": {"Authorization": "Bearer {{api_key}}"}}],
  "verify": {"request": {"method": "GET", "path": "/me"}, "identity": "/account"},
  "errors": [{"pointer": "/error", "equals": ["dead_key"], "means": "credential"}])");

const std::string kOpenco = toolkit("openco", "Openco", R"(
  "base_url": "https://api.openco.example", "mock_path": "/mock/api/openco",
  "auth": [{"scheme": "API_KEY",
            "fields": [{"name": "generic_api_key", "display_name": "API key", "description": "Any.", "secret": true}],
            "headers": {"Authorization": "Bearer {{api_key}}"}}])");

const std::string kDeskco = toolkit("deskco", "Deskco", R"(
  "base_url": "https://{{subdomain}}.deskco.example", "mock_path": "/mock/api/deskco",
  "auth": [{"scheme": "BASIC",
            "fields": [{"name": "subdomain", "display_name": "Subdomain", "description": "Of your desk.",
                        "pattern": "[a-z]+"},
                       {"name": "username", "display_name": "Email", "description": "Yours."},
                       {"name": "password", "display_name": "API token", "description": "Yours.", "secret": true}],
            "headers": {"Authorization": "Basic {{basic(username, password)}}"}}])");

const std::string kHookco = toolkit("hookco", "Hookco", R"(
  "base_url": "https://api.hookco.example", "mock_path": "/mock/api/hookco",
  "auth": [{"scheme": "BEARER_TOKEN",
            "fields": [{"name": "token", "display_name": "Token", "description": "Any.", "secret": true}],
            "headers": {"Authorization": "Bearer {{token}}"}}])");

const std::string kAppco = toolkit("appco", "Appco", R"(
  "base_url": "https://{{region}}.appco.example", "mock_path": "/mock/api/appco",
  "auth": [{"scheme": "SERVICE_ACCOUNT",
            "fields": [{"name": "region", "display_name": "Region", "description": "Of your app.", "pattern": "[a-z]+"}],
            "headers": {"X-App": "{{application_id}}", "X-Key": "{{b64(private_key)}}"}}],
  "verify": {"request": {"method": "GET", "path": "/me"}, "identity": "/app"})");

void write_file(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path) << text;
}

// A stand-in for the executor's rules, so that the tests see what was sent.
struct Reveal {
  std::string operator()(const std::monostate&) const { return "none"; }
  std::string operator()(const TokenSet& c) const { return std::string(c.access_token.expose()); }
  std::string operator()(const ApiKeyCredential& c) const { return std::string(c.key.expose()); }
  std::string operator()(const BearerCredential& c) const { return std::string(c.token.expose()); }
  std::string operator()(const BasicCredential& c) const {
    return c.username + ":" + std::string(c.password.expose());
  }
  std::string operator()(const FieldsCredential& c) const {
    std::string all;
    for (const auto& [name, value] : c.names) all += name + "=" + value + ";";
    for (const auto& [name, secret] : c.secrets) all += name + "=" + to_hex(as_bytes(secret.expose())) + ";";
    return all;
  }
};

void apply(HttpRequest& request, const AuthMode&, const Credential& credential) {
  request.headers.push_back({"Authorization", std::visit(Reveal{}, credential)});
}

Catalog load_catalog(const std::filesystem::path& directory) {
  write_toolkits(directory);
  return Catalog::load({.directories = {directory}, .mock_url = {}});
}

void insert_config(WriteTransaction& tx, const std::string& toolkit, AuthScheme scheme) {
  AuthConfig config;
  config.id = ConnectFixture::config_of(toolkit);
  config.toolkit = toolkit;
  config.name = toolkit;
  config.scheme = scheme;
  config.created_at = config.updated_at = from_ms(kStartMs);
  if (scheme == AuthScheme::OAuth2) config.client_id = "client-1";
  auth_config_store::insert(tx, config, Secret(scheme == AuthScheme::OAuth2 ? "client-secret-1" : ""));
}

}  // namespace

void write_toolkits(const std::filesystem::path& directory) {
  write_file(directory / "providers/acmeid.json", kAcmeId);
  write_file(directory / "providers/strictid.json", kStrictId);
  write_file(directory / "toolkits/acme.json", kAcme);
  write_file(directory / "toolkits/tenant.json", kTenant);
  write_file(directory / "toolkits/keyco.json", kKeyco);
  write_file(directory / "toolkits/openco.json", kOpenco);
  write_file(directory / "toolkits/deskco.json", kDeskco);
  write_file(directory / "toolkits/hookco.json", kHookco);
  write_file(directory / "toolkits/appco.json", kAppco);
}

ConnectFixture::ConnectFixture()
    : catalog(load_catalog(directory.path() / "catalog")),
      database(Database::open({directory.path() / "vault" / "vault.db", RawKey{test_key()}, true}, env.random,
                              *env.log)),
      connector(env.env(), *database, catalog,
                {.public_url = [this] { return public_url; },
                 .on_connected = [this] { ++connected_calls; },
                 .apply_credential = apply,
                 .reserve =
                     [this](const std::string& url) {
                       return std::make_unique<ReservedHttp>(env.http, bound, url);
                     }}) {
  const auto tx = database->write();
  insert_config(*tx, "acme", AuthScheme::OAuth2);
  insert_config(*tx, "tenant", AuthScheme::OAuth2);
  insert_config(*tx, "keyco", AuthScheme::ApiKey);
  insert_config(*tx, "openco", AuthScheme::ApiKey);
  insert_config(*tx, "deskco", AuthScheme::Basic);
  insert_config(*tx, "hookco", AuthScheme::BearerToken);
  insert_config(*tx, "appco", AuthScheme::ServiceAccount);
  tx->commit();
}

ConnectRequest ConnectFixture::request(const std::string& toolkit, const std::string& user) const {
  ConnectRequest out;
  out.user = UserId(user);
  out.auth_config = config_of(toolkit);
  return out;
}

ConnectLink ConnectFixture::link(const std::string& toolkit, ConnectRequest request) {
  if (request.user.empty()) request.user = UserId("user_1");
  request.auth_config = config_of(toolkit);
  return connector.authorize(request);
}

std::optional<Connection> ConnectFixture::find(const ConnectionId& id) {
  return connection_store::find(*database->read(), id);
}

Connection ConnectFixture::account(const ConnectionId& id) {
  auto found = find(id);
  REQUIRE(found);
  return *found;
}

connection_store::Opened ConnectFixture::opened(const ConnectionId& id) {
  auto found = connection_store::open(*database->read(), id);
  REQUIRE(found);
  return std::move(*found);
}

void ConnectFixture::change(const ConnectionId& id, const std::function<void(Connection&)>& edit) {
  const auto tx = database->write();
  auto connection = connection_store::find(*tx, id);
  REQUIRE(connection);
  edit(*connection);
  REQUIRE(connection_store::update(*tx, *connection));
  tx->commit();
}

void ConnectFixture::change(const std::string& toolkit, const std::function<void(AuthConfig&)>& edit) {
  const auto tx = database->write();
  auto config = auth_config_store::find(*tx, config_of(toolkit));
  REQUIRE(config);
  edit(*config);
  REQUIRE(auth_config_store::update(*tx, *config));
  tx->commit();
}

void ConnectFixture::remove(const ConnectionId& id) {
  const auto tx = database->write();
  REQUIRE(connection_store::remove(*tx, id, env.clock.now()));
  tx->commit();
}

std::string ConnectFixture::url_parameter(const std::string& url, const std::string& name) {
  const auto fields = parse_form(url.substr(url.find('?') + 1));
  REQUIRE(fields);
  return std::string(find_field(*fields, name).value_or("(absent)"));
}

Fields ConnectFixture::answer_to(const BrowserStep& step, const std::string& code) {
  return {{"code", code}, {"state", url_parameter(step.location, "state")}};
}

BrowserStep ConnectFixture::complete(const BrowserStep& step, const std::string& toolkit) {
  return complete(step, answer_to(step), toolkit);
}

BrowserStep ConnectFixture::complete(const BrowserStep& step, const Fields& answer,
                                     const std::string& toolkit) {
  return connector.complete(config_of(toolkit), answer, step.browser.expose());
}

BrowserStep ConnectFixture::sign_in(const ConnectLink& link, const std::string& email,
                                    const std::string& tokens) {
  const BrowserStep step = connector.begin(link.token.expose(), {}, {});
  env.http.answer(200, tokens, {{"Content-Type", "application/json"}});
  env.http.answer(200, R"({"email":")" + email + R"("})", {{"Content-Type", "application/json"}});
  return complete(step);
}

Connection ConnectFixture::connected(const std::string& user) {
  ConnectRequest asked;
  asked.user = UserId(user);
  const BrowserStep step = sign_in(link("acme", asked));
  REQUIRE(step.kind == BrowserStep::Kind::Connected);
  return step.connection;
}

}  // namespace coffer::testing
