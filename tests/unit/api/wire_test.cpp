#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "vault/api/wire/body.h"
#include "vault/api/wire/own_url.h"
#include "vault/api/wire/paging.h"
#include "vault/api/wire/query.h"
#include "vault/base/error.h"

using namespace coffer;
using namespace coffer::api;

namespace {

ServerRequest request_with_query(Fields query) {
  ServerRequest request;
  request.query = std::move(query);
  return request;
}

ServerRequest request_with_body(std::string body) {
  ServerRequest request;
  request.body = std::move(body);
  return request;
}

template <class Call>
std::string fault_of(Call call) {
  try {
    call();
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::InvalidArgument);
    return error.what();
  }
  return "no error";
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("lists in queries come joined, repeated or with brackets") {
  const auto [query, expected] = GENERATE(table<Fields, Texts>({
      {{}, {}},
      {{{"a", ""}}, {}},
      {{{"a", "1"}}, {"1"}},
      {{{"a", "1,2,,3"}}, {"1", "2", "3"}},
      {{{"a", "1"}, {"a", "2"}}, {"1", "2"}},
      {{{"a[]", "1"}, {"a[]", "2"}}, {"1", "2"}},
      {{{"a", "x,y"}, {"a", "z"}}, {"x,y", "z"}},
      {{{"a[]", "x,y"}}, {"x,y"}},
      {{{"b", "1"}, {"aa", "2"}}, {}},
  }));
  CHECK(list_param(request_with_query(query), "a") == expected);
}

TEST_CASE("a list of owners that is there and empty is refused, and does not mean everybody") {
  CHECK(owner_list_param(request_with_query({}), "a").empty());
  CHECK(owner_list_param(request_with_query({{"a", "1,2"}}), "a") == Texts{"1", "2"});
  for (const Fields& query : {Fields{{"a", ""}}, Fields{{"a[]", ""}}, Fields{{"a", ","}}}) {
    CHECK(fault_of([&] { owner_list_param(request_with_query(query), "a"); }) ==
          "query parameter \"a\" is empty");
  }
}

TEST_CASE("a list in a query has at most 1000 values") {
  std::string joined = "0";
  for (int i = 1; i <= 1000; ++i) joined += "," + std::to_string(i);
  CHECK(fault_of([&] {
          list_param(request_with_query({{"user_ids", joined}}), "user_ids");
        }).find("user_ids") != std::string::npos);
}

TEST_CASE("booleans in queries are true or false") {
  CHECK(bool_param(request_with_query({{"a", "true"}}), "a") == true);
  CHECK(bool_param(request_with_query({{"a", "false"}}), "a") == false);
  CHECK(bool_param(request_with_query({}), "a") == std::nullopt);
  CHECK(fault_of([] {
          bool_param(request_with_query({{"a", "1"}}), "a");
        }) == "query parameter \"a\" is neither true nor false");
}

TEST_CASE("page limits are cut, not refused, where they are too high") {
  const auto [text, limit] = GENERATE(table<std::string, std::int64_t>({
      {"", 20},
      {"1", 1},
      {"1000", 1000},
      {"1001", 1000},
      {"9999", 1000},
      {"99999999999999999999999", 1000},
  }));
  CHECK(page_param(request_with_query({{"limit", text}})).limit == limit);
}

TEST_CASE("page limits that are no counts are refused") {
  const auto text = GENERATE("0", "-1", "ten", "1.5", "1 ", "-99999999999999999999999");
  CHECK(fault_of([&] {
          page_param(request_with_query({{"limit", text}}));
        }).find("limit") != std::string::npos);
}

TEST_CASE("a cursor leads to its offset, and nothing else is a cursor") {
  CHECK(offset_of_cursor(cursor_of_offset(0)) == 0);
  CHECK(offset_of_cursor(cursor_of_offset(40)) == 40);
  CHECK(page_param(request_with_query({{"cursor", cursor_of_offset(40)}})).offset == 40);
  const auto text =
      GENERATE("x", "40", "b2Zmc2V0Oi0x" /* offset:-1 */, "b2Zmc2V0OjR4" /* offset:4x */, "!!!!");
  CHECK(offset_of_cursor(text) == std::nullopt);
  CHECK(fault_of([&] {
          page_param(request_with_query({{"cursor", text}}));
        }).find("cursor") != std::string::npos);
}

TEST_CASE("a page tells where the next one begins") {
  const ServerResponse first = page_response(Json::array({1, 2}), 5, {.limit = 2, .offset = 0});
  const Json body = parse_json(first.body);
  CHECK(body["total_pages"] == 3);
  CHECK(body["current_page"] == 1);
  CHECK(body["total_items"] == 5);
  CHECK(offset_of_cursor(body["next_cursor"].get<std::string>()) == 2);
  const Json last = parse_json(page_response(Json::array({5}), 5, {.limit = 2, .offset = 4}).body);
  CHECK(last["next_cursor"].is_null());
  CHECK(last["current_page"] == 3);
}

TEST_CASE("cutting a page beyond the end gives an empty one") {
  const auto page = cut_page(std::vector<int>{1, 2, 3}, {.limit = 2, .offset = 10});
  CHECK(page.items.empty());
  CHECK(page.total == 3);
}

TEST_CASE("a wrong body is refused by the name of the field") {
  const auto [text, fault] = GENERATE(table<std::string, std::string>({
      {"[]", "body is not a JSON object"},
      {"{", "body is not valid JSON"},
      {"{}", "\"a\" is missing"},
      {R"({"a":null})", "\"a\" is missing"},
      {R"({"a":1})", "\"a\" is not an object"},
      {R"({"a":{}})", "\"a.b\" is missing"},
      {R"({"a":{"b":""}})", "\"a.b\" is empty"},
      {R"({"a":{"b":1}})", "\"a.b\" is not a string"},
  }));
  CAPTURE(text);
  const std::string got = fault_of([&] {
    RequestBody body(request_with_body(text));
    body.root().required_object("a").required_text("b");
  });
  CHECK(got.find(fault) == 0);
}

TEST_CASE("an absent body reads as an empty object") {
  RequestBody body(request_with_body(""));
  CHECK(body.root().keys().empty());
  CHECK(body.root().text("a").empty());
  CHECK(body.root().boolean("a") == std::nullopt);
}

TEST_CASE("lists of strings may be written as one string") {
  RequestBody body(request_with_body(R"({"a":["x","y"],"b":"x,y","c":[1],"d":null})"));
  CHECK(body.root().texts("a") == Texts{"x", "y"});
  CHECK(body.root().texts("b") == Texts{"x", "y"});
  CHECK(body.root().texts("d").empty());
  CHECK(fault_of([&] { body.root().texts("c"); }) == "\"c\" is not a list of strings");
}

TEST_CASE("null is as absent, but can be told apart where it means to clear") {
  RequestBody body(request_with_body(R"({"a":null})"));
  CHECK_FALSE(body.root().has("a"));
  CHECK(body.root().mentions("a"));
  CHECK_FALSE(body.root().mentions("b"));
}

TEST_CASE("a secret is taken out of the body") {
  RequestBody body(request_with_body(R"({"key":"abc"})"));
  ObjectReader root = body.root();
  CHECK(root.secret("key").expose() == "abc");
  CHECK(root.text("key").empty());
  CHECK(root.secret("other").empty());
}

TEST_CASE("a user id has 1 to 256 bytes") {
  const auto id_of = [](std::size_t size) {
    RequestBody body(request_with_body(R"({"user_id":")" + std::string(size, 'u') + R"("})"));
    return user_id_of(body.root(), "user_id");
  };
  CHECK(id_of(256).str().size() == 256);
  CHECK(fault_of([&] { id_of(257); }) == "\"user_id\" is longer than 256 bytes");
  CHECK(fault_of([&] { id_of(0); }) == "\"user_id\" is empty");
}

TEST_CASE("a user id with control characters is refused, and the hint says what is allowed") {
  RequestBody body(request_with_body(R"({"user_id":"a\nb"})"));
  try {
    user_id_of(body.root(), "user_id");
    FAIL("it was taken");
  } catch (const Error& error) {
    CHECK(error.what() == std::string("\"user_id\" holds a control character"));
    CHECK(error.hint().find("without control characters") != std::string::npos);
  }
}

TEST_CASE("the daemon's URL has the name by which this computer was called, and no other") {
  const auto own_url_at = [](const std::string& public_url, const std::string& host) {
    ServerRequest request;
    request.headers = {{"host", host}};
    return own_url(public_url, request);
  };
  CHECK(own_url_at("http://127.0.0.1:9900", "127.0.0.1:9900") == "http://127.0.0.1:9900");
  CHECK(own_url_at("http://127.0.0.1:9900", "localhost:9900") == "http://localhost:9900");
  CHECK(own_url_at("http://127.0.0.1:9900", "[::1]:9900") == "http://[::1]:9900");
  CHECK(own_url_at("http://localhost", "127.0.0.1") == "http://127.0.0.1");
  CHECK(own_url_at("http://127.0.0.1:9900", "localhost:9900/x?y") == "http://localhost:9900");
  const auto [public_url, host] = GENERATE(table<std::string, std::string>({
      {"http://127.0.0.1:9900", "localhost:9901"},
      {"http://127.0.0.1:9900", "evil.example:9900"},
      {"http://127.0.0.1:9900", ""},
      {"https://vault.example.com", "127.0.0.1:9900"},
      {"https://localhost:9900", "127.0.0.1:9900"},
  }));
  CAPTURE(public_url, host);
  CHECK(own_url_at(public_url, host) == public_url);
}
