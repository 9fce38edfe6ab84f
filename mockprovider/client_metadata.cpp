#include "mockprovider/client_metadata.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mockprovider/members.h"
#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/json.h"

namespace coffer::mock {
namespace {

// What is not read has no effect here and is only told back (RFC 7591 section 2).
constexpr std::size_t kMaxMetadata = 16 << 10;

// RFC 3986 section 4.3, with something after the scheme.
bool is_absolute_uri(const std::string& uri) {
  const std::size_t colon = uri.find(':');
  if (colon == 0 || colon == std::string::npos || colon + 1 == uri.size()) return false;
  const auto is_scheme = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '-' || c == '.';
  };
  const auto is_printable = [](char c) { return c > 0x20 && c < 0x7F; };
  return std::all_of(uri.begin(), uri.begin() + static_cast<std::ptrdiff_t>(colon), is_scheme) &&
         std::all_of(uri.begin(), uri.end(), is_printable);
}

// A page's own script must not be what the browser is sent to.
bool is_script(const std::string& uri) {
  const std::string lower = to_lower(uri);
  return lower.starts_with("javascript:") || lower.starts_with("data:") || lower.starts_with("vbscript:");
}

bool is_redirect_uri(const std::string& uri) {
  const bool is_web = to_lower(uri).starts_with("http://") || to_lower(uri).starts_with("https://");
  return is_absolute_uri(uri) && uri.find('#') == std::string::npos && !is_script(uri) &&
         (!is_web || origin_of(uri).has_value());
}

Client read(const Profile& profile, const Json& metadata) {
  const Members members(metadata, "client metadata");
  Client client;
  client.provider = profile.id();
  client.name = members.text("client_name");
  client.auth_method = members.text("token_endpoint_auth_method", "client_secret_basic");
  require_known(members, "token_endpoint_auth_method", {client.auth_method}, profile.auth_methods);
  client.grant_types = members.texts("grant_types");
  if (client.grant_types.empty()) client.grant_types = {"authorization_code"};
  require_known(members, "grant_types", client.grant_types, profile.grant_types);
  require_known(members, "response_types", members.texts("response_types"), {"code"});
  client.scope = members.text("scope");
  client.needs_pushed_request = members.flag("require_pushed_authorization_requests");
  const auto algorithm = signing_algorithm(members.text("id_token_signed_response_alg", "RS256"));
  if (!algorithm) members.fail("id_token_signed_response_alg", "is not RS256 or EdDSA");
  client.id_token_algorithm = *algorithm;
  client.redirect_uris = read_redirect_uris(members);
  if (client.redirect_uris.empty() && allows_grant(client, "authorization_code")) {
    members.fail("redirect_uris", "is missing");
  }
  return client;
}

// RFC 7591 section 3.2.1: what is in force, whoever said it.
std::string told_metadata(const Client& client, Json metadata) {
  for (const char* given : {"client_id", "client_secret", "client_id_issued_at", "client_secret_expires_at",
                            "registration_access_token", "registration_client_uri"}) {
    metadata.erase(given);
  }
  metadata["redirect_uris"] = client.redirect_uris;
  metadata["grant_types"] = client.grant_types;
  metadata["token_endpoint_auth_method"] = client.auth_method;
  metadata["id_token_signed_response_alg"] = name_of(client.id_token_algorithm);
  if (!metadata.contains("response_types")) {
    metadata["response_types"] =
        allows_grant(client, "authorization_code") ? Json::array({"code"}) : Json::array();
  }
  return dump_json(metadata);
}

// RFC 7592 section 2.2: null is as good as absent.
Json without_nulls(Json metadata) {
  for (auto member = metadata.begin(); member != metadata.end();)
    member = member->is_null() ? metadata.erase(member) : std::next(member);
  return metadata;
}

}  // namespace

void require_known(const Members& members, const char* name, const std::vector<std::string>& chosen,
                   const std::vector<std::string>& known) {
  for (const auto& one : chosen) {
    if (std::find(known.begin(), known.end(), one) == known.end()) members.fail(name, "knows no " + one);
  }
}

std::vector<std::string> read_redirect_uris(const Members& members) {
  std::vector<std::string> uris = members.texts("redirect_uris");
  for (const auto& uri : uris) {
    if (!is_redirect_uri(uri))
      members.fail("redirect_uris", "holds what is no absolute URI without fragment");
  }
  return uris;
}

std::variant<Client, Refusal> read_client_metadata(const Profile& profile, const Json& sent) try {
  const Json metadata = without_nulls(sent);
  Client client = read(profile, metadata);
  client.registered_metadata = told_metadata(client, metadata);
  if (client.registered_metadata.size() > kMaxMetadata) {
    return Refusal{"invalid_client_metadata", "the metadata is longer than 16 KiB"};
  }
  return client;
} catch (const Error& error) {
  const bool is_about_redirects = std::string_view(error.what()).find("redirect_uris") != std::string::npos;
  return Refusal{is_about_redirects ? "invalid_redirect_uri" : "invalid_client_metadata", error.what()};
}

}  // namespace coffer::mock
