#include "vault/catalog/template.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/support/test_env.h"
#include "vault/base/error.h"
#include "vault/catalog/expression.h"

using namespace coffer;
using Json = nlohmann::json;

namespace {

const Json kValues = Json::parse(R"json({
  "name": "Ann", "empty": "", "count": 3, "share": 0.5, "yes": true, "no": false, "nothing": null,
  "list": ["a", "b c", 3], "user": {"id": 7, "mail": {"box": "in"}}, "slash": "a/b?c#d e", "dots": "..",
  "x-key": "k", "umlaut": "grün"
})json");

TemplateScope scope() {
  return {kValues, from_ms(testing::kStartMs), nullptr};
}

std::string error_of(const std::string& text) {
  try {
    render_text(text, scope());
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::InvalidArgument);
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("text templates give the value of every expression", "[template]") {
  struct Case {
    std::string text, expected;
  };
  const auto [text, expected] = GENERATE(values<Case>({
      {"no expression", "no expression"},
      {"", ""},
      {"Hello {{name}}!", "Hello Ann!"},
      {"{{name}}{{name}}", "AnnAnn"},
      {"{{ name }}", "Ann"},
      {"{{count}} of {{share}}", "3 of 0.5"},
      {"{{yes}}/{{no}}", "true/false"},
      {"{{user.id}} {{user.mail.box}}", "7 in"},
      {"{{x-key}}", "k"},
      {"{{user}}", R"({"id":7,"mail":{"box":"in"}})"},
      {"[{{empty}}]", "[]"},
      {"{{'quoted text'}}", "quoted text"},
      {"{{'{{'}}", "{{"},
      {"a } b }} c", "a } b }} c"},
      // RFC 4648 section 10
      {"{{'foobar'|b64}}", "Zm9vYmFy"},
      {"{{b64('foob')}}", "Zm9vYg=="},
      {"{{'foob'|b64url}}", "Zm9vYg"},
      // RFC 7617 section 2
      {"{{basic('Aladdin', 'open sesame')}}", "QWxhZGRpbjpvcGVuIHNlc2FtZQ=="},
      {"{{concat('Aladdin', ':', 'open sesame')|basic}}", "QWxhZGRpbjpvcGVuIHNlc2FtZQ=="},
      {"{{list|json}}", R"(["a","b c",3])"},
      {"{{name|json}}", "\"Ann\""},
      {"{{list|join}}", "a,b c,3"},
      {"{{join(list, ' + ')}}", "a + b c + 3"},
      {"{{name|join}}", "Ann"},
      {"{{concat(name, '-', count)}}", "Ann-3"},
      {"{{first(absent, nothing, name)}}", "Ann"},
      {"{{choose(yes, 'on', 'off')}}{{choose(no, 'on', 'off')}}{{choose(absent, 'on', 'off')}}", "onoffoff"},
      {"{{choose(yes, choose(no, 1, 2), 3)}}", "2"},
      {"{{choose(name, true, false)}}{{choose(empty, true, false)}}{{choose(nothing, true, false)}}",
       "truefalsefalse"},
      {"{{concat('4', '2')|number}}", "42"},
      {"{{now()}}", "2026-11-22T12:00:00.000Z"},
      {"{{now('s')}} {{now('ms')}}", "1795348800 1795348800000"},
  }));
  CAPTURE(text);
  CHECK(render_text(text, scope()) == expected);
}

TEST_CASE("a text whose name is absent is absent as a whole", "[template]") {
  const auto text = GENERATE(as<std::string>{}, "{{absent}}", "before {{absent}} after", "{{user.none}}",
                             "{{name.deeper}}", "{{nothing}}", "{{absent|b64}}", "{{concat(name, absent)}}",
                             "{{first(absent, nothing)}}", "{{choose(yes, absent, name)}}", "{{name|number}}",
                             "{{basic(name, absent)}}", "{{mime(subject=name)}}");
  CAPTURE(text);
  CHECK(render_text(text, scope()) == std::nullopt);
}

TEST_CASE("a broken template is refused with its fault", "[template]") {
  struct Case {
    std::string text, fault;
  };
  const auto [text, fault] = GENERATE(values<Case>({
      {"{{name", "something after its expression"},
      {"{{name}", "something after its expression"},
      {"{{}}", "lacks a name"},
      {"{{name|}}", "lacks a name"},
      {"{{shell('ls')}}", "\"shell\" does not exist"},
      {"{{name|upper}}", "\"upper\" does not exist"},
      {"{{b64()}}", "does not take 0 arguments"},
      {"{{b64(name, name)}}", "does not take 2 arguments"},
      {"{{b64(text=name)}}", "does not take 0 arguments"},
      {"{{mime(to=name, attach=name)}}", "has no argument \"attach\""},
      {"{{'open}}", "closing quote"},
      {"{{concat(name}}", "closing parenthesis"},
      {"{{1234567890123456}}", "too long"},
      {"{{a b}}", "something after its expression"},
      {"{{now('h')}}", "units"},
      {"{{seq('x')}}", "in the mock only"},
      {"{{basic('a:b', name)}}", "colon"},
  }));
  CAPTURE(text);
  CHECK_THAT(error_of(text), Catch::Contains(fault));
}

TEST_CASE("nesting without end is refused", "[template]") {
  std::string text = "name";
  for (int i = 0; i < 50; ++i) text = "b64(" + text + ")";
  CHECK_THROWS_AS(check_template("{{" + text + "}}"), Error);
}

TEST_CASE("check_template finds faults without values", "[template]") {
  CHECK_NOTHROW(check_template("{{anything|b64url}} {{seq('x')}}"));
  CHECK_THROWS_AS(check_template("{{anything|nope}}"), Error);
  CHECK_THROWS_AS(check_template("{{anything"), Error);
}

TEST_CASE("a JSON string that is one expression keeps the value's type", "[template]") {
  const Json source = Json::parse(
      R"json({"n":"{{count}}","b":"{{yes}}","l":"{{list}}","o":"{{user.mail}}","t":"{{count}}x"})json");
  CHECK(*render_json(source, scope()) ==
        Json::parse(R"json({"n":3,"b":true,"l":["a","b c",3],"o":{"box":"in"},"t":"3x"})json"));
}

TEST_CASE("members whose names are absent are dropped, and what they leave empty", "[template]") {
  const Json source = Json::parse(R"json({
    "kept": {"a": "{{name}}", "b": "{{absent}}"}, "gone": "{{absent}}", "emptied": {"a": {"b": "{{absent}}"}},
    "list": ["{{absent}}", "{{name}}", ["{{absent}}"]], "fixed": {}, "constant": [1, null, true]})json");
  CHECK(*render_json(source, scope()) ==
        Json::parse(R"json({"kept":{"a":"Ann"},"list":["Ann"],"fixed":{},"constant":[1,null,true]})json"));
  CHECK(*render_json(Json::parse(R"json({"a":"{{absent}}"})json"), scope()) == Json::object());
  CHECK(render_json(Json("{{absent}}"), scope()) == std::nullopt);
}

