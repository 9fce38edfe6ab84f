#include "mockprovider/operations.h"

#include <catch2/catch.hpp>

#include "mockprovider/account_data.h"
#include "tests/support/test_env.h"
#include "vault/base/json.h"

using namespace coffer;
using namespace coffer::mock;

namespace {

struct Store {
  AccountData data;
  Timestamp now = from_ms(coffer::testing::kStartMs);
  int status = 0;
  bool found_row = true;
  bool is_bad_request = false;
  Json missing;
  Json lacking;

  Store() {
    data.counters["items"] = 3;
    data.stores["items"] = {
        parse_json(
            R"({"id": 1, "title": "Red apple", "labels": ["fruit", "red"], "owner": {"name": "ann"}})"),
        parse_json(R"({"id": 2, "title": "Green apple", "labels": ["fruit"], "owner": {"name": "ben"}})"),
        parse_json(R"({"id": 3, "title": "Red brick", "labels": ["red"], "owner": {"name": "ann"}})"),
    };
  }
  Json run(Json mock, Json values = Json::object()) {
    mock["store"] = "items";
    OperationResult result = run_operation(mock, values, data, now);
    status = result.response.status;
    found_row = result.found_row;
    is_bad_request = result.is_bad_request;
    missing = result.missing ? *result.missing : Json();
    lacking = result.lacking ? *result.lacking : Json();
    return result.response.body.empty() ? Json() : parse_json(result.response.body);
  }
  // The ids of a list's page.
  std::vector<int> ids(Json mock, Json values = Json::object()) {
    mock["op"] = "list";
    mock["reply"] = "{{rows}}";
    std::vector<int> found;
    for (const auto& row : run(mock, std::move(values))) found.push_back(row["id"]);
    return found;
  }
};

using Ids = std::vector<int>;

}  // namespace

TEST_CASE("an inserted row is listed after the others", "[operations]") {
  Store store;
  const Json reply = store.run({{"op", "insert"},
                                {"as", {{"id", "{{new_id|number}}"}, {"title", "{{body.title}}"}}},
                                {"status", 201},
                                {"reply", "{{row}}"}},
                               {{"body", {{"title", "Pear"}}}});
  CHECK(store.status == 201);
  CHECK(reply == Json({{"id", 4}, {"title", "Pear"}}));
  CHECK(store.ids(Json::object()) == Ids{1, 2, 3, 4});
}

TEST_CASE("insert with where changes the row that is there", "[operations]") {
  Store store;
  store.run({{"op", "insert"}, {"where", {{"id", "{{body.id}}"}}}, {"as", {{"title", "Changed"}}}},
            {{"body", {{"id", 2}}}});
  CHECK(store.data.stores["items"].size() == 3);
  CHECK(store.data.stores["items"][1]["title"] == "Changed");
}

TEST_CASE("a store keeps its newest thousand rows", "[operations]") {
  Store store;
  for (int i = 0; i < 1000; ++i) store.run({{"op", "insert"}, {"as", {{"id", "{{new_id|number}}"}}}});
  CHECK(store.data.stores["items"].size() == 1000);
  CHECK(store.data.stores["items"].front()["id"] == 4);
}

TEST_CASE("where compares as text, also below the top", "[operations]") {
  Store store;
  CHECK(store.ids({{"where", {{"id", "2"}}}}) == Ids{2});
  CHECK(store.ids({{"where", {{"owner.name", "ann"}}}}) == Ids{1, 3});
  CHECK(store.ids({{"where", {{"owner.name.first", "ann"}}}}) == Ids{});
}

TEST_CASE("a list leaves out what was not asked, get finds nothing then", "[operations]") {
  Store store;
  const Json by_query = {{"where", {{"owner.name", "{{query.owner}}"}}}};
  CHECK(store.ids(by_query, {{"query", Json::object()}}) == Ids{1, 2, 3});
  Json get = by_query;
  get["op"] = "get";
  store.run(get, {{"query", Json::object()}});
  CHECK_FALSE(store.found_row);
}

TEST_CASE("contains looks into texts and lists", "[operations]") {
  Store store;
  CHECK(store.ids({{"contains", {{"title", "APPLE"}}}}) == Ids{1, 2});
  CHECK(store.ids({{"contains", {{"labels", "red"}}}}) == Ids{1, 3});
  CHECK(store.ids({{"contains", {{"labels", Json::array({"red", "fruit"})}}}}) == Ids{1});
  CHECK(store.ids({{"contains", {{"labels", "{{query.label}}"}}}}) == Ids{1, 2, 3});
}

