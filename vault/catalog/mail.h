#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace coffer {

struct Mail {
  std::vector<std::string> to, cc, bcc;
  std::string subject;
  std::string in_reply_to;
  std::string body;
  bool is_html = false;
};

// An RFC 5322 message with a UTF-8 body in base64; sender and date are left to the service.
// Throws InvalidArgument for control characters in what becomes a header.
std::string write_mail(const Mail& mail);

// One header's value ("subject", "to"), or "body", of a message as write_mail makes it. Empty if
// there is none.
std::string read_mail_part(std::string_view message, std::string_view part);

}  // namespace coffer