TEST_CASE("values are never templates themselves", "[template]") {
  const Json values = {{"inner", "{{name}}"}, {"name", "secret"}};
  CHECK(render_text("{{inner}}", {values, {}, nullptr}) == "{{name}}");
}

TEST_CASE("path values are percent-encoded and stay one segment", "[template]") {
  CHECK(render_path("/a/{{slash}}/z", scope()) == "/a/a%2Fb%3Fc%23d%20e/z");
  CHECK(render_path("/{{umlaut}}/{{count}}.json", scope()) == "/gr%C3%BCn/3.json");
  CHECK_THROWS_WITH(render_path("/a/{{absent}}", scope()), "\"absent\" is missing");
  CHECK_THROWS_WITH(render_path("/a/{{empty}}", scope()), Catch::Contains("\"empty\""));
  CHECK_THROWS_WITH(render_path("/a/{{user}}", scope()), Catch::Contains("\"user\""));
  CHECK_THROWS_WITH(render_path("/a/{{dots}}/b", scope()), Catch::Contains("may not be \"..\""));
}

TEST_CASE("Atlassian documents have a paragraph for each blank line and breaks inside", "[template]") {
  const Json values = {{"text", "one\ntwo\n\nthree"}};
  CHECK(*render_json(Json("{{text|adf}}"), {values, {}, nullptr}) == Json::parse(R"json({
    "type": "doc", "version": 1, "content": [
      {"type": "paragraph", "content": [{"type": "text", "text": "one"}, {"type": "hardBreak"}, {"type": "text", "text": "two"}]},
      {"type": "paragraph", "content": [{"type": "text", "text": "three"}]}]})json"));
}

TEST_CASE("seq takes its numbers from the scope", "[template]") {
  int last = 0;
  const TemplateScope counting{
      kValues, {}, [&](const std::string& name) { return name + std::to_string(++last); }};
  CHECK(render_text("{{seq('issue')}} {{seq('issue')}}", counting) == "issue1 issue2");
}

TEST_CASE("the names of a template are those of its values", "[template]") {
  CHECK(names_in_template("{{a.b}} {{concat(c, 'd', true)|b64}} {{mime(to=e, html=c)}} {{now()}}") ==
        std::vector<std::string>{"a", "c", "e"});
}

TEST_CASE("calls upon calls are bounded in number and in what they make", "[template]") {
  const std::string eight = "|json|json|json|json|json|json|json|json";
  CHECK(error_of("{{count" + eight + "}}") == "");
  CHECK(error_of("{{count" + eight + "|json}}").ends_with(" has too many filters"));
  // Each json doubles the backslashes that the one before wrote: 2^24 of them and more.
  CHECK(error_of("{{first(first(first(name" + eight + ")" + eight + ")" + eight + ")" + eight + "}}") ==
        "a template makes a value of more than 16 MiB");
}
