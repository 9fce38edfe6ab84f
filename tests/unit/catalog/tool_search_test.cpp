#include "vault/catalog/tool_search.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "vault/catalog/search_words.h"

using namespace coffer;

namespace {

const Catalog& shipped() {
  static const Catalog catalog = Catalog::load();
  return catalog;
}

const ToolSearch& tool_search() {
  static const ToolSearch search(shipped());
  return search;
}

std::vector<std::string> slugs_for(std::string_view query, std::size_t most) {
  std::vector<std::string> slugs;
  for (const ToolMatch& match : tool_search().find(query, most)) slugs.push_back(match.ref.tool->slug);
  return slugs;
}

bool contains(const std::vector<std::string>& slugs, const std::string& slug) {
  return std::find(slugs.begin(), slugs.end(), slug) != slugs.end();
}

struct Wish {
  const char* query;
  const char* slug;
};

}  // namespace

TEST_CASE("the tool that a person means comes first", "[search]") {
  const auto [query, slug] = GENERATE(values<Wish>({
      {"send an email", "GMAIL_SEND_EMAIL"},
      {"email my boss that I am late", "GMAIL_SEND_EMAIL"},
      {"Send a mail with Gmail", "GMAIL_SEND_EMAIL"},
      {"read my inbox", "GMAIL_FETCH_EMAILS"},
      {"check my latest emails", "GMAIL_FETCH_EMAILS"},
      {"read my unread emails", "GMAIL_FETCH_EMAILS"},
      {"show me my unread mail", "GMAIL_FETCH_EMAILS"},
      {"list unread messages in gmail", "GMAIL_FETCH_EMAILS"},
      {"draft an email for review", "GMAIL_CREATE_EMAIL_DRAFT"},
      {"reply to an email thread", "GMAIL_REPLY_TO_THREAD"},
      {"archive an email", "GMAIL_ADD_LABEL_TO_EMAIL"},
      {"which labels do I have in gmail", "GMAIL_LIST_LABELS"},
      {"open a support ticket", "ZENDESK_CREATE_ZENDESK_TICKET"},
      {"create a new zendesk ticket", "ZENDESK_CREATE_ZENDESK_TICKET"},
      {"answer a customer's ticket", "ZENDESK_REPLY_ZENDESK_TICKET"},
      {"change the priority of a ticket", "ZENDESK_UPDATE_ZENDESK_TICKET"},
      {"report a bug on github", "GITHUB_CREATE_AN_ISSUE"},
      {"file a github issue", "GITHUB_CREATE_AN_ISSUE"},
      {"star a repo", "GITHUB_STAR_A_REPOSITORY_FOR_THE_AUTHENTICATED_USER"},
      {"list my repositories", "GITHUB_LIST_REPOSITORIES_FOR_THE_AUTHENTICATED_USER"},
      {"find repositories about vaults", "GITHUB_SEARCH_REPOSITORIES"},
      {"comment on a pull request", "GITHUB_CREATE_AN_ISSUE_COMMENT"},
      {"who am I on github", "GITHUB_GET_THE_AUTHENTICATED_USER"},
      {"create a jira issue", "JIRA_CREATE_ISSUE"},
      {"move a jira issue to done", "JIRA_TRANSITION_ISSUE"},
      {"search jira with JQL", "JIRA_SEARCH_FOR_ISSUES_USING_JQL_POST"},
      {"list jira projects", "JIRA_GET_ALL_PROJECTS"},
      {"post a message in slack", "SLACK_SEND_MESSAGE"},
      {"message a colleague on slack", "SLACK_SEND_MESSAGE"},
      {"what was said in the slack channel recently", "SLACK_FETCH_CONVERSATION_HISTORY"},
      {"notify the team", "SLACK_SEND_MESSAGE"},
      {"who am i on slack", "SLACK_TEST_AUTH"},
      {"show all channels", "SLACK_LIST_ALL_CHANNELS"},
      {"delete a slack message", "SLACK_DELETES_A_MESSAGE_FROM_A_CHAT"},
      {"people in our slack workspace", "SLACK_LIST_ALL_USERS"},
      {"search the web", "TAVILY_TAVILY_SEARCH"},
      {"look something up on the internet", "TAVILY_TAVILY_SEARCH"},
      {"scrape the text of a web page", "TAVILY_TAVILY_EXTRACT"},
      {"crawl a website", "TAVILY_TAVILY_CRAWL"},
      {"how many credits are left", "TAVILY_TAVILY_USAGE"},
      {"resolve a sentry issue", "SENTRY_UPDATE_ISSUE_ATTRIBUTES_IN_ORGANIZATION"},
      {"unresolved issues of a sentry project", "SENTRY_RETRIEVE_PROJECT_ISSUES_LIST"},
      {"error events of a project", "SENTRY_GET_PROJECT_EVENTS"},
      {"latest crashes", "SENTRY_GET_PROJECT_EVENTS"},
      {"mark an email as read", "GMAIL_ADD_LABEL_TO_EMAIL"},
      {"find tickets about printers", "ZENDESK_SEARCH_ZENDESK"},
      {"GMAIL_SEND_EMAIL", "GMAIL_SEND_EMAIL"},
  }));
  CAPTURE(query, slugs_for(query, 5));
  REQUIRE_FALSE(slugs_for(query, 1).empty());
  CHECK(slugs_for(query, 1).front() == slug);
}

