#include "vault/catalog/functions.h"

#include <algorithm>
#include <charconv>

#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/catalog/mail.h"

namespace coffer {
namespace {

using Function = TemplateValue (*)(CallArguments&, const TemplateScope&);

[[noreturn]] void fail(const std::string& fault) {
  throw Error(ErrorCode::InvalidArgument, fault);
}

TemplateValue b64(CallArguments& a, const TemplateScope&) {
  return TemplateValue(to_base64(a.positional[0].text()));
}

TemplateValue b64url(CallArguments& a, const TemplateScope&) {
  return TemplateValue(to_base64url(a.positional[0].text()));
}

// RFC 7617: the user name ends at the first colon, so it may hold none.
TemplateValue basic(CallArguments& a, const TemplateScope&) {
  std::string pair = a.positional[0].text();
  if (a.positional.size() == 2) {
    if (pair.find(':') != std::string::npos)
      fail("a user name for basic authentication may not hold a colon");
    pair += ":" + a.positional[1].text();
  }
  TemplateValue encoded(to_base64(pair));
  wipe(pair);
  return encoded;
}

TemplateValue json(CallArguments& a, const TemplateScope&) {
  return TemplateValue(dump_json(a.positional[0].get()));
}

TemplateValue number(CallArguments& a, const TemplateScope&) {
  if (a.positional[0].get().is_number()) return std::move(a.positional[0]);
  const std::string text = a.positional[0].text();
  std::int64_t parsed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), parsed);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return TemplateValue(parsed);
}

TemplateValue join_list(CallArguments& a, const TemplateScope&) {
  if (!a.positional[0].get().is_array()) return TemplateValue(a.positional[0].text());
  std::string out;
  for (const Json& element : a.positional[0].get()) {
    if (!out.empty()) out += a.positional.size() == 2 ? a.positional[1].text() : ",";
    out += element.is_string() ? element.get_ref<const std::string&>() : dump_json(element);
  }
  return TemplateValue(std::move(out));
}

TemplateValue concat(CallArguments& a, const TemplateScope&) {
  std::string out;
  for (const auto& value : a.positional) out += value.text();
  return TemplateValue(std::move(out));
}

TemplateValue first(CallArguments& a, const TemplateScope&) {
  for (auto& value : a.positional) {
    if (!value.is_absent()) return std::move(value);
  }
  return {};
}

// Absent, false and the empty text do not hold.
TemplateValue choose(CallArguments& a, const TemplateScope&) {
  const TemplateValue& condition = a.positional[0];
  const bool holds = !condition.is_absent() && condition.get() != false && !condition.text().empty();
  return std::move(a.positional[holds ? 1 : 2]);
}

std::vector<std::string> texts_of(const TemplateValue& value) {
  if (value.is_absent()) return {};
  if (!value.get().is_array()) return {value.text()};
  std::vector<std::string> texts;
  for (const Json& element : value.get()) {
    texts.push_back(element.is_string() ? element.get<std::string>() : dump_json(element));
  }
  return texts;
}

TemplateValue mime(CallArguments& a, const TemplateScope&) {
  if (a.by_name("to").is_absent()) return {};
  Mail mail;
  mail.to = texts_of(a.by_name("to"));
  for (auto& address : texts_of(a.by_name("more_to"))) mail.to.push_back(std::move(address));
  mail.cc = texts_of(a.by_name("cc"));
  mail.bcc = texts_of(a.by_name("bcc"));
  mail.subject = a.by_name("subject").text();
  mail.in_reply_to = a.by_name("in_reply_to").text();
  mail.body = a.by_name("body").text();
  mail.is_html = !a.by_name("html").is_absent() && a.by_name("html").get() == true;
  return TemplateValue(write_mail(mail));
}

TemplateValue mail_part(CallArguments& a, const TemplateScope&) {
  const auto message = from_base64url(a.positional[0].text());
  if (!message) return {};
  return TemplateValue(read_mail_part(*message, a.positional[1].text()));
}

Json adf_paragraph(std::string_view text) {
  Json content = Json::array();
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end != 0) content.push_back({{"type", "text"}, {"text", text.substr(0, end)}});
    if (end == std::string_view::npos) break;
    content.push_back({{"type", "hardBreak"}});
    text.remove_prefix(end + 1);
  }
  return {{"type", "paragraph"}, {"content", std::move(content)}};
}