TEST_CASE("search wants every word somewhere, whatever stands before the colon", "[operations]") {
  Store store;
  const auto found = [&](const char* query) { return store.ids({{"search", "{{q}}"}}, {{"q", query}}); };
  CHECK(found("title:apple red") == Ids{1});
  CHECK(found("from:ANN") == Ids{1, 3});
  CHECK(found("(\"brick\")") == Ids{3});
  CHECK(found("apple brick") == Ids{});
  CHECK(found("") == Ids{1, 2, 3});
}

TEST_CASE("a list comes in pages that join without gap or overlap", "[operations]") {
  Store store;
  const Json list = {{"op", "list"},
                     {"limit", 2},
                     {"after", "{{query.after}}"},
                     {"item", {{"id", "{{row.id}}"}}},
                     {"reply", {{"rows", "{{rows}}"}, {"total", "{{total}}"}, {"next", "{{next}}"}}}};
  const Json first = store.run(list, {{"query", Json::object()}});
  CHECK(first["rows"] == parse_json(R"([{"id": 1}, {"id": 2}])"));
  CHECK(first["total"] == 3);
  const Json second = store.run(list, {{"query", {{"after", first["next"]}}}});
  CHECK(second["rows"] == parse_json(R"([{"id": 3}])"));
  CHECK_FALSE(second.contains("next"));
  store.run(list, {{"query", {{"after", "nonsense"}}}});
  CHECK(store.is_bad_request);
}

TEST_CASE("pages may be counted, and limits are held", "[operations]") {
  Store store;
  const Json list = {{"limit", "{{query.n}}"}, {"page", "{{query.page}}"}, {"newest_first", true}};
  CHECK(store.ids(list, {{"query", {{"n", "2"}, {"page", "1"}}}}) == Ids{3, 2});
  CHECK(store.ids(list, {{"query", {{"n", "2"}, {"page", "2"}}}}) == Ids{1});
  CHECK(store.ids(list, {{"query", {{"n", "2"}, {"page", "900000000"}}}}) == Ids{});
  CHECK(store.ids(list, {{"query", {{"n", "0"}}}}) == Ids{3});
  CHECK(store.ids(list, {{"query", {{"n", "-5"}}}}) == Ids{3});
  CHECK(store.ids(list, {{"query", {{"n", "many"}}}}) == Ids{3, 2, 1});
}

TEST_CASE("an empty list is a list", "[operations]") {
  Store store;
  const Json reply = store.run(
      {{"op", "list"}, {"where", {{"id", "9"}}}, {"reply", {{"items", "{{rows}}"}, {"total", "{{total}}"}}}});
  CHECK(reply == Json({{"items", Json::array()}, {"total", 0}}));
}

TEST_CASE("update merges, adds to lists and takes from them", "[operations]") {
  Store store;
  const Json reply = store.run({{"op", "update"},
                                {"where", {{"id", 1}}},
                                {"as", {{"title", "Apple"}, {"owner", {{"age", 7}}}}},
                                {"add", {{"labels", "{{body.add}}"}, {"tags", "new"}}},
                                {"remove", {{"labels", "{{body.remove}}"}}},
                                {"reply", "{{row}}"}},
                               {{"body", {{"add", {"sweet", "red"}}, {"remove", {"fruit"}}}}});
  CHECK(reply["title"] == "Apple");
  CHECK(reply["owner"] == Json({{"name", "ann"}, {"age", 7}}));
  CHECK(reply["labels"] == Json::array({"red", "sweet"}));
  CHECK(reply["tags"] == Json::array({"new"}));
  CHECK(store.data.stores["items"][0] == reply);
}

TEST_CASE("delete removes every row that fits", "[operations]") {
  Store store;
  store.run({{"op", "delete"}, {"where", {{"owner.name", "ann"}}}, {"status", 204}});
  CHECK(store.status == 204);
  CHECK(store.ids(Json::object()) == Ids{2});
  store.run({{"op", "delete"}, {"where", {{"owner.name", "ann"}}}});
  CHECK_FALSE(store.found_row);
}

TEST_CASE("status and delay follow the request within bounds", "[operations]") {
  Store store;
  store.run({{"status", "{{query.s}}"}}, {{"query", {{"s", "418"}}}});
  CHECK(store.status == 418);
  store.run({{"status", "{{query.s}}"}}, {{"query", {{"s", "9999"}}}});
  CHECK(store.status == 599);
  Json values = {{"query", {{"ms", "99999999"}}}};
  CHECK(run_operation({{"delay_ms", "{{query.ms}}"}}, values, store.data, store.now).delay ==
        std::chrono::seconds(30));
}

