#include "vault/model/auth_config.h"

#include <catch2/catch.hpp>

using namespace coffer;

TEST_CASE("schemes have their wire names, read in any case", "[model]") {
  const auto [scheme, name, typed] = GENERATE(table<AuthScheme, std::string, std::string>({
      {AuthScheme::OAuth2, "OAUTH2", "oauth2"},
      {AuthScheme::ApiKey, "API_KEY", "Api_Key"},
      {AuthScheme::BearerToken, "BEARER_TOKEN", "bearer_token"},
      {AuthScheme::Basic, "BASIC", "basic"},
      {AuthScheme::NoAuth, "NO_AUTH", "no_auth"},
      {AuthScheme::OAuth1, "OAUTH1", "oauth1"},
      {AuthScheme::BasicWithJwt, "BASIC_WITH_JWT", "basic_with_jwt"},
      {AuthScheme::GoogleServiceAccount, "GOOGLE_SERVICE_ACCOUNT", "Google_Service_Account"},
      {AuthScheme::ServiceAccount, "SERVICE_ACCOUNT", "service_account"},
      {AuthScheme::BillcomAuth, "BILLCOM_AUTH", "billcom_auth"},
      {AuthScheme::S2sOAuth2, "S2S_OAUTH2", "s2s_oauth2"},
      {AuthScheme::Saml, "SAML", "Saml"},
      {AuthScheme::CalcomAuth, "CALCOM_AUTH", "calcom_auth"},
      {AuthScheme::DcrOAuth, "DCR_OAUTH", "dcr_oauth"},
  }));
  CHECK(to_string(scheme) == name);
  CHECK(parse_auth_scheme(name) == scheme);
  CHECK(parse_auth_scheme(typed) == scheme);
}

TEST_CASE("what is no scheme is none", "[model]") {
  for (const std::string text : {"", "OAUTH", "OAUTH3", "API KEY", "OAUTH2 "}) {
    CAPTURE(text);
    CHECK_FALSE(parse_auth_scheme(text));
  }
}
