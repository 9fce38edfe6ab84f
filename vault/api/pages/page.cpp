#include "vault/api/pages/page.h"

#include <nlohmann/json.hpp>

#include "vault/api/pages/render.h"
#include "vault/api/pages/templates.h"
#include "vault/api/pages/words.h"
#include "vault/base/encoding.h"

namespace coffer::api {
namespace {

// With 'self' alone Chromium stops the redirect that answers the form's POST.
std::string content_policy(const std::vector<std::string>& form_targets) {
  std::string policy =
      "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'; "
      "form-action ";
  return policy + (form_targets.empty() ? "'none'" : join(form_targets, " "));
}

void set(ServerResponse& response, std::string name, std::string value) {
  response.headers.push_back({std::move(name), std::move(value)});
}

void set_common(ServerResponse& response) {
  set(response, "Cache-Control", "no-store");
  set(response, "X-Content-Type-Options", "nosniff");
}

}  // namespace

ServerResponse with_page_headers(ServerResponse response, const std::vector<std::string>& form_targets) {
  set_common(response);
  set(response, "Content-Security-Policy", content_policy(form_targets));
  // Under "no-referrer" browsers post a form with the origin "null", which any site can send too.
  // "same-origin" tells other sites just as little.
  set(response, "Referrer-Policy", form_targets.empty() ? "no-referrer" : "same-origin");
  set(response, "Cross-Origin-Opener-Policy", "same-origin");
  set(response, "X-Frame-Options", "DENY");
  return response;
}

ServerResponse leave_to(const std::string& location) {
  ServerResponse response = ServerResponse::redirect(303, location);
  set_common(response);
  set(response, "Referrer-Policy", "no-referrer");
  return response;
}

ServerResponse message_page(const Message& message, const std::string& own_host) {
  const nlohmann::json data = {
      {"title", message.heading + " - " + (message.toolkit.empty() ? "coffer" : message.toolkit)},
      {"heading", message.heading},
      {"text", message.text},
      {"advice", message.advice},
      {"details", message.details},
      {"next", message.next},
      {"next_host", host_and_port(message.next)},
      {"toolkit", message.toolkit},
      {"initial", initial_of(message.toolkit)},
      {"own_host", own_host}};
  return with_page_headers(ServerResponse::html(message.status, render_page(kMessageTemplate, data)));
}

std::string host_and_port(const std::string& url) {
  const auto origin = origin_of(url);
  return origin ? origin->substr(origin->find("://") + 3) : std::string();
}

}  // namespace coffer::api