TEST_CASE("a reply sees the clock, counters and headers", "[operations]") {
  Store store;
  Json values = Json::object();
  const auto result = run_operation({{"reply", {{"at", "{{now()}}"}, {"n", "{{seq('visits')}}"}}},
                                     {"headers", {{"X-Next", "{{seq('other')}}"}}}},
                                    values, store.data, store.now);
  CHECK(result.response.body == R"({"at":"2026-11-22T12:00:00.000Z","n":"1"})");
  CHECK(header_value(result.response.headers, "X-Next") == "1");
}

TEST_CASE("what lies below a parent is done only if the parent is there", "[operations]") {
  const Json parent = {{"store", "boxes"},
                       {"where", {{"id", "{{path.box}}"}, {"owner", "{{path.owner}}"}}},
                       {"missing", {{"status", 418}}}};
  const Json insert = {{"op", "insert"}, {"parent", parent}, {"as", {{"id", "{{new_id|number}}"}}}};
  Store store;
  store.data.stores["boxes"] = {parse_json(R"({"id": 7, "owner": "ann"})")};
  SECTION("there") {
    store.run(insert, {{"path", {{"box", "7"}, {"owner", "ann"}}}});
    CHECK(store.found_row);
    CHECK(store.ids({}) == Ids{1, 2, 3, 4});
  }
  SECTION("not there") {
    store.run(insert, {{"path", {{"box", "8"}, {"owner", "ann"}}}});
    CHECK_FALSE(store.found_row);
    CHECK(store.missing == parent["missing"]);
    CHECK(store.ids({}) == Ids{1, 2, 3});
  }
  SECTION("there, and another's") {
    store.run(insert, {{"path", {{"box", "7"}, {"owner", "ben"}}}});
    CHECK_FALSE(store.found_row);
  }
  SECTION("not named") {
    store.data.stores["boxes"].clear();
    store.run(insert);
    CHECK(store.found_row);
  }
  SECTION("of a list") {
    CHECK(store.ids({{"parent", parent}}, {{"path", {{"box", "7"}}}}) == Ids{1, 2, 3});
    store.run({{"op", "list"}, {"parent", parent}}, {{"path", {{"box", "8"}}}});
    CHECK_FALSE(store.found_row);
  }
}

TEST_CASE("a parent that says nothing of its own leaves it to the operation", "[operations]") {
  Store store;
  const Json parent = {{"store", "boxes"}, {"where", {{"id", "8"}}}};
  store.run({{"op", "insert"}, {"parent", parent}, {"missing", "own"}});
  CHECK(store.missing == "own");
  store.run({{"op", "insert"}, {"parent", parent}});
  CHECK(store.missing == nullptr);
}

TEST_CASE("nothing is done for a request that lacks what the operation needs", "[operations]") {
  const Json mock = {
      {"op", "insert"}, {"needs", {"title", "owner.name"}}, {"as", {{"title", "{{body.title}}"}}}};
  const auto lacking = [&](const char* body) {
    Store store;
    store.run(mock, {{"body", parse_json(body)}});
    CHECK(store.data.stores["items"].size() == (store.lacking.is_null() ? 4 : 3));
    return store.lacking;
  };
  CHECK(lacking(R"({"title": "Pear", "owner": {"name": "ann"}})").is_null());
  CHECK(lacking(R"({"title": 7, "owner": {"name": false}})").is_null());
  for (const char* body : {"{}", R"({"title": null})", R"({"title": ""})", R"({"title": []})",
                           R"({"title": {}})", "[]", R"("title")"}) {
    CAPTURE(body);
    CHECK(lacking(body) == "title");
  }
  CHECK(lacking(R"({"title": "Pear", "owner": {}})") == "owner.name");
}

TEST_CASE("a need is any template, and one of some values if it says so", "[operations]") {
  const Json among = {{"value", "{{path.user}}"}, {"among", {"me", "{{account.email}}"}}};
  const auto is_met = [&](const Json& need, const Json& values) {
    Store store;
    store.run({{"needs", Json::array({need})}}, values);
    return store.lacking.is_null();
  };
  const Json either = {{"value", "{{first(body.text, body.blocks)}}"}};
  CHECK(is_met(either, {{"body", {{"blocks", {1}}}}}));
  CHECK_FALSE(is_met(either, {{"body", {{"other", 1}}}}));
  for (const auto& [user, expected] : std::map<std::string, bool>{
           {"me", true}, {"Ann@example.com", true}, {"ben@example.com", false}, {"ann", false}}) {
    CAPTURE(user);
    CHECK(is_met(among, {{"path", {{"user", user}}}, {"account", {{"email", "ann@example.com"}}}}) ==
          expected);
  }
}
