#include "vault/tools/tool_run.h"

#include <catch2/catch.hpp>

#include "tests/support/test_env.h"
#include "vault/base/error.h"
#include "vault/catalog/catalog.h"

using namespace coffer;
using namespace coffer::testing;
using Json = nlohmann::json;

namespace {

struct ZendeskRun : TestEnv {
  Catalog catalog = Catalog::load();

  ServiceAnswer send(const Json& arguments, const std::map<std::string, std::string>& fields) {
    Connection connection;
    connection.scheme = AuthScheme::Basic;
    connection.fields = fields;
    const ToolRef ref = catalog.find_tool("ZENDESK_GET_ABOUT_ME");
    http.answer(200, R"({"user":{"id":1}})");
    return ToolRun(env(), *ref.toolkit, *ref.tool, arguments, connection)
        .send(BasicCredential{"ann@example.com", Secret(std::string_view("key-1"))});
  }
};

}  // namespace

TEST_CASE_METHOD(ZendeskRun, "the account's own host is asked, with its credential", "[tool_run]") {
  CHECK(send(Json::object(), {{"subdomain", "acme"}}).kind == ServiceAnswer::Kind::Success);
  REQUIRE(http.seen().size() == 1);
  CHECK(http.seen()[0].url == "https://acme.zendesk.com/api/v2/users/me.json");
  // "ann@example.com/token:key-1"
  CHECK(header_value(http.seen()[0].headers, "authorization") ==
        "Basic YW5uQGV4YW1wbGUuY29tL3Rva2VuOmtleS0x");
}

TEST_CASE_METHOD(ZendeskRun, "no argument takes the place of what belongs to the account", "[tool_run]") {
  send({{"subdomain", "evil"}}, {{"subdomain", "acme"}});
  CHECK(http.seen().at(0).url.starts_with("https://acme.zendesk.com/"));
  CHECK_THROWS_AS(send({{"subdomain", "evil"}}, {}), Error);
  CHECK(http.seen().size() == 1);
}

TEST_CASE_METHOD(ZendeskRun, "an account of a scheme that the toolkit dropped is refused", "[tool_run]") {
  Connection connection;
  connection.scheme = AuthScheme::ApiKey;
  const ToolRef ref = catalog.find_tool("ZENDESK_GET_ABOUT_ME");
  CHECK_THROWS_AS(ToolRun(env(), *ref.toolkit, *ref.tool, Json::object(), connection), Error);
}
