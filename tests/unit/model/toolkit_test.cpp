#include "vault/model/toolkit.h"

#include <catch2/catch.hpp>

using namespace coffer;

namespace {

Tool tool(std::string slug, std::vector<std::string> aliases = {}) {
  Tool tool;
  tool.slug = std::move(slug);
  tool.aliases = std::move(aliases);
  return tool;
}

}  // namespace

TEST_CASE("a tool is found by slug and by alias, in any case", "[model]") {
  Toolkit toolkit;
  toolkit.tools = {tool("MAIL_SEND", {"MAIL_SEND_EMAIL"}), tool("MAIL_LIST")};
  CHECK(toolkit.find_tool("mail_list") == &toolkit.tools[1]);
  CHECK(toolkit.find_tool("Mail_Send_Email") == &toolkit.tools[0]);
  CHECK(toolkit.find_tool("MAIL_SEND_") == nullptr);
  CHECK(toolkit.find_tool("") == nullptr);
}

TEST_CASE("a slug is meant before another tool's alias", "[model]") {
  Toolkit toolkit;
  toolkit.tools = {tool("MAIL_SEND_OLD", {"MAIL_SEND"}), tool("MAIL_SEND")};
  CHECK(toolkit.find_tool("MAIL_SEND") == &toolkit.tools[1]);
}

TEST_CASE("a toolkit's ways to authenticate are found by scheme", "[model]") {
  Toolkit toolkit;
  toolkit.auth.resize(2);
  toolkit.auth[0].scheme = AuthScheme::OAuth2;
  toolkit.auth[1].scheme = AuthScheme::ApiKey;
  CHECK(toolkit.find_auth(AuthScheme::ApiKey) == &toolkit.auth[1]);
  CHECK(toolkit.find_auth(AuthScheme::Basic) == nullptr);
}
