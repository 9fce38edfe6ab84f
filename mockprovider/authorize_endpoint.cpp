#include "mockprovider/authorize_endpoint.h"

#include "mockprovider/authorization_check.h"
#include "mockprovider/decision.h"
#include "mockprovider/interaction.h"
#include "mockprovider/oauth_request.h"
#include "mockprovider/pages.h"

namespace coffer::mock {
namespace {

// What was pushed counts, and nothing that stands beside it.
CheckedAuthorization take_pushed(Tenant& tenant, const Profile& profile, const Fields& parameters) {
  const std::string address = text_of(parameters, "request_uri");
  auto pushed = tenant.pushed.take(address, profile.id(), text_of(parameters, "client_id"));
  if (pushed) return std::move(*pushed);
  return UntrustedRequest{"The request_uri is unknown, expired, used, or another client's."};
}

// HEAD tells what GET would begin with, and begins nothing: it uses up no script, code or pushed request.
ServerResponse look() {
  return message_page("Sign in", "GET shows the page.");
}

}  // namespace

ServerResponse serve_authorize(Tenant& tenant, const Profile& profile, const ServerRequest& request,
                               Exchange& exchange) {
  const auto parameters = request.method == "POST" ? parse_form(request.body) : std::optional(request.query);
  if (!parameters) return problem_page(400, "The request is broken", "The form cannot be read.");
  exchange.entry.parameters = redact_parameters(*parameters);
  const bool is_pushed = find_field(*parameters, "request_uri").has_value();
  const bool only_looks = request.method == "HEAD";
  if (only_looks && is_pushed) return look();
  const auto checked = is_pushed ? take_pushed(tenant, profile, *parameters)
                                 : check_authorization(tenant, profile, *parameters, AskedBy::Browser);
  if (const auto* untrusted = std::get_if<UntrustedRequest>(&checked)) {
    exchange.entry.error = "untrusted_request";
    return problem_page(400, "The request cannot be trusted", untrusted->problem);
  }
  if (const auto* error = std::get_if<AuthorizationError>(&checked)) {
    exchange.entry.error = error->error;
    return back_to_client(tenant, profile, error->redirect_uri, error->state,
                          {{"error", error->error}, {"error_description", error->description}});
  }
  if (only_looks) return look();
  return begin_interaction(tenant, profile, std::get<AuthorizationRequest>(checked), exchange);
}

}  // namespace coffer::mock
