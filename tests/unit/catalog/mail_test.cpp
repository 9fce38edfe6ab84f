#include "vault/catalog/mail.h"

#include <catch2/catch.hpp>

#include "vault/base/error.h"

using namespace coffer;

TEST_CASE("a mail is an RFC 5322 message with a base64 body", "[mail]") {
  Mail mail;
  mail.to = {"ann@example.com", "bob@example.com"};
  mail.cc = {"carol@example.com"};
  mail.subject = "Hi";
  mail.in_reply_to = "<m1@example.com>";
  mail.body = "Hello";
  CHECK(write_mail(mail) ==
        "To: ann@example.com,\r\n bob@example.com\r\nCc: carol@example.com\r\nSubject: Hi\r\n"
        "In-Reply-To: <m1@example.com>\r\nReferences: <m1@example.com>\r\n"
        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=\"UTF-8\"\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\nSGVsbG8=\r\n");
}

TEST_CASE("a header cannot be smuggled into a mail", "[mail]") {
  Mail mail;
  mail.to = {"ann@example.com"};
  SECTION("by the subject") {
    mail.subject = "Hi\r\nBcc: eve@example.com";
  }
  SECTION("by a recipient") {
    mail.to = {"ann@example.com\nBcc: eve@example.com"};
  }
  SECTION("by a copy's recipient") {
    mail.bcc = {"a@example.com\r"};
  }
  SECTION("by the thread") {
    mail.in_reply_to = std::string("<a>\0", 4);
  }
  CHECK_THROWS_AS(write_mail(mail), Error);
}

TEST_CASE("lines of a mail stay within the limits of RFC 5322 and RFC 2047", "[mail]") {
  Mail mail;
  mail.to = {"ann@example.com"};
  mail.is_html = true;
  for (int i = 0; i < 60; ++i) mail.subject += "größer ";
  mail.body = std::string(10'000, 'x');
  const std::string text = write_mail(mail);
  CHECK_THAT(text, Catch::Contains("text/html"));
  std::size_t start = 0;
  for (std::size_t end = 0; (end = text.find("\r\n", start)) != std::string::npos; start = end + 2) {
    CHECK(end - start <= 76);
  }
  CHECK(start == text.size());
}

TEST_CASE("what was written to a mail is read back", "[mail]") {
  Mail mail;
  mail.to = {"ann@example.com", "bob@example.com"};
  for (int i = 0; i < 20; ++i) mail.subject += "grün und größer ";
  mail.body = "Zeile eins\r\nZeile zwei: äöü";
  const std::string text = write_mail(mail);
  CHECK(read_mail_part(text, "subject") == mail.subject);
  CHECK(read_mail_part(text, "to") == "ann@example.com, bob@example.com");
  CHECK(read_mail_part(text, "body") == mail.body);
  CHECK(read_mail_part(text, "cc").empty());
  CHECK(read_mail_part("no head", "subject").empty());
  CHECK(read_mail_part("", "body").empty());
}
