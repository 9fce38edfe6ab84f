#include "vault/model/token_set.h"

#include <catch2/catch.hpp>
#include <type_traits>

using namespace coffer;

// A credential cannot be copied by accident, whatever its kind.
static_assert(!std::is_copy_constructible_v<TokenSet>);
static_assert(!std::is_copy_constructible_v<ApiKeyCredential>);
static_assert(!std::is_copy_constructible_v<BearerCredential>);
static_assert(!std::is_copy_constructible_v<BasicCredential>);
static_assert(!std::is_copy_constructible_v<Credential> && std::is_move_constructible_v<Credential>);

TEST_CASE("an account begins without a credential", "[model]") {
  CHECK(std::holds_alternative<std::monostate>(Credential()));
}

TEST_CASE("a token set is a bearer token that does not expire until somebody says otherwise", "[model]") {
  const TokenSet tokens;
  CHECK(tokens.token_type == "Bearer");  // RFC 6750
  CHECK_FALSE(tokens.expires_at);
  CHECK(tokens.refresh_token.empty());
}
