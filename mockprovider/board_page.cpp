#include "mockprovider/board_page.h"

#include <algorithm>

#include "mockprovider/control_page_frame.h"

namespace coffer::mock {
namespace {

using kainjow::mustache::data;

constexpr std::size_t kMaxGrants = 500;

constexpr std::string_view kBoard = R"html(<h1>Grants</h1>
<nav aria-label="Controls"><a href="{{base}}/">Requests</a></nav>
<p>The mock's clock stands at <time>{{now}}</time>.</p>
{{^has_grants}}<p>Nobody has allowed anything yet.</p>
{{/has_grants}}{{#grants}}<section aria-labelledby="{{id}}">
<h2 id="{{id}}">{{account}} at {{provider}}, for {{client_id}}</h2>
<p>{{id}}, since <time>{{created_at}}</time>: {{state}}. Scopes: {{#scopes}}<code>{{scope}}</code> {{/scopes}}</p>
<ul>
{{#tokens}}<li><code>{{id}}</code> {{kind}} token{{#parent}}, of <code>{{parent}}</code>{{/parent}}{{#expires_at}}, until <time>{{expires_at}}</time>{{/expires_at}}{{#note}}, {{note}}{{/note}}</li>
{{/tokens}}</ul>
{{#is_alive}}<form method="post" action="{{base}}/board" class="buttons">
<input type="hidden" name="family" value="{{id}}">
<button type="submit" name="button" value="revoke">Revoke all</button>
</form>
<form method="post" action="{{base}}/board" class="buttons">
<input type="hidden" name="family" value="{{id}}"><input type="hidden" name="what" value="access">
<button type="submit" name="button" value="expire">Expire access tokens</button>
<button type="submit" name="button" value="revoke">Revoke access tokens</button>
</form>
<form method="post" action="{{base}}/board" class="buttons">
<input type="hidden" name="family" value="{{id}}"><input type="hidden" name="what" value="refresh">
<button type="submit" name="button" value="expire">Expire refresh tokens</button>
<button type="submit" name="button" value="revoke">Revoke refresh tokens</button>
</form>
{{#scopes}}<form method="post" action="{{base}}/board" class="buttons">
<input type="hidden" name="family" value="{{id}}"><input type="hidden" name="scope" value="{{scope}}">
<button type="submit" name="button" value="drop_scope">Drop {{scope}}</button>
</form>
{{/scopes}}{{/is_alive}}</section>
{{/grants}}<h2>Accounts</h2>
{{#accounts}}<form method="post" action="{{base}}/board" class="buttons">
<input type="hidden" name="email" value="{{email}}"><code>{{email}}</code>
{{#is_locked}}<button type="submit" name="button" value="unlock">Unlock {{email}}</button>
{{/is_locked}}{{^is_locked}}<button type="submit" name="button" value="lock">Lock {{email}}</button>
{{/is_locked}}</form>
{{/accounts}}<h2>Client secrets</h2>
<form method="post" action="{{base}}/board">
<label for="secret-provider">Provider</label>
<select id="secret-provider" name="provider">
{{#providers}}<option>{{provider}}</option>
{{/providers}}</select>
<label for="client_id">Client</label>
<input id="client_id" name="client_id" list="clients" required autocomplete="off">
<datalist id="clients">
{{#clients}}<option value="{{client_id}}"></option>
{{/clients}}</datalist>
<p class="actions"><button type="submit" name="button" value="rotate_secret">Rotate the client's secret</button></p>
</form>
<h2>Signing keys</h2>
<form method="post" action="{{base}}/board">
<label for="key-provider">Provider</label>
<select id="key-provider" name="provider">
{{#providers}}<option>{{provider}}</option>
{{/providers}}</select>
<p class="actions"><button type="submit" name="button" value="rotate_key">Rotate the signing keys</button></p>
</form>
)html";

std::string note_on(const Token& token) {
  if (token.is_revoked) return "revoked";
  return token.replaced_at ? "replaced" : "";
}

data token_row(const Token& token) {
  data row;
  row.set("id", token.id);
  row.set("kind", token.kind == TokenKind::Access ? "access" : "refresh");
  if (!token.parent.empty()) row.set("parent", token.parent);
  row.set("expires_at", data{data::type::bool_false});
  if (token.expires_at) row.set("expires_at", to_rfc3339(*token.expires_at));
  row.set("note", data{data::type::bool_false});
  if (const std::string note = note_on(token); !note.empty()) row.set("note", note);
  return row;
}

data grant_row(const std::string& base, const BoardPage::Grant& grant) {
  const Family& family = grant.family;
  data scopes{data::type::list};
  for (const auto& scope : family.scopes) {
    data row;
    row.set("scope", scope);
    scopes << row;
  }
  data tokens{data::type::list};
  for (const auto& token : grant.tokens) tokens << token_row(token);
  data row;
  row.set("base", base);
  row.set("id", family.id);
  row.set("account", family.account);
  row.set("provider", family.provider);
  row.set("client_id", family.client_id);
  row.set("created_at", to_rfc3339(family.created_at));
  row.set("state", family.is_alive() ? "alive" : "ended: " + family.ended_because);
  row.set("is_alive", family.is_alive());
  row.set("scopes", scopes);
  row.set("tokens", tokens);
  return row;
}

data account_row(const std::string& base, const Account& account) {
  data row;
  row.set("base", base);
  row.set("email", account.email);
  row.set("is_locked", account.is_locked);
  return row;
}

data named_row(const std::string& name, const std::string& text) {
  data row;
  row.set(name, text);
  return row;
}

}  // namespace

// Newest first, as many as a page can hold.
ServerResponse board_page(const BoardPage& page) {
  data grants{data::type::list};
  const std::size_t shown = std::min(page.grants.size(), kMaxGrants);
  for (std::size_t i = 0; i < shown; ++i)
    grants << grant_row(page.base, page.grants[page.grants.size() - 1 - i]);
  data accounts{data::type::list}, clients{data::type::list}, providers{data::type::list};
  for (const auto& account : page.accounts) accounts << account_row(page.base, account);
  for (const auto& client : page.clients) clients << named_row("client_id", client.client_id);
  for (const auto& provider : page.providers) providers << named_row("provider", provider);
  data values;
  values.set("base", page.base);
  values.set("now", page.now);
  values.set("has_grants", shown > 0);
  values.set("grants", grants);
  values.set("accounts", accounts);
  values.set("clients", clients);
  values.set("providers", providers);
  return control_page("Grants - Mock provider", kBoard, values);
}

}  // namespace coffer::mock
