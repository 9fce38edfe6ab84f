#include "vault/api/pages/words.h"

#include <catch2/catch.hpp>

using namespace coffer;
using namespace coffer::api;

TEST_CASE("scopes are shown in words") {
  CHECK(scope_in_words("https://www.googleapis.com/auth/gmail.modify") == "gmail modify");
  CHECK(scope_in_words("https://mail.google.com/") == "mail google com");
  CHECK(scope_in_words("read:jira-work") == "read jira work");
  CHECK(scope_in_words("chat:write") == "chat write");
  CHECK(scope_in_words("repo") == "repo");
}

TEST_CASE("time left is shown in whole minutes") {
  CHECK(time_in_words(std::chrono::minutes(10)) == "10 minutes");
  CHECK(time_in_words(std::chrono::seconds(119)) == "1 minute");
  CHECK(time_in_words(std::chrono::seconds(59)) == "less than a minute");
}

TEST_CASE("texts are shortened by characters") {
  CHECK(shortened("alice") == "alice");
  CHECK(shortened(std::string(32, 'a')) == std::string(32, 'a'));
  CHECK(shortened(std::string(33, 'a')) == std::string(32, 'a') + "…");
}

TEST_CASE("an initial is one character") {
  CHECK(initial_of("gmail") == "G");
  CHECK(initial_of("Éclair") == "É");
  CHECK(initial_of("").empty());
}
