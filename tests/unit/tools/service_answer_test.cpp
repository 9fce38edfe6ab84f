#include "vault/tools/service_answer.h"

#include <catch2/catch.hpp>

#include "tests/support/test_env.h"
#include "vault/base/json.h"

using namespace coffer;
using Kind = ServiceAnswer::Kind;

namespace {

Toolkit demo() {
  Toolkit toolkit;
  toolkit.slug = "demo";
  toolkit.name = "Demo";
  toolkit.errors = {{0, "/error", {"token_expired", "invalid_auth"}, ErrorRule::Means::Credential},
                    {0, "/error", {"missing_scope"}, ErrorRule::Means::Scope},
                    {0, "/ok", {"false"}, ErrorRule::Means::Failure},
                    {403, "", {}, ErrorRule::Means::Scope}};
  return toolkit;
}

ServiceAnswer answer_to(int status, const std::string& body, HttpHeaders headers = {}) {
  HttpResponse response;
  response.status = status;
  response.body = body;
  response.headers = std::move(headers);
  Tool tool;
  tool.scopes_any = {"read", "write"};
  tool.errors = {{404, "/gone", {}, ErrorRule::Means::Retry}};
  return read_answer(std::move(response), demo(), tool, from_ms(testing::kStartMs));
}

ServiceAnswer failed(HttpFailure::Kind kind, HttpFailure::Sent sent) {
  return read_answer(HttpFailure{sent, kind, "api.example.com: connection refused"}, demo(), {}, {});
}

}  // namespace

TEST_CASE("status and body decide what an answer means", "[service_answer]") {
  struct Case {
    int status;
    std::string body;
    Kind kind;
    std::string problem;
  };
  const auto [status, body, kind, problem] = GENERATE(values<Case>({
      {200, R"({"a":1})", Kind::Success, ""},
      {204, "", Kind::Success, ""},
      {201, "plain text", Kind::Success, ""},
      {200, R"({"ok":true,"error":null})", Kind::Success, ""},
      {200, R"({"ok":false,"error":"channel_not_found"})", Kind::Failure, "Demo answered channel_not_found"},
      {200, R"({"ok":false})", Kind::Failure, "Demo answered 200"},
      {200, R"({"ok":false,"error":"token_expired"})", Kind::Credential,
       "Demo refused the credential (token_expired)"},
      {200, R"({"ok":false,"error":"missing_scope"})", Kind::Scope,
       "Demo refused the call (missing_scope): it needs one of the scopes read, write"},
      {401, "", Kind::Credential, "Demo refused the credential (401)"},
      {401, R"({"error":{"code":401,"message":"Invalid Credentials"}})", Kind::Credential,
       "Demo refused the credential (401: Invalid Credentials)"},
      {403, R"({"message":"no"})", Kind::Scope,
       "Demo refused the call (403: no): it needs one of the scopes read, write"},
      {404, R"({"message":"Not Found"})", Kind::Failure, "Demo answered 404: Not Found"},
      {404, R"({"gone":1})", Kind::Retry, "Demo asks to slow down (404): try again later"},
      {400, R"({"errorMessages":["Bad field"],"errors":{}})", Kind::Failure, "Demo answered 400: Bad field"},
      {400, R"({"detail":{"error":"Bad key"}})", Kind::Failure, "Demo answered 400: Bad key"},
      {500, "<html>oops</html>", Kind::Failure, "Demo answered 500"},
      {502, "line\nbreak", Kind::Failure, "Demo answered 502: line break"},
      {302, "", Kind::Failure, "Demo answered 302, a redirect, which is not followed"},
      {100, "", Kind::Failure, "Demo answered 100"},
  }));
  CAPTURE(status, body);
  const ServiceAnswer answer = answer_to(status, body);
  CHECK(answer.kind == kind);
  CHECK(answer.problem == problem);
  CHECK(answer.status == status);
}

TEST_CASE("a service that is asked too often names the wait", "[service_answer]") {
  CHECK(answer_to(429, "", {{"Retry-After", "30"}}).problem ==
        "Demo asks to slow down (429): try again in 30 seconds");
  CHECK(answer_to(429, "").problem == "Demo asks to slow down (429): try again later");
}

TEST_CASE("a challenge that names a missing scope is about the scope", "[service_answer]") {
  const auto [challenge, kind] =
      GENERATE(table<std::string, Kind>({{R"(Bearer error="insufficient_scope", scope="read")", Kind::Scope},
                                         {R"(Bearer error="invalid_token")", Kind::Failure}}));
  HttpResponse response;
  response.status = 403;
  response.headers = {{"www-authenticate", challenge}};
  CHECK(read_answer(std::move(response), Toolkit(), {}, {}).kind == kind);
}

TEST_CASE("a text in the place of what the tool promises is a failure", "[service_answer]") {
  struct Case {
    Json output;
    std::string select;
    Kind kind;
  };
  const auto [output, select, kind] = GENERATE(values<Case>({
      {{{"required", {"id"}}}, "", Kind::Failure},
      {Json::object(), "/items", Kind::Failure},
      {{{"required", {"text"}}}, "", Kind::Success},
      {{{"properties", {{"id", Json::object()}}}}, "", Kind::Success},
  }));
  CAPTURE(output, select);
  Tool tool;
  tool.output = std::make_shared<const Json>(output);
  tool.select = select;
  HttpResponse response;
  response.status = 200;
  response.body = "<html>sign in to this network</html>";
  const ServiceAnswer answer = read_answer(std::move(response), demo(), tool, {});
  CHECK(answer.kind == kind);
  CHECK(answer.problem ==
        (kind == Kind::Success
             ? ""
             : "Demo answered 200 with a body that is not JSON; it may have carried out the request"));
}

TEST_CASE("hostile bodies are data, not faults of ours", "[service_answer]") {
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  CHECK(answer_to(200, deep).body["text"] == deep);
  CHECK(answer_to(200, R"({"a":1,"a":2})").body.contains("text"));
  CHECK(answer_to(200, "\xff\xfe").kind == Kind::Success);
  CHECK_NOTHROW(dump_json(answer_to(200, "\xff\xfe").body));
}

TEST_CASE("a service that does not answer is told apart by what may have happened", "[service_answer]") {
  using F = HttpFailure;
  CHECK(failed(F::Kind::Connect, F::Sent::No).problem ==
        "Demo cannot be reached (api.example.com: connection refused)");
  CHECK(failed(F::Kind::Timeout, F::Sent::Maybe).problem ==
        "Demo did not answer in time; it may have carried out the request");
  CHECK(failed(F::Kind::TooLarge, F::Sent::Maybe).problem ==
        "the answer of Demo is too large: ask for less at a time");
  CHECK(failed(F::Kind::Broken, F::Sent::Maybe).kind == Kind::Unreachable);
}

TEST_CASE("data is always an object", "[service_answer]") {
  struct Case {
    std::string body, select, expected;
  };
  const auto [body, select, expected] = GENERATE(values<Case>({
      {R"({"a":1})", "", R"({"a":1})"},
      {R"([1,2])", "", R"({"items":[1,2]})"},
      {R"("x")", "", R"({"value":"x"})"},
      {"null", "", "{}"},
      {R"({"a":{"b":[3]}})", "/a", R"({"b":[3]})"},
      {R"({"a":{"b":[3]}})", "/a/b", R"({"items":[3]})"},
      {R"({"a":null})", "/a", "{}"},
      {R"({"a":1})", "/none/deep", "{}"},
  }));
  CAPTURE(body, select);
  CHECK(shape_data(parse_json(body), select) == parse_json(expected));
}
