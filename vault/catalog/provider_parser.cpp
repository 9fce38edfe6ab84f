#include "vault/catalog/provider_parser.h"

#include <utility>

#include "vault/base/json.h"
#include "vault/catalog/json_reader.h"

namespace coffer {
namespace {

template <class Enum>
using Names = std::initializer_list<std::pair<std::string_view, Enum>>;

template <class Enum>
Enum read_enum(JsonReader& reader, std::string_view key, Enum otherwise, Names<Enum> names) {
  const std::string text = reader.text_or(key, "");
  if (text.empty()) return otherwise;
  for (const auto& [name, value] : names) {
    if (text == name) return value;
  }
  reader.fail("\"" + std::string(key) + "\" may not be \"" + text + "\"");
}

void read_endpoints(JsonReader& reader, Provider& provider) {
  provider.issuer = reader.text_or("issuer", "");
  provider.iss_in_response = reader.flag_or("iss_in_response", false);
  provider.authorization_url = reader.text("authorization_url");
  provider.token_url = reader.text("token_url");
  provider.refresh_url = reader.text_or("refresh_url", "");
  provider.revoke_url = reader.text_or("revoke_url", "");
  provider.registration_url = reader.text_or("registration_url", "");
}

void read_client_rules(JsonReader& reader, Provider& provider) {
  using P = Provider;
  provider.pkce = read_enum<P::Pkce>(
      reader, "pkce", P::Pkce::Required,
      {{"required", P::Pkce::Required}, {"optional", P::Pkce::Optional}, {"off", P::Pkce::Off}});
  provider.token_auth = read_enum<P::TokenAuth>(reader, "token_auth", P::TokenAuth::Body,
                                                {{"body", P::TokenAuth::Body},
                                                 {"basic", P::TokenAuth::Basic},
                                                 {"basic_secret", P::TokenAuth::BasicSecret}});
  provider.body_format =
      read_enum<P::BodyFormat>(reader, "body_format", P::BodyFormat::Form,
                               {{"form", P::BodyFormat::Form}, {"json", P::BodyFormat::Json}});
  provider.scope_param = reader.text_or("scope_param", "scope");
  provider.scope_separator = reader.text_or("scope_separator", " ");
  provider.authorize_params = reader.text_map("authorize_params");
  provider.token_params = reader.text_map("token_params");
  provider.refresh_params = reader.text_map("refresh_params");
}

std::optional<AccessTokenSwap> read_swap(JsonReader& reader, std::string_view key) {
  if (!reader.has(key)) return std::nullopt;
  JsonReader swap = reader.child(key);
  AccessTokenSwap read{swap.text("url"), swap.text("grant_type"), swap.text("token_param"),
                       swap.flag_or("sends_client", true)};
  swap.finish();
  return read;
}

std::optional<Duration> read_seconds(JsonReader& reader, std::string_view key) {
  if (!reader.has(key)) return std::nullopt;
  return std::chrono::seconds(reader.number_or(key, 0));
}

void read_token_rules(JsonReader& reader, Provider& provider) {
  using R = Provider::Rotation;
  provider.rotation = read_enum<R>(reader, "rotation", R::Unknown,
                                   {{"none", R::None}, {"grace", R::Grace}, {"strict", R::Strict}});
  provider.rotation_grace = std::chrono::seconds(reader.number_or("rotation_grace_s", 0));
  provider.default_lifetime = read_seconds(reader, "default_lifetime_s");
  provider.refresh_lead = read_seconds(reader, "refresh_lead_s");
  provider.swap_after_code = read_swap(reader, "swap_after_code");
  provider.renewal = read_swap(reader, "renewal");
  provider.token_response = reader.text_map("token_response");
  provider.error_aliases = reader.text_map("error_aliases");
}

}  // namespace

Provider parse_provider(Json& file, const std::string& file_name) {
  JsonReader reader(file, file_name);
  if (reader.number_or("format", 0) != 1) reader.fail("\"format\" must be 1");
  Provider provider;
  provider.id = reader.text("id");
  provider.name = reader.text("name");
  read_endpoints(reader, provider);
  read_client_rules(reader, provider);
  read_token_rules(reader, provider);
  provider.mock_path = reader.text_or("mock_path", "/mock/" + provider.id);
  provider.mock = reader.subtree("mock");
  reader.finish();
  return provider;
}

}  // namespace coffer
