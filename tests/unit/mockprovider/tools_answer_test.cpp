#include <algorithm>

#include "tests/unit/mockprovider/mock_world.h"
#include "vault/base/error.h"
#include "vault/catalog/arguments.h"
#include "vault/catalog/request_builder.h"

using namespace coffer;
using namespace coffer::mock;
using namespace coffer::mock::testing;

namespace {

// What the tools' required arguments are, so that they name things of the seeds.
const Json& known_arguments() {
  static const Json arguments = parse_json(R"({
    "github": {"owner": "alice", "repo": "hello-world", "issue_number": 1, "title": "A title", "body": "A text",
               "q": "handbook"},
    "gmail": {"message_id": "m1", "thread_id": "m2", "recipient_email": "ann@example.com", "subject": "Hello",
              "body": "A text", "message_body": "A text"},
    "jira": {"issue_key": "DEMO-1", "project_key": "DEMO", "summary": "A summary", "comment": "A comment",
             "transition_id": "31", "jql": "project = DEMO"},
    "mock": {"message": "hello", "title": "An item"},
    "sentry": {"organization_id_or_slug": "alice-org", "project_id_or_slug": "backend", "issue_id": "501"},
    "slack": {"channel": "C0001", "text": "A text", "query": "report", "ts": "1795000000.000100"},
    "tavily": {"query": "vault", "urls": ["https://example.com/vaults"], "url": "https://example.com"},
    "zendesk": {"ticket_id": 1, "subject": "A subject", "description": "A text", "body": "A text",
                "query": "printer"}
  })");
  return arguments;
}

// Changes that change nothing are refused.
Json changes_of(const Tool& tool) {
  if (tool.slug == "GMAIL_ADD_LABEL_TO_EMAIL") return {{"add_label_ids", {"STARRED"}}};
  if (tool.slug == "JIRA_EDIT_ISSUE") return {{"summary", "A summary"}};
  if (tool.slug == "ZENDESK_UPDATE_ZENDESK_TICKET") return {{"status", "open"}};
  return Json::object();
}

Json arguments_of(const Toolkit& toolkit, const Tool& tool) {
  Json arguments = changes_of(tool);
  for (const auto& name : tool.input->value("required", Json::array())) {
    INFO(tool.slug << " needs " << name);
    REQUIRE(known_arguments().contains(toolkit.slug));
    REQUIRE(known_arguments()[toolkit.slug].contains(name.get<std::string>()));
    arguments[name.get<std::string>()] = known_arguments()[toolkit.slug][name.get<std::string>()];
  }
  check_arguments(*tool.input, arguments, tool.slug);
  return arguments;
}

// An access token for the toolkit, got as a client of that provider has to get it.
std::string access_token(MockWorld& world, const AuthMode& mode) {
  const Provider& provider = *shipped_catalog().find_provider(mode.provider);
  const Fields scopes = {{provider.scope_param, join(mode.scopes, provider.scope_separator)}};
  const std::string code = world.code_of(provider.id, scopes);
  Fields form = {{"grant_type", "authorization_code"},
                 {"code", code},
                 {"redirect_uri", kCallback},
                 {"code_verifier", kVerifier}};
  HttpHeaders headers = {{"Accept", "application/json"}};
  const HttpHeaders basic = world.basic_of(provider.id);
  headers.insert(headers.end(), basic.begin(), basic.end());
  const std::string path = provider.mock_path + "/token";
  Json body = Json::object();
  for (const auto& [name, value] : form) body[name] = value;
  const ServerResponse response = provider.body_format == Provider::BodyFormat::Json
                                      ? world.post_json(path, body, headers)
                                      : world.post_form(path, form, headers);
  INFO(response.body);
  REQUIRE(response.status == 200);
  const auto place = provider.token_response.find("access_token");
  const std::string pointer = place == provider.token_response.end() ? "/access_token" : place->second;
  return parse_json(response.body).at(Json::json_pointer(pointer));
}

