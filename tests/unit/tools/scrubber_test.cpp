#include "vault/tools/scrubber.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "vault/base/encoding.h"
#include "vault/tools/request_auth.h"

using namespace coffer;
using Json = nlohmann::json;

namespace {

constexpr std::string_view kToken = "ya29.a0+Secret/Token?with=signs~and-more";

Credential credential() {
  TokenSet tokens;
  tokens.access_token = Secret(kToken);
  tokens.refresh_token = Secret(std::string_view("1//refresh-token-value"));
  tokens.previous_refresh_token = Secret(std::string_view("1//older-refresh-token"));
  return tokens;
}

std::string cleaned(std::string text) {
  scrub(text, credential());
  return text;
}

}  // namespace

TEST_CASE("a secret is replaced in every spelling that services echo", "[scrubber]") {
  const std::string token(kToken);
  CHECK(cleaned("before " + token + " after " + token) == "before [redacted] after [redacted]");
  CHECK(cleaned("a=" + percent_encode(token)) == "a=[redacted]");
  CHECK(cleaned("a=" + form_encode(token)) == "a=[redacted]");
  CHECK(cleaned(to_hex(as_bytes(token))) == "[redacted]");
  CHECK(cleaned(to_upper(to_hex(as_bytes(token)))) == "[redacted]");
  CHECK(cleaned("1//refresh-token-value 1//older-refresh-token") == "[redacted] [redacted]");
  CHECK(cleaned("nothing here") == "nothing here");
}

TEST_CASE("a secret inside a longer base64 text cannot be decoded any more", "[scrubber]") {
  const std::string token(kToken);
  for (const std::string before : {"", "a", "ab", "abc", "user:"}) {
    for (const std::string after : {"", "x", "xy", "xyz"}) {
      CAPTURE(before, after);
      for (const std::string& encoded :
           {to_base64(before + token + after), to_base64url(before + token + after)}) {
        const std::string text = cleaned(encoded);
        CHECK_THAT(text, Catch::Contains("[redacted]"));
        CHECK(text.size() <= before.size() * 2 + after.size() * 2 + 16 + std::string("[redacted]").size());
      }
    }
  }
}

TEST_CASE("every text and every name of a tree is cleaned", "[scrubber]") {
  Scrubber scrubber;
  scrubber.add(credential());
  const std::string token(kToken);
  Json tree = {{"a", {1, true, nullptr, token, {{"deep", "Bearer " + token}}}}, {"x-" + token, 2}};
  scrubber.clean(tree);
  CHECK(tree ==
        Json::parse(R"({"a":[1,true,null,"[redacted]",{"deep":"Bearer [redacted]"}],"x-[redacted]":2})"));
}

TEST_CASE("keys, bearer tokens and passwords are secrets, user names are not", "[scrubber]") {
  Scrubber scrubber;
  scrubber.add(ApiKeyCredential{Secret(std::string_view("key-12345"))});
  scrubber.add(BearerCredential{Secret(std::string_view("bearer-12345"))});
  scrubber.add(BasicCredential{"ann@example.com", Secret(std::string_view("pass-12345"))});
  std::string text =
      "key-12345 bearer-12345 ann@example.com pass-12345 " + to_base64("ann@example.com:pass-12345");
  scrubber.clean(text);
  CHECK_THAT(text, Catch::StartsWith("[redacted] [redacted] ann@example.com [redacted] "));
  CHECK(text.find(to_base64("pass-12345").substr(2, 8)) == std::string::npos);
  CHECK_THAT(text.substr(50), Catch::Contains("[redacted]"));
}

TEST_CASE("an empty or very short secret does not blacken everything", "[scrubber]") {
  Scrubber scrubber;
  scrubber.add(BasicCredential{"ann", Secret(std::string_view("a"))});
  scrubber.add(TokenSet{});
  scrubber.add(std::monostate{});
  std::string text = "banana";
  scrubber.clean(text);
  CHECK(text == "banana");
}

TEST_CASE("the secrets of a credential of several fields are cleaned, its names stay", "[scrubber]") {
  FieldsCredential app;
  app.names["application_id"] = "app_1234";
  app.secrets["private_key"] = Secret(std::string_view("line 1\nline 2"));
  Scrubber scrubber;
  scrubber.add(std::move(app));
  std::string text = "app_1234 line 1\nline 2";
  scrubber.clean(text);
  CHECK(text == "app_1234 [redacted]");
}

TEST_CASE("the secret of a token's own client is cleaned like its token", "[scrubber]") {
  TokenSet tokens;
  tokens.access_token = Secret(std::string_view("access-token"));
  tokens.client = {"client-7", Secret(std::string_view("client-secret-7"))};
  Scrubber scrubber;
  scrubber.add(std::move(tokens));
  std::string text = "client-7 client-secret-7 access-token";
  scrubber.clean(text);
  CHECK(text == "client-7 [redacted] [redacted]");
}