// Atlassian Document Format: a blank line parts paragraphs.
TemplateValue adf(CallArguments& a, const TemplateScope&) {
  const std::string text = a.positional[0].text();
  std::string_view rest = text;
  Json paragraphs = Json::array();
  while (true) {
    const std::size_t end = rest.find("\n\n");
    paragraphs.push_back(adf_paragraph(rest.substr(0, end)));
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 2);
  }
  return TemplateValue({{"type", "doc"}, {"version", 1}, {"content", std::move(paragraphs)}});
}

TemplateValue seq(CallArguments& a, const TemplateScope& scope) {
  if (!scope.next) fail("seq() has a meaning in the mock only");
  return TemplateValue(scope.next(a.positional[0].text()));
}

TemplateValue now(CallArguments& a, const TemplateScope& scope) {
  const std::string unit = a.positional.empty() ? "" : a.positional[0].text();
  if (unit.empty()) return TemplateValue(to_rfc3339(scope.now));
  const std::int64_t ms = to_ms(scope.now);
  if (unit == "ms") return TemplateValue(std::to_string(ms));
  if (unit == "s") return TemplateValue(std::to_string(ms / 1000));
  fail("now() knows the units 's' and 'ms'");
}

struct FunctionInfo {
  std::string_view name;
  Function function;
  std::size_t least, most;
  bool takes_named;
  bool takes_absent;  // else an absent argument makes the result absent
};

constexpr FunctionInfo kFunctions[] = {
    {"b64", b64, 1, 1, false, false},
    {"b64url", b64url, 1, 1, false, false},
    {"basic", basic, 1, 2, false, false},
    {"json", json, 1, 1, false, false},
    {"number", number, 1, 1, false, false},
    {"join", join_list, 1, 2, false, false},
    {"concat", concat, 1, 8, false, false},
    {"first", first, 1, 8, false, true},
    {"choose", choose, 3, 3, false, true},
    {"mime", mime, 0, 0, true, true},
    {"mail_part", mail_part, 2, 2, false, false},
    {"adf", adf, 1, 1, false, false},
    {"seq", seq, 1, 1, false, false},
    {"now", now, 0, 1, false, false},
};

constexpr std::string_view kMimeNames[] = {"to",      "more_to",     "cc",   "bcc",
                                           "subject", "in_reply_to", "body", "html"};

const FunctionInfo& find_function(std::string_view name) {
  const auto found = std::find_if(std::begin(kFunctions), std::end(kFunctions),
                                  [&](const FunctionInfo& info) { return info.name == name; });
  if (found == std::end(kFunctions)) fail("template function \"" + std::string(name) + "\" does not exist");
  return *found;
}

}  // namespace

bool CallArguments::has_absent() const {
  return std::any_of(positional.begin(), positional.end(),
                     [](const auto& value) { return value.is_absent(); });
}

const TemplateValue& CallArguments::by_name(std::string_view name) const {
  static const TemplateValue kAbsent;
  const auto found =
      std::find_if(named.begin(), named.end(), [&](const auto& entry) { return entry.first == name; });
  return found == named.end() ? kAbsent : found->second;
}

void check_call(std::string_view function, std::size_t positional, const std::vector<std::string>& named) {
  const FunctionInfo& info = find_function(function);
  if (positional < info.least || positional > info.most) {
    fail("template function \"" + std::string(function) + "\" does not take " + std::to_string(positional) +
         " arguments");
  }
  for (const auto& name : named) {
    const bool is_known = info.takes_named && std::find(std::begin(kMimeNames), std::end(kMimeNames), name) !=
                                                  std::end(kMimeNames);
    if (!is_known)
      fail("template function \"" + std::string(function) + "\" has no argument \"" + name + "\"");
  }
}

TemplateValue call_function(std::string_view function, CallArguments arguments, const TemplateScope& scope) {
  const FunctionInfo& info = find_function(function);
  if (!info.takes_absent && arguments.has_absent()) return {};
  return info.function(arguments, scope);
}

}  // namespace coffer
