#include "vault/store/credential_codec.h"

#include <catch2/catch.hpp>

#include "tests/unit/store/store_fixture.h"
#include "vault/base/encoding.h"

namespace coffer {
namespace {

using testing::code_of;

std::string hex_of(const Credential& credential) {
  return to_hex(encode_credential(credential).bytes());
}

TEST_CASE("each kind of credential is laid out as the storage format says", "[credential]") {
  CHECK(hex_of(std::monostate()) == "0100");
  CHECK(hex_of(ApiKeyCredential{Secret("k")}) == "0102000000016b");
  CHECK(hex_of(BearerCredential{Secret("t")}) == "01030000000174");
  CHECK(hex_of(BasicCredential{"u", Secret("p")}) == "010400000001750000000170");
  FieldsCredential fields;
  fields.names["n"] = "u";
  fields.secrets["s"] = Secret("p");
  CHECK(hex_of(std::move(fields)) ==
        "0105"
        "00000001000000016e0000000175"
        "0000000100000001730000000170");
  TokenSet set;
  set.access_token = Secret("a");
  set.refresh_token = Secret("r");
  set.token_type = "B";
  set.expires_at = from_ms(1);
  set.scopes = {"s"};
  CHECK(hex_of(std::move(set)) ==
        "0101"
        "0000000161"
        "0000000172"
        "00000000"
        "0000000142"
        "010000000000000001"
        "000000010000000173");
}

TEST_CASE("a token set that was issued to a client of its own names it at its end", "[credential]") {
  TokenSet set;
  set.access_token = Secret("a");
  set.client.client_id = "c";
  set.client.client_secret = Secret("s");
  CHECK(hex_of(std::move(set)) ==
        "0106"
        "0000000161"
        "00000000"
        "00000000"
        "00000006426561726572"
        "00"
        "00000000"
        "0000000163"
        "0000000173");
}

TEST_CASE("a token set whose refresh token ends says when at its end", "[credential]") {
  TokenSet set;
  set.access_token = Secret("a");
  set.refresh_token = Secret("r");
  set.refresh_expires_at = from_ms(1);
  CHECK(hex_of(std::move(set)) ==
        "0108"
        "0000000161"
        "0000000172"
        "00000000"
        "00000006426561726572"
        "00"
        "00000000"
        "00000000"
        "00000000"
        "010000000000000001");
}

TEST_CASE("the end of a refresh token comes back with the client it was issued to", "[credential]") {
  TokenSet set = testing::make_tokens();
  set.client = {"client-7", Secret("client-secret-7")};
  set.refresh_expires_at = from_ms(86400000);
  const Credential credential = decode_credential(encode_credential(std::move(set)));
  const auto& found = std::get<TokenSet>(credential);
  CHECK(found.refresh_expires_at == from_ms(86400000));
  CHECK(found.client.client_id == "client-7");
  CHECK(found.refresh_token == Secret("refresh-token-1"));
}

TEST_CASE("the client of a token set and named fields come back as they went in", "[credential]") {
  TokenSet set = testing::make_tokens();
  set.client = {"client-7", Secret("client-secret-7")};
  const Credential tokens = decode_credential(encode_credential(std::move(set)));
  CHECK(std::get<TokenSet>(tokens).client.client_id == "client-7");
  CHECK(std::get<TokenSet>(tokens).client.client_secret == Secret("client-secret-7"));
  CHECK(std::get<TokenSet>(tokens).access_token == Secret("access-token-1"));

  FieldsCredential account;
  account.names = {{"application_id", "app-1"}, {"installation_id", "inst-1"}};
  account.secrets["private_key"] = Secret("-----BEGIN\nkey\n-----END");
  const Credential fields = decode_credential(encode_credential(std::move(account)));
  const auto& found = std::get<FieldsCredential>(fields);
  CHECK(found.names.size() == 2);
  CHECK(found.names.at("installation_id") == "inst-1");
  REQUIRE(found.secrets.size() == 1);
  CHECK(found.secrets.at("private_key") == Secret("-----BEGIN\nkey\n-----END"));
}

TEST_CASE("a token set comes back as it went in", "[credential]") {
  TokenSet set = testing::make_tokens();
  set.previous_refresh_token = Secret("previous");
  set.token_type = "DPoP";
  const bool has_end = GENERATE(true, false);
  if (!has_end) set.expires_at.reset();
  const auto expires_at = set.expires_at;
  const Credential credential = decode_credential(encode_credential(std::move(set)));
  const auto& found = std::get<TokenSet>(credential);
  CHECK(found.access_token == Secret("access-token-1"));
  CHECK(found.refresh_token == Secret("refresh-token-1"));
  CHECK(found.previous_refresh_token == Secret("previous"));
  CHECK(found.token_type == "DPoP");
  CHECK(found.expires_at == expires_at);
  CHECK(found.scopes == std::vector<std::string>{"mail.read"});
}

TEST_CASE("a credential of an unknown kind or version is refused", "[credential]") {
  const std::string hex = GENERATE(as<std::string>(), "0105", "0106", "0107", "01ff", "0200", "01", "");
  CAPTURE(hex);
  Plaintext record;
  record.append(as_bytes(from_hex(hex).value()));
  CHECK(code_of([&] { decode_credential(record); }) == ErrorCode::TamperedRow);
}

}  // namespace
}  // namespace coffer
