#include "tests/support/form_browser.h"

#include <regex>
#include <stdexcept>

namespace coffer::testing {
namespace {

constexpr int kMostRedirects = 10;

std::string unescape(std::string text) {
  const std::pair<const char*, const char*> kEntities[] = {{"&lt;", "<"},  {"&gt;", ">"},   {"&quot;", "\""},
                                                           {"&#39;", "'"}, {"&apos;", "'"}, {"&amp;", "&"}};
  for (const auto& [entity, character] : kEntities) {
    for (std::size_t at = text.find(entity); at != std::string::npos; at = text.find(entity, at + 1)) {
      text.replace(at, std::string_view(entity).size(), character);
    }
  }
  return text;
}

std::string attribute(const std::string& tag, const std::string& name) {
  std::smatch match;
  const std::regex pattern("\\s" + name + "\\s*=\\s*\"([^\"]*)\"", std::regex::icase);
  return std::regex_search(tag, match, pattern) ? unescape(match[1]) : "";
}

std::string resolve(const std::string& base, const std::string& location) {
  if (location.find("://") != std::string::npos) return location;
  if (location.empty()) return base;
  if (location[0] == '?') return base.substr(0, base.find('?')) + location;
  if (location[0] == '/') return *origin_of(base) + location;
  return base.substr(0, base.find('?')).substr(0, base.rfind('/') + 1) + location;
}

// The form that holds a button of this text: its opening tag, its content, the button's tag.
struct Form {
  std::string tag, content, button;
};

Form find_form(const BrowserPage& page, const std::string& text) {
  const std::regex form_pattern("(<form[^>]*>)([\\s\\S]*?)</form>", std::regex::icase);
  const std::regex button_pattern("(<button[^>]*>)\\s*([^<]*?)\\s*</button>", std::regex::icase);
  for (std::sregex_iterator form(page.html.begin(), page.html.end(), form_pattern), end; form != end;
       ++form) {
    const std::string content = (*form)[2];
    for (std::sregex_iterator button(content.begin(), content.end(), button_pattern); button != end;
         ++button) {
      if (unescape((*button)[2]).rfind(text, 0) == 0) return {(*form)[1], content, (*button)[1]};
    }
  }
  throw std::runtime_error("no button \"" + text + "\" on " + page.url + ":\n" + page.html);
}

void put(Fields& fields, const std::string& name, const std::string& value) {
  for (auto& field : fields) {
    if (field.first == name) {
      field.second = value;
      return;
    }
  }
  fields.emplace_back(name, value);
}

Fields default_values(const std::string& content) {
  Fields fields;
  const std::regex input_pattern("<input[^>]*>", std::regex::icase);
  for (std::sregex_iterator input(content.begin(), content.end(), input_pattern), end; input != end;
       ++input) {
    const std::string tag = input->str();
    const std::string name = attribute(tag, "name");
    const std::string type = attribute(tag, "type");
    const bool is_ticked = type != "checkbox" || tag.find(" checked") != std::string::npos;
    if (!name.empty() && type != "submit" && is_ticked) fields.emplace_back(name, attribute(tag, "value"));
  }
  return fields;
}

bool has_button(const BrowserPage& page, const std::string& text) {
  try {
    find_form(page, text);
    return true;
  } catch (const std::runtime_error&) {
    return false;
  }
}

}  // namespace

HttpResponse FormBrowser::exchange(const std::string& method, const std::string& url,
                                   const std::string& body) {
  HttpRequest request;
  request.method = method;
  request.url = url;
  request.body = body;
  if (method == "POST") request.headers.push_back({"Content-Type", "application/x-www-form-urlencoded"});
  std::string jar;
  for (const auto& [name, value] : cookies_[*origin_of(url)])
    jar += (jar.empty() ? "" : "; ") + name + "=" + value;
  if (!jar.empty()) request.headers.push_back({"Cookie", jar});
  HttpResult result = http_.send(request);
  if (const auto* failure = std::get_if<HttpFailure>(&result))
    throw std::runtime_error(url + ": " + failure->detail);
  HttpResponse response = std::move(std::get<HttpResponse>(result));
  for (const HttpHeader& header : response.headers) {
    if (!equals_ignoring_case(header.name, "set-cookie")) continue;
    const std::string pair = header.value.substr(0, header.value.find(';'));
    const std::size_t equals = pair.find('=');
    cookies_[*origin_of(url)][pair.substr(0, equals)] = pair.substr(equals + 1);
  }
  return response;
}

BrowserPage FormBrowser::fetch(std::string method, std::string url, std::string body) {
  for (int hop = 0; hop <= kMostRedirects; ++hop) {
    if (!stop_at_.empty() && url.rfind(stop_at_, 0) == 0) return {0, url, {}};
    const HttpResponse response = exchange(method, url, body);
    if (response.status < 300 || response.status >= 400) return {response.status, url, response.body};
    url = resolve(url, std::string(header_value(response.headers, "location")));
    method = "GET";
    body.clear();
  }
  throw std::runtime_error("too many redirects at " + url);
}

BrowserPage FormBrowser::open(const std::string& url) {
  return fetch("GET", url, {});
}

BrowserPage FormBrowser::submit(const BrowserPage& page, const std::string& button, const Fields& values) {
  const Form form = find_form(page, button);
  Fields fields = default_values(form.content);
  for (const auto& [name, value] : values) put(fields, name, value);
  if (const std::string name = attribute(form.button, "name"); !name.empty()) {
    put(fields, name, attribute(form.button, "value"));
  }
  return fetch("POST", resolve(page.url, attribute(form.tag, "action")), build_form(fields));
}

BrowserPage FormBrowser::connect(const std::string& link, const std::string& email,
                                 const std::string& password) {
  BrowserPage page = submit(open(link), "Continue");
  if (has_button(page, "Sign in")) page = submit(page, "Sign in", {{"email", email}, {"password", password}});
  return has_button(page, "Allow") ? submit(page, "Allow") : page;
}

}  // namespace coffer::testing
