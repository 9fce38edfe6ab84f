#include "mockprovider/scope_check.h"

#include <algorithm>

#include "mockprovider/clients.h"

namespace coffer::mock {
namespace {

// Printable ASCII without quote and backslash.
bool is_scope_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; });
}

bool allows_scopes(const Client& client, const std::vector<std::string>& scopes) {
  if (client.scope.empty()) return true;
  const auto allowed = split(client.scope, ' ');
  return std::all_of(scopes.begin(), scopes.end(), [&](const std::string& scope) {
    return std::find(allowed.begin(), allowed.end(), scope) != allowed.end();
  });
}

}  // namespace

std::optional<Refusal> refuse_scope(const Profile& profile, const Client& client, std::string_view scope) {
  if (!is_scope_text(scope)) return Refusal{"invalid_scope", "scope holds a character that it must not"};
  if (!allows_scopes(client, split_scopes(profile, scope)))
    return Refusal{"invalid_scope", "more scopes than the client is registered for"};
  return std::nullopt;
}

}  // namespace coffer::mock
