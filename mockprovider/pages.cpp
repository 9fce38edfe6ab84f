#include "mockprovider/pages.h"

#include <kainjow/mustache.hpp>

#include "mockprovider/pages_html.h"

namespace coffer::mock {
namespace {

using kainjow::mustache::data;
using kainjow::mustache::mustache;

std::string render(std::string_view source, const data& values) {
  return mustache(std::string(source)).render(values);
}

// The client's redirect may lead on to any application, and Chromium holds form-action against
// the whole chain of redirects that follows a form; so web origins stay open there, and the
// client's own scheme is named if it is another.
std::string form_action(const std::string& redirect_scheme) {
  const bool is_web = redirect_scheme.empty() || redirect_scheme == "http" || redirect_scheme == "https";
  return "form-action 'self' http: https:" + (is_web ? "" : " " + redirect_scheme + ":");
}

ServerResponse page(int status, const std::string& title, const std::string& body,
                    const std::string& redirect_scheme = {}) {
  data values;
  values.set("title", title);
  values.set("body", body);
  return ServerResponse::html(status, render(kPageFrame, values))
      .with_header("Content-Security-Policy",
                   "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri "
                   "'none'; frame-ancestors 'none'; " +
                       form_action(redirect_scheme))
      .with_header("Cache-Control", "no-store")
      .with_header("Referrer-Policy", "no-referrer")
      .with_header("X-Content-Type-Options", "nosniff")
      .with_header("Cross-Origin-Opener-Policy", "same-origin");
}

data list_of(const std::string& name, const std::vector<std::string>& texts) {
  data list{data::type::list};
  int number = 0;
  for (const auto& text : texts) {
    data entry;
    entry.set(name, text);
    entry.set("number", std::to_string(++number));
    list << entry;
  }
  return list;
}

data list_of(const std::vector<IndexPage::Entry>& entries) {
  data list{data::type::list};
  for (const auto& entry : entries) {
    data item;
    item.set("name", entry.name);
    item.set("url", entry.url);
    list << item;
  }
  return list;
}

void set_unless_empty(data& values, const std::string& name, const std::string& text) {
  if (!text.empty()) values.set(name, text);
}

}  // namespace

ServerResponse login_page(const LoginPage& view) {
  data values;
  values.set("provider_name", view.provider_name);
  values.set("app_name", view.app_name);
  values.set("action", view.action);
  values.set("transaction", view.transaction);
  values.set("email", view.email);
  set_unless_empty(values, "problem", view.problem);
  values.set("accounts", list_of("account", view.accounts));
  // 403 and not 401: no challenge would help (RFC 9110 section 15.5.2 demands one).
  return page(view.problem.empty() ? 200 : 403, "Sign in - " + view.provider_name,
              render(kLoginBody, values));
}

ServerResponse consent_page(const ConsentPage& view) {
  data values;
  values.set("provider_name", view.provider_name);
  values.set("app_name", view.app_name);
  values.set("account", view.account);
  values.set("action", view.action);
  values.set("transaction", view.transaction);
  set_unless_empty(values, "redirect_host", view.redirect_host);
  set_unless_empty(values, "text", view.text);
  values.set("has_scopes", !view.scopes.empty());
  values.set("scopes", list_of("scope", view.scopes));
  values.set("has_choices", !view.choices.empty());
  values.set("choices", list_of("scope", view.choices));
  return page(200, "Allow access - " + view.provider_name, render(kConsentBody, values),
              view.redirect_scheme);
}

ServerResponse device_page(const DevicePage& view) {
  data values;
  values.set("provider_name", view.provider_name);
  values.set("action", view.action);
  values.set("user_code", view.user_code);
  set_unless_empty(values, "problem", view.problem);
  return page(view.problem.empty() ? 200 : 400, "Connect a device - " + view.provider_name,
              render(kDeviceBody, values));
}

ServerResponse message_page(const std::string& title, const std::string& text) {
  data values;
  values.set("title", title);
  values.set("text", text);
  return page(200, title, render(kMessageBody, values));
}

ServerResponse problem_page(int status, const std::string& title, const std::string& problem) {
  data values;
  values.set("title", title);
  values.set("problem", problem);
  return page(status, title, render(kProblemBody, values));
}

ServerResponse twice_page(const std::string& callback) {
  data values;
  values.set("callback", callback);
  ServerResponse response = page(200, "Back to the application", render(kTwiceBody, values));
  for (auto& header : response.headers) {
    const std::size_t images = header.value.find("img-src 'self'");
    if (images != std::string::npos) header.value.insert(images + 8, "http: https: ");
  }
  return std::move(response).with_header("Refresh", "1; url=" + callback);
}

ServerResponse index_page(const IndexPage& view) {
  data values;
  values.set("providers", list_of(view.providers));
  values.set("toolkits", list_of(view.toolkits));
  values.set("accounts", list_of("account", view.accounts));
  return page(200, "Mock provider", render(kIndexBody, values));
}

ServerResponse style_sheet() {
  ServerResponse response;
  response.headers = {{"Content-Type", "text/css; charset=utf-8"},
                      {"Cache-Control", "max-age=3600"},
                      {"X-Content-Type-Options", "nosniff"}};
  response.body = kStyleSheet;
  return response;
}

}  // namespace coffer::mock