// What the toolkit's header templates see of the credential.
Json credential_values(MockWorld& world, const Toolkit& toolkit, const AuthMode& mode) {
  if (mode.scheme == AuthScheme::OAuth2) return {{"access_token", access_token(world, mode)}};
  const Json fields =
      world.control("GET", "/_mock/keys?toolkit=" + toolkit.slug + "&account=alice@example.com");
  Json values = fields;
  for (const auto& field : mode.fields) {
    if (field.is_secret) values[mode.scheme == AuthScheme::ApiKey ? "api_key" : "token"] = fields[field.name];
  }
  return values;
}

ServerResponse call(MockWorld& world, const Toolkit& toolkit, const RequestTemplate& shape,
                    const Json& arguments) {
  const AuthMode& mode = toolkit.auth.front();
  const Json credential = credential_values(world, toolkit, mode);
  HttpRequest request =
      build_request(kUrl + toolkit.mock_path, shape, {arguments, world.clock.now(), nullptr});
  for (const auto& [name, value] : mode.headers) {
    request.headers.push_back({name, render_text(value, {credential, world.clock.now(), nullptr}).value()});
  }
  return world.send(request.method, request.url.substr(std::string(kUrl).size()), request.headers,
                    request.body);
}

// As the executor hands a result on.
Json shaped(const Json& answer, const std::string& select) {
  const Json selected = answer.at(Json::json_pointer(select));
  if (selected.is_object()) return selected;
  return {{selected.is_array() ? "items" : "value", selected}};
}

}  // namespace

TEST_CASE("every tool of every toolkit answers, and its answer fits the tool's output schema", "[tools]") {
  for (const auto& toolkit : shipped_catalog().toolkits()) {
    for (const auto& tool : toolkit.tools) {
      if (tool.slug == "MOCK_FAIL") continue;  // fails by design
      MockWorld world;
      CAPTURE(tool.slug);
      const ServerResponse response = call(world, toolkit, tool.request, arguments_of(toolkit, tool));
      CAPTURE(response.body);
      CHECK(response.status / 100 == 2);
      if (response.body.empty()) continue;
      const Json answer = parse_json(response.body);
      if (answer.is_object()) CHECK(answer.value("ok", true));  // Slack's way to fail
      Json result = shaped(answer, tool.select);
      CHECK_NOTHROW(check_arguments(*tool.output, result, tool.slug));
    }
  }
}

