#pragma once

#include <functional>
#include <string>

#include "mockprovider/tenant.h"

namespace coffer::mock {

// The wire form of the token endpoint's answers: RFC 6749 sections 5.1 and 5.2, or what the
// provider's profile says instead.

// As expires_in and its like count, rounded down.
std::int64_t in_seconds(Duration time);

struct TokenAnswer {
  ServerResponse response;
  std::string access_token;  // signed, if it is a JWT
  std::string id_token;      // empty: the scope "openid" did not ask for it
};

// A signature takes ten times as long as all else of an answer, and several threads can make theirs at once
// if nobody holds the tenant meanwhile. So all that depends on the tenant is decided first; `finish` wants
// nothing of it, on any thread, while the profile lives. The grants know a JWT by its signing input until
// they are told its value; a snapshot that comes in between holds a token whose answer was lost.
struct TokenDraft {
  bool needs_signature = false;
  std::function<TokenAnswer()> finish;
};

TokenDraft draft_token_answer(Tenant& tenant, const Profile& profile, const ServerRequest& request,
                              const IssuedTokens& issued, const Client& client, bool is_refresh);

// 401 for invalid_client (with a Basic challenge if the client used that), else 400, unless the
// profile has a shape of its own, for the error of this grant type or for the error.
ServerResponse token_error(const Tenant& tenant, const Profile& profile, const ServerRequest& request,
                           const Refusal& refusal, const std::string& grant_type = {});

// "account" as templates see it.
nlohmann::json account_values(const Tenant& tenant, std::string_view email);

// The answer of the userinfo endpoint.
nlohmann::json userinfo_of(const Tenant& tenant, const Profile& profile, const std::string& email);
// The account's "sub", the same in every answer of the provider.
std::string subject_of_account(const Tenant& tenant, const Profile& profile, const std::string& email);
// That, or the client where no account has part in the grant (RFC 9068 section 2.2).
std::string subject_of_family(const Tenant& tenant, const Profile& profile, const Family& family);

}  // namespace coffer::mock
