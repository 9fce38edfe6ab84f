#include "vault/api/pages/link_page.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "vault/api/pages/page.h"
#include "vault/api/pages/render.h"
#include "vault/api/pages/templates.h"
#include "vault/api/pages/words.h"

namespace coffer::api {
namespace {

using nlohmann::json;

// Where the POST's redirect may lead, and where those it leads to redirect in turn: Chromium
// checks every hop until a page is shown. A provider's sign-in wanders over hosts of its own
// choice, so a real one opens the policy to https; a page that asks for a secret stays exact.
// A local app often sends its user on to another port.
std::vector<std::string> form_targets(const LinkView& view) {
  std::vector<std::string> targets = {"'self'"};
  const auto add = [&](const std::string& target) {
    if (std::find(targets.begin(), targets.end(), target) == targets.end()) targets.push_back(target);
  };
  if (view.provider != nullptr) {
    if (const auto origin = origin_of(view.provider->authorization_url)) {
      add(*origin);
      if (origin->starts_with("https:")) add("https:");
    }
  }
  if (const auto origin = origin_of(view.callback_url)) {
    const bool is_reached_by_redirect = view.provider != nullptr || origin->starts_with("http:");
    // A policy cannot name an IPv6 address.
    if (is_reached_by_redirect && origin->find('[') == std::string::npos) add(*origin);
    if (origin->starts_with("http:")) {
      add("http://127.0.0.1:*");
      add("http://localhost:*");
      if (origin->find('[') != std::string::npos) add("http:");
    }
  }
  return targets;
}

json scope_list(const std::vector<std::string>& scopes) {
  json list = json::array();
  for (const std::string& scope : scopes) {
    const std::string words = scope_in_words(scope);
    list.push_back({{"words", words}, {"scope", words == scope ? std::string() : scope}});
  }
  return list;
}

std::string problem_of(const std::string& field, const FormTrouble& trouble) {
  const auto found = std::find_if(trouble.fields.begin(), trouble.fields.end(),
                                  [&](const FieldProblem& problem) { return problem.field == field; });
  return found == trouble.fields.end() ? std::string() : found->text;
}

std::string described_by(const std::string& id, bool has_hint, bool has_problem) {
  std::vector<std::string> ids;
  if (has_problem) ids.push_back(id + "-error");
  if (has_hint) ids.push_back(id + "-hint");
  return join(ids, " ");
}

json field_data(const ConnectionField& field, const std::string& id, const Fields& form,
                const FormTrouble& trouble) {
  const std::string problem = problem_of(field.name, trouble);
  const bool has_hint = !field.description.empty() || !field.example.empty();
  return {{"id", id},
          {"name", field.name},
          {"label", field.display_name.empty() ? field.name : field.display_name},
          {"description", field.description},
          {"example", field.example},
          {"has_hint", has_hint},
          {"type", field.is_secret ? "password" : "text"},
          {"value", field.is_secret ? std::string() : std::string(entered(form, field.name))},
          {"is_optional", !field.is_required},
          {"is_multiline", field.is_multiline},
          {"problem", problem},
          {"described_by", described_by(id, has_hint, !problem.empty())},
          {"is_focused", !trouble.fields.empty() && trouble.fields.front().field == field.name}};
}

json field_list(const LinkView& view, const Fields& form, const FormTrouble& trouble) {
  json list = json::array();
  for (const ConnectionField& field : view.missing_fields) {
    list.push_back(field_data(field, "field-" + std::to_string(list.size()), form, trouble));
  }
  return list;
}

bool asks_secret(const LinkView& view) {
  return std::any_of(view.missing_fields.begin(), view.missing_fields.end(),
                     [](const ConnectionField& field) { return field.is_secret; });
}

}  // namespace

ServerResponse link_page(int status, const LinkView& view, const std::string& link_token, const Asker& asker,
                         Timestamp now, const Fields& form, const FormTrouble& trouble) {
  const bool is_oauth = view.provider != nullptr;
  const bool has_trouble = !trouble.problem.empty() || !trouble.fields.empty();
  const json data = {{"title", (has_trouble ? "Please check - " : "Connect - ") + view.toolkit->name},
                     {"initial", initial_of(view.toolkit->name)},
                     {"toolkit", view.toolkit->name},
                     {"application", asker.application.empty() ? std::string("coffer") : asker.application},
                     {"own_host", asker.host},
                     {"user", shortened(view.connection.user.str())},
                     {"provider_host", is_oauth ? host_and_port(view.provider->authorization_url) : ""},
                     {"service_host", view.service_host},
                     {"return_host", host_and_port(view.callback_url)},
                     {"is_connected", view.connection.status == ConnectionStatus::Active},
                     {"identity", view.connection.identity},
                     {"has_scopes", is_oauth && !view.scopes.empty()},
                     {"scopes", scope_list(view.scopes)},
                     {"action", "/link/" + percent_encode(link_token)},
                     {"fields", field_list(view, form, trouble)},
                     {"asks_secret", asks_secret(view)},
                     {"button", is_oauth ? "Continue to " + view.provider->name : std::string("Connect")},
                     {"problem", trouble.problem},
                     {"details", trouble.details},
                     {"time_left", time_in_words(view.expires_at - now)}};
  return with_page_headers(ServerResponse::html(status, render_page(kLinkTemplate, data)),
                           form_targets(view));
}

ServerResponse closed_link_page(const LinkView& view, const std::string& own_host) {
  constexpr const char* kAdvice = "Ask the application for a new link.";
  Message message{.status = 410, .heading = "", .text = "", .advice = kAdvice};
  message.toolkit = view.toolkit->name;
  switch (view.state) {
    case link_store::State::Completed:
      message.heading = "Link already used";
      message.text = "The account was connected with this link. A link works only once.";
      message.advice = "You can close this window.";
      break;
    case link_store::State::Failed:
      message.heading = "Link no longer works";
      message.text = "This link was cancelled, refused or replaced by a newer one.";
      break;
    case link_store::State::Expired:
    case link_store::State::Fresh:
    case link_store::State::Begun:
      message.heading = "Link expired";
      message.text = "A link works for 10 minutes, and this one's time is over.";
      break;
  }
  return message_page(message, own_host);
}

}  // namespace coffer::api