TEST_CASE("a wish that several services can fulfil finds all of them", "[search]") {
  const std::vector<std::string> found = slugs_for("open a ticket", 5);
  CAPTURE(found);
  CHECK(found.front() == "ZENDESK_CREATE_ZENDESK_TICKET");
  CHECK(contains(found, "JIRA_CREATE_ISSUE"));
  CHECK(contains(found, "GITHUB_CREATE_AN_ISSUE"));
}

TEST_CASE("nothing is found where no word fits", "[search]") {
  CHECK(slugs_for("xyzzy plugh", 10).empty());
  CHECK(slugs_for("", 10).empty());
  CHECK(slugs_for("\xff\xfe!?", 10).empty());
  CHECK(slugs_for("get the weather", 10).empty());
  CHECK(slugs_for("show me what to create", 10).size() == 10);  // no thing is named, so all deeds count
}

TEST_CASE("only tools that are admitted are found, at most as many as asked for", "[search]") {
  const auto is_jira = [](const ToolRef& ref) { return ref.toolkit->slug == "jira"; };
  const std::vector<ToolMatch> found = tool_search().find("open a ticket", 3, is_jira);
  REQUIRE_FALSE(found.empty());
  CHECK(found.size() <= 3);
  CHECK(found.front().ref.tool->slug == "JIRA_CREATE_ISSUE");
  for (const ToolMatch& match : found) CHECK(match.ref.toolkit->slug == "jira");
}

TEST_CASE("the order is that of the scores", "[search]") {
  const std::vector<ToolMatch> found = tool_search().find("list the issues of a project", 20);
  REQUIRE(found.size() > 2);
  CHECK(std::is_sorted(found.begin(), found.end(),
                       [](const ToolMatch& a, const ToolMatch& b) { return a.score > b.score; }));
}

TEST_CASE("a very long query is cut, not refused", "[search]") {
  std::string query = "send email";
  for (int i = 0; i < 20000; ++i) query += " filler" + std::to_string(i);
  CHECK(slugs_for(query, 1) == std::vector<std::string>{"GMAIL_SEND_EMAIL"});
}

TEST_CASE("words of one stem are the same to a search", "[search]") {
  const auto [a, b] = GENERATE(table<const char*, const char*>({
      {"emails", "email"},
      {"repositories", "repository"},
      {"sending", "sends"},
      {"created", "creating"},
      {"replied", "replies"},
      {"searches", "searching"},
      {"labelling", "labels"},
      {"adding", "add"},
      {"issues", "ISSUE"},
  }));
  CAPTURE(a, b);
  CHECK(search_stems(a) == search_stems(b));
}

TEST_CASE("short words and words that only look inflected keep their ends", "[search]") {
  CHECK(search_stems("need status string") == std::vector<std::string>{"need", "status", "string"});
  CHECK(search_stems("SLACK_SEND-MESSAGE.v2") == std::vector<std::string>{"slack", "send", "messag", "v2"});
}

TEST_CASE("words that say nothing count only where there are no others", "[search]") {
  CHECK(query_stems("please send it to me") == std::vector<std::string>{"send"});
  CHECK(query_stems("can you do it") == std::vector<std::string>{"can", "you", "do", "it"});
}
