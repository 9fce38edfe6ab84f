#include "vault/catalog/mail.h"

#include <algorithm>

#include "vault/base/encoding.h"
#include "vault/base/error.h"

namespace coffer {
namespace {

constexpr std::string_view kWordStart = "=?UTF-8?B?";
constexpr std::string_view kWordEnd = "?=";

bool is_printable_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
}

// A line break in a value would begin a header of the caller's choice.
void refuse_controls(std::string_view value, const char* header) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  if (std::any_of(value.begin(), value.end(), is_control)) {
    throw Error(ErrorCode::InvalidArgument,
                std::string("the mail's ") + header + " holds a control character");
  }
}

// RFC 2047: words of at most 75 characters, no character split between two.
std::string encode_words(std::string_view text) {
  if (is_printable_ascii(text)) return std::string(text);
  constexpr std::size_t kBytesPerWord = 39;  // with "In-Reply-To: " still a line of 76
  std::string out;
  while (!text.empty()) {
    std::size_t length = std::min(text.size(), kBytesPerWord);
    while (length < text.size() && length > 1 && (static_cast<unsigned char>(text[length]) & 0xC0) == 0x80)
      --length;
    if (!out.empty()) out += "\r\n ";
    out.append(kWordStart).append(to_base64(text.substr(0, length))).append(kWordEnd);
    text.remove_prefix(length);
  }
  return out;
}

void add_header(std::string& out, const char* name, const std::string& value) {
  if (value.empty()) return;
  refuse_controls(value, name);
  out.append(name).append(": ").append(encode_words(value)).append("\r\n");
}

// Addresses are not encoded as words: a comma inside one would part it in two.
void add_addresses(std::string& out, const char* name, const std::vector<std::string>& addresses) {
  if (addresses.empty()) return;
  for (const auto& address : addresses) refuse_controls(address, name);
  out.append(name).append(": ").append(join(addresses, ",\r\n ")).append("\r\n");
}

std::string in_lines(const std::string& base64) {
  std::string out;
  for (std::size_t i = 0; i < base64.size(); i += 76) out.append(base64, i, 76).append("\r\n");
  return out;
}

std::string decode_words(std::string_view text) {
  std::string out;
  bool after_word = false;
  while (!text.empty()) {
    const std::size_t start = text.find(kWordStart);
    const std::string_view between = text.substr(0, start);
    if (!after_word || between.find_first_not_of(' ') != std::string_view::npos) out += between;
    if (start == std::string_view::npos) break;
    text.remove_prefix(start + kWordStart.size());
    const std::size_t end = text.find(kWordEnd);
    out += from_base64(text.substr(0, end)).value_or("");
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + kWordEnd.size());
    after_word = true;
  }
  return out;
}

// The header's value with its continuation lines, RFC 5322 section 2.2.3.
std::string find_header(std::string_view head, std::string_view name) {
  std::string value;
  bool is_found = false;
  for (const auto& line : split(head, '\n')) {
    std::string_view text = line;
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (is_found && !text.starts_with(' ')) break;
    const std::size_t colon = text.find(':');
    if (is_found) {
      value += text;
    } else if (colon != std::string_view::npos && equals_ignoring_case(text.substr(0, colon), name)) {
      is_found = true;
      value = text.substr(std::min(text.size(), colon + 2));
    }
  }
  return decode_words(value);
}

}  // namespace

std::string write_mail(const Mail& mail) {
  std::string out;
  add_addresses(out, "To", mail.to);
  add_addresses(out, "Cc", mail.cc);
  add_addresses(out, "Bcc", mail.bcc);
  add_header(out, "Subject", mail.subject);
  add_header(out, "In-Reply-To", mail.in_reply_to);
  add_header(out, "References", mail.in_reply_to);
  out += "MIME-Version: 1.0\r\nContent-Type: text/";
  out += mail.is_html ? "html" : "plain";
  out += "; charset=\"UTF-8\"\r\nContent-Transfer-Encoding: base64\r\n\r\n";
  return out + in_lines(to_base64(mail.body));
}

std::string read_mail_part(std::string_view message, std::string_view part) {
  const std::size_t end = message.find("\r\n\r\n");
  const std::string_view head = message.substr(0, end);
  if (!equals_ignoring_case(part, "body")) return find_header(head, part);
  std::string body(end == std::string_view::npos ? std::string_view() : message.substr(end + 4));
  if (!equals_ignoring_case(find_header(head, "Content-Transfer-Encoding"), "base64")) return body;
  body.erase(std::remove_if(body.begin(), body.end(), [](char c) { return c == '\r' || c == '\n'; }),
             body.end());
  return from_base64(body).value_or("");
}

}  // namespace coffer