TEST_CASE("what is asked for below a parent that does not exist fails as the service says it does",
          "[tools]") {
  struct Case {
    std::string toolkit, tool;
    Json wrong;
    int status;
    Json answer;
  };
  const Json no_issue = parse_json(
      R"({"errorMessages": ["Issue does not exist or you do not have permission to see it."], "errors": {}})");
  const Json not_found = parse_json(
      R"({"message": "Not Found", "documentation_url": "https://docs.github.com/rest", "status": "404"})");
  const Json no_resource = {{"detail", "The requested resource does not exist"}};
  const Json no_channel = {{"ok", false}, {"error", "channel_not_found"}};
  const Json no_entity = parse_json(
      R"({"error": {"code": 404, "message": "Requested entity was not found.", "status": "NOT_FOUND"}})");
  const std::vector<Case> cases = {
      {"github", "GITHUB_LIST_REPOSITORY_ISSUES", {{"repo", "nothing"}}, 404, not_found},
      {"github", "GITHUB_CREATE_AN_ISSUE", {{"owner", "nobody"}}, 404, not_found},
      {"github", "GITHUB_CREATE_AN_ISSUE_COMMENT", {{"issue_number", 99}}, 404, not_found},
      {"github", "GITHUB_CREATE_AN_ISSUE_COMMENT", {{"repo", "notes"}}, 404, not_found},
      {"jira", "JIRA_ADD_COMMENT", {{"issue_key", "DEMO-99"}}, 404, no_issue},
      {"jira", "JIRA_GET_TRANSITIONS", {{"issue_key", "DEMO-99"}}, 404, no_issue},
      {"jira",
       "JIRA_CREATE_ISSUE",
       {{"project_key", "NONE"}},
       400,
       parse_json(R"({"errorMessages": [], "errors": {"project": "valid project is required"}})")},
      {"sentry",
       "SENTRY_RETRIEVE_ORGANIZATION_PROJECTS",
       {{"organization_id_or_slug", "none"}},
       404,
       no_resource},
      {"sentry", "SENTRY_RETRIEVE_PROJECT_ISSUES_LIST", {{"project_id_or_slug", "none"}}, 404, no_resource},
      {"sentry", "SENTRY_RETRIEVE_ISSUE_EVENTS_BY_ID", {{"issue_id", "9"}}, 404, no_resource},
      {"sentry", "SENTRY_GET_PROJECT_EVENTS", {{"organization_id_or_slug", "none"}}, 404, no_resource},
      {"slack", "SLACK_SEND_MESSAGE", {{"channel", "C9999"}}, 200, no_channel},
      {"slack", "SLACK_FETCH_CONVERSATION_HISTORY", {{"channel", "C9999"}}, 200, no_channel},
      {"gmail", "GMAIL_REPLY_TO_THREAD", {{"thread_id", "t9"}}, 404, no_entity},
      {"gmail", "GMAIL_CREATE_EMAIL_DRAFT", {{"thread_id", "t9"}}, 404, no_entity}};
  for (const auto& [slug, name, wrong, status, answer] : cases) {
    CAPTURE(name);
    MockWorld world;
    const Toolkit& toolkit = *shipped_catalog().find_toolkit(slug);
    const Tool& tool = *shipped_catalog().find_tool(name).tool;
    Json arguments = arguments_of(toolkit, tool);
    arguments.update(wrong);
    const ServerResponse response = call(world, toolkit, tool.request, arguments);
    CHECK(response.status == status);
    CHECK(parse_json(response.body) == answer);
  }
}

TEST_CASE("no write is taken without what the service demands", "[tools]") {
  // Arguments that are demanded by us alone: the service has a default for them.
  const std::vector<std::string> optional_at_the_service = {
      "GMAIL_REPLY_TO_THREAD thread_id",       "GMAIL_REPLY_TO_THREAD message_body",
      "GMAIL_CREATE_EMAIL_DRAFT subject",      "GMAIL_CREATE_EMAIL_DRAFT body",
      "ZENDESK_CREATE_ZENDESK_TICKET subject", "ZENDESK_REPLY_ZENDESK_TICKET body"};
  for (const auto& toolkit : shipped_catalog().toolkits()) {
    for (const auto& tool : toolkit.tools) {
      if (tool.request.method == "GET" || !tool.request.json) continue;
      MockWorld world;
      const Json arguments = arguments_of(toolkit, tool);
      for (const auto& name : tool.input->value("required", Json::array())) {
        const auto& argument = name.get_ref<const std::string&>();
        if (tool.request.path.find("{{" + argument) != std::string::npos) continue;
        Json others = arguments;
        others.erase(argument);
        const ServerResponse response = call(world, toolkit, tool.request, others);
        CAPTURE(tool.slug, argument, response.status, response.body);
        const bool is_taken = response.status / 100 == 2 &&
                              (response.body.empty() || parse_json(response.body).value("ok", true));
        const bool is_optional = std::find(optional_at_the_service.begin(), optional_at_the_service.end(),
                                           tool.slug + " " + argument) != optional_at_the_service.end();
        CHECK(is_taken == is_optional);
      }
    }
  }
}

TEST_CASE("what lacks a required member is refused in the service's own words", "[tools]") {
  struct Case {
    std::string toolkit, method, path;
    Json body;
    int status;
    std::string answer;
  };
  const Json no_comment = {{"ticket", {{"subject", "Printer"}}}};
  const Json no_recipient = {{"raw", to_base64url("Subject: Hello\r\n\r\nA text")}};
  const std::vector<Case> cases = {
      {"github",
       "POST",
       "/repos/alice/hello-world/issues",
       {{"body", "x"}},
       422,
       "Invalid request.\\n\\n\\\"title\\\" wasn't supplied."},
      {"github", "POST", "/repos/alice/hello-world/issues/1/comments", Json::object(), 422,
       "\\\"body\\\" wasn't supplied."},
      {"gmail", "POST", "/gmail/v1/users/me/messages/send", Json::object(), 400, "'raw' RFC822 payload"},
      {"gmail", "POST", "/gmail/v1/users/me/messages/send", no_recipient, 400, "Recipient address required"},
      {"gmail", "POST", "/gmail/v1/users/me/drafts", {{"message", Json::object()}}, 400, "'raw' RFC822"},
      {"gmail",
       "POST",
       "/gmail/v1/users/me/messages/m1/modify",
       {{"addLabelIds", Json::array()}},
       400,
       "No label add or removes specified"},
      {"slack", "POST", "/chat.postMessage", {{"text", "x"}}, 200, "channel_not_found"},
      {"slack", "POST", "/chat.postMessage", {{"channel", "C0001"}}, 200, "no_text"},
      {"slack", "POST", "/chat.delete", {{"channel", "C0001"}}, 200, "message_not_found"},
      {"jira",
       "POST",
       "/rest/api/3/issue",
       {{"fields", {{"project", {{"key", "DEMO"}}}}}},
       400,
       R"({"summary":"You must specify a summary of the issue."})"},
      {"jira", "PUT", "/rest/api/3/issue/DEMO-1", Json::object(), 400,
       "one of 'fields' or 'update' required"},
      {"jira", "POST", "/rest/api/3/issue/DEMO-1/comment", Json::object(), 400,
       "Comment body can not be empty!"},
      {"jira", "POST", "/rest/api/3/issue/DEMO-1/transitions", Json::object(), 400,
       "Missing 'transition' identifier"},
      {"jira", "POST", "/rest/api/3/search/jql", Json::object(), 400, "Unbounded JQL queries"},
      {"tavily", "POST", "/search", {{"topic", "news"}}, 400, "query is missing."},
      {"zendesk", "POST", "/tickets.json", no_comment, 422, "Description: cannot be blank"},
      {"zendesk", "PUT", "/tickets/1.json", Json::object(), 400, "ticket parameter is required"}};
  for (const auto& [slug, method, path, body, status, answer] : cases) {
    CAPTURE(slug, path);
    MockWorld world;
    RequestTemplate request;
    request.method = method;
    request.path = path;
    request.json = std::make_shared<const Json>(body);
    const ServerResponse response =
        call(world, *shipped_catalog().find_toolkit(slug), request, Json::object());
    CAPTURE(response.body);
    CHECK(response.status == status);
    CHECK(response.body.find(answer) != std::string::npos);
    if (slug == "slack") CHECK(parse_json(response.body)["ok"] == false);
  }
}

TEST_CASE("another person's mailbox is closed, under one's own address as under \"me\" it is open",
          "[tools]") {
  const Toolkit& gmail = *shipped_catalog().find_toolkit("gmail");
  for (const char* slug :
       {"GMAIL_GET_PROFILE", "GMAIL_FETCH_EMAILS", "GMAIL_FETCH_MESSAGE_BY_MESSAGE_ID", "GMAIL_SEND_EMAIL",
        "GMAIL_CREATE_EMAIL_DRAFT", "GMAIL_LIST_LABELS", "GMAIL_ADD_LABEL_TO_EMAIL"}) {
    const Tool& tool = *shipped_catalog().find_tool(slug).tool;
    const auto status_for = [&](const char* user) {
      MockWorld world;
      Json arguments = arguments_of(gmail, tool);
      arguments["user_id"] = user;
      return call(world, gmail, tool.request, arguments).status;
    };
    CAPTURE(tool.slug);
    CHECK(status_for("me") == 200);
    CHECK(status_for("Alice@example.com") == 200);
    CHECK(status_for("bob@example.com") == 403);
  }
}

TEST_CASE("jira is found by Atlassian's own paths, below the site's id and beside it", "[tools]") {
  MockWorld world;
  const Toolkit& jira = *shipped_catalog().find_toolkit("jira");
  const std::string token = access_token(world, jira.auth.front());
  const auto get = [&](const std::string& path) { return world.get(jira.mock_path + path, token); };
  const ServerResponse sites = get("/oauth/token/accessible-resources");
  REQUIRE(sites.status == 200);
  const std::string id = parse_json(sites.body)[0]["id"];
  CHECK(get("/ex/jira/" + id + "/rest/api/3/issue/DEMO-1").body == get("/rest/api/3/issue/DEMO-1").body);
  CHECK(get("/ex/jira/" + id + "/rest/api/3/issue/DEMO-1").status == 200);
  CHECK(get("/ex/jira/another-site/rest/api/3/issue/DEMO-1").status == 404);
  CHECK(get("/ex/jira/" + id).status == 404);
  CHECK(get("/ex/jira/" + id + "/oauth/token/accessible-resources").status == 404);
  CHECK(world.get(jira.mock_path + "/ex/jira/" + id + "/rest/api/3/myself").status == 401);
  CHECK(world.get(jira.mock_path + "/oauth/token/accessible-resources").status == 401);
}

TEST_CASE("GitHub takes an access token under its own word, too, and others do not", "[tools]") {
  MockWorld world;
  const auto status_of = [&](const char* path, const std::string& credential) {
    return world.send("GET", path, {{"Authorization", credential}}).status;
  };
  const std::string token = access_token(world, shipped_catalog().find_toolkit("github")->auth.front());
  CHECK(status_of("/mock/github/api/user", "token " + token) == 200);
  CHECK(status_of("/mock/github/api/user", "Bearer " + token) == 200);
  CHECK(status_of("/mock/github/api/user", "token " + token + "x") == 401);
  CHECK(status_of("/mock/github/api/user", "secret " + token) == 401);
  const std::string other = access_token(world, shipped_catalog().find_toolkit("gmail")->auth.front());
  CHECK(status_of("/mock/google/gmail/gmail/v1/users/me/profile", "token " + other) == 401);
}

TEST_CASE("every verifying call names the account", "[tools]") {
  for (const auto& toolkit : shipped_catalog().toolkits()) {
    if (!toolkit.verify) continue;
    MockWorld world;
    CAPTURE(toolkit.slug);
    const ServerResponse response = call(world, toolkit, toolkit.verify->request, Json::object());
    CHECK(response.status == 200);
    CHECK(parse_json(response.body).contains(Json::json_pointer(toolkit.verify->identity)));
  }
}

TEST_CASE("a client of each provider refreshes as its description says", "[tools]") {
  MockWorld world;
  const Json slack = [&] {
    const std::string code = world.code_of("slack", {{"user_scope", "chat:write,channels:read"}});
    return parse_json(world.redeem("slack", code).body);
  }();
  CHECK(slack["ok"] == true);
  CHECK(slack["authed_user"]["scope"] == "chat:write,channels:read");
  const ServerResponse next = world.refresh("slack", slack["authed_user"]["refresh_token"]);
  CHECK(parse_json(next.body)["ok"] == true);
  const ServerResponse reused = world.refresh("slack", slack["authed_user"]["refresh_token"]);
  CHECK(reused.status == 200);
  CHECK(parse_json(reused.body) == Json({{"ok", false}, {"error", "invalid_refresh_token"}}));
}

TEST_CASE("atlassian lets the same refresh token come again for ten minutes", "[tools]") {
  MockWorld world;
  const auto post = [&](Json body) {
    return world.post_json("/mock/atlassian/token", body, world.basic_of("atlassian"));
  };
  const std::string code = world.code_of("atlassian", {{"scope", "read:jira-work offline_access"}});
  const Json tokens = parse_json(post({{"grant_type", "authorization_code"},
                                       {"code", code},
                                       {"redirect_uri", kCallback},
                                       {"code_verifier", kVerifier}})
                                     .body);
  const Json refresh = {{"grant_type", "refresh_token"}, {"refresh_token", tokens["refresh_token"]}};
  CHECK(post(refresh).status == 200);
  world.clock.advance(std::chrono::minutes(9));
  CHECK(post(refresh).status == 200);
  world.clock.advance(std::chrono::minutes(1));
  const ServerResponse refused = post(refresh);
  CHECK(refused.status == 403);
  CHECK(parse_json(refused.body)["error"] == "unauthorized_client");
}
