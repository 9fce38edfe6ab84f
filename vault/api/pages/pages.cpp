#include "vault/api/pages/pages.h"

#include <algorithm>
#include <memory>

#include "vault/api/pages/link_page.h"
#include "vault/api/pages/messages.h"
#include "vault/api/pages/page.h"
#include "vault/api/pages/templates.h"
#include "vault/api/v3/project_config.h"
#include "vault/api/wire/own_url.h"
#include "vault/base/error.h"
#include "vault/engine/engine.h"

namespace coffer::api {
namespace {

// What was entered holds keys: it goes when the request ends.
struct WipedForm {
  Fields fields;

  explicit WipedForm(Fields entered) : fields(std::move(entered)) {}
  WipedForm(const WipedForm&) = delete;
  WipedForm& operator=(const WipedForm&) = delete;
  ~WipedForm() {
    for (auto& field : fields) wipe(field.second);
  }
};

Fields read_form(const ServerRequest& request) {
  const std::string type = to_lower(request.header("content-type").substr(0, 33));
  if (type != "application/x-www-form-urlencoded") {
    throw Error(ErrorCode::InvalidArgument, "the body is not a form");
  }
  auto form = parse_form(request.body);
  if (!form) throw Error(ErrorCode::InvalidArgument, "the form holds a broken escape");
  return std::move(*form);
}

// A form that another site posts for the person would skip our question. SameSite does not help
// before there is a cookie; what the browser says about the sender does.
bool is_from_other_site(const ServerRequest& request, const std::string& public_url) {
  const std::string_view site = request.header("sec-fetch-site");
  if (!site.empty() && site != "same-origin" && site != "none") return true;
  const std::string_view origin = request.header("origin");
  if (origin.empty()) return false;
  if (origin == "null") return site != "same-origin";
  const bool is_ours = origin_of(origin) == origin_of(public_url) ||
                       host_and_port(std::string(origin)) == request.header("host");
  return !is_ours;
}

class Pages {
 public:
  explicit Pages(PageContext context) : context_(std::move(context)) {}

  ServerResponse show_link(const ServerRequest& request) const {
    if (auto elsewhere = other_name_of_this_computer(request)) return leave_to(*elsewhere);
    const std::string token = request.param("token");
    const LinkView view = context_.connector.view(token);
    if (!is_open(view)) return closed_link_page(view, own_host());
    return link_page(200, view, token, asker(), context_.clock.now());
  }

  ServerResponse post_link(const ServerRequest& request) const {
    if (is_from_other_site(request, context_.public_url())) return foreign_form_page(context_.public_url());
    const std::string token = request.param("token");
    const LinkView view = context_.connector.view(token);
    if (!is_open(view)) return closed_link_page(view, own_host());
    const WipedForm form(read_form(request));
    if (find_field(form.fields, "_step") == "cancel") {
      return after_form(context_.connector.cancel(token, request.cookie(cookie_name())));
    }
    const FormTrouble trouble{
        .problem = {}, .fields = check_form(view.missing_fields, form.fields), .details = {}};
    if (!trouble.fields.empty()) return again(400, view, token, form.fields, trouble);
    if (view.provider == nullptr) return submit(view, token, form.fields);
    return after(context_.connector.begin(token, request.cookie(cookie_name()), form.fields));
  }

  ServerResponse callback(const ServerRequest& request) const {
    if (request.method == "HEAD") return {204, {}, {}};  // a look completes nothing
    return after(context_.connector.complete(AuthConfigId(request.param("ac_id")), request.query,
                                             request.cookie(cookie_name())));
  }

  std::string own_host() const { return host_and_port(context_.public_url()); }

 private:
  Asker asker() const { return {context_.application_name(), own_host()}; }

  static bool is_open(const LinkView& view) {
    return view.state == link_store::State::Fresh || view.state == link_store::State::Begun;
  }

  bool is_https() const { return context_.public_url().starts_with("https:"); }

  // The prefix keeps other hosts of the domain from planting the cookie; it needs https.
  std::string cookie_name() const { return is_https() ? "__Host-coffer_link" : "coffer_link"; }

  std::string cookie(const Secret& browser) const {
    return cookie_name() + "=" + std::string(browser.expose()) +
           "; Path=/; HttpOnly; SameSite=Lax; Max-Age=" +
           std::to_string(std::chrono::duration_cast<std::chrono::seconds>(kLinkLifetime).count()) +
           (is_https() ? "; Secure" : "");
  }

  // The cookie of the walk must reach the redirect URI: on http, localhost, 127.0.0.1 and [::1]
  // are three different hosts to a browser.
  std::optional<std::string> other_name_of_this_computer(const ServerRequest& request) const {
    const std::string public_url = context_.public_url();
    // Behind a proxy Host may be our own address while the browser is where it should be.
    if (!came_by_other_local_name(public_url, request)) return std::nullopt;
    return public_url + "/link/" + percent_encode(request.param("token"));
  }

  ServerResponse again(int status, const LinkView& view, const std::string& token, const Fields& form,
                       const FormTrouble& trouble) const {
    return link_page(status, view, token, asker(), context_.clock.now(), form, trouble);
  }

  ServerResponse submit(const LinkView& view, const std::string& token, const Fields& form) const {
    try {
      return after_form(context_.connector.submit(token, form));
    } catch (const Error& error) {
      // The same form, sent by a second click, may have ended the link meanwhile.
      const LinkView now = context_.connector.view(token);
      if (!is_open(now)) return closed_link_page(now, own_host());
      if (error.code() == ErrorCode::Unavailable) return unreachable(error, view, token, form);
      if (error.code() == ErrorCode::InvalidArgument) return refused(error, view, token, form);
      throw;
    }
  }

  ServerResponse unreachable(const Error& error, const LinkView& view, const std::string& token,
                             const Fields& form) const {
    return again(
        503, view, token, form,
        {.problem = view.toolkit->name + " could not be reached, so nothing was saved. Try again later.",
         .fields = {},
         .details = error.what()});
  }

  ServerResponse refused(const Error& error, const LinkView& view, const std::string& token,
                         const Fields& form) const {
    const bool is_asked =
        std::any_of(view.missing_fields.begin(), view.missing_fields.end(),
                    [&](const ConnectionField& field) { return field.name == secret_field(*view.mode); });
    FormTrouble trouble{.problem = {}, .fields = {}, .details = error.what()};
    if (is_asked) trouble.fields.push_back({secret_field(*view.mode), error.hint()});
    if (!is_asked) trouble.problem = error.hint();
    return again(400, view, token, form, trouble);
  }

  ServerResponse after(const BrowserStep& step) const {
    if (step.location.empty()) return message_page(message_of(step, context_.catalog), own_host());
    ServerResponse response = leave_to(step.location);
    if (step.kind != BrowserStep::Kind::ToProvider) return response;
    return std::move(response).with_header("Set-Cookie", cookie(step.browser));
  }

  // A browser holds every redirect that answers a form against the form's policy, those that the app
  // makes in turn too. A page in between ends that; for loopback the policy is wide enough.
  ServerResponse after_form(const BrowserStep& step) const {
    if (!step.location.starts_with("https:")) return after(step);
    Message message = message_of(step, context_.catalog);
    message.advice.clear();
    message.next = step.location;
    return message_page(message, own_host());
  }

  PageContext context_;
};

ServerResponse show_style_sheet(const ServerRequest&) {
  ServerResponse response;
  response.headers = {{"Content-Type", "text/css; charset=utf-8"},
                      {"Cache-Control", "max-age=3600"},
                      {"X-Content-Type-Options", "nosniff"}};
  response.body = kStyleSheet;
  return response;
}

using Page = ServerResponse (Pages::*)(const ServerRequest&) const;

Handler page_handler(std::shared_ptr<const Pages> pages, Page page,
                     Message (*message_of_error)(const Error&)) {
  return [pages = std::move(pages), page, message_of_error](const ServerRequest& request) {
    try {
      return (pages.get()->*page)(request);
    } catch (const Error& error) {
      return message_page(message_of_error(error), pages->own_host());
    }
  };
}

}  // namespace

bool is_link_form(const ServerRequest& request) {
  return request.method == "POST" && request.path.starts_with("/link/");
}

ServerResponse foreign_form_page(const std::string& public_url) {
  return message_page({403, "Refused", "This request came from another site.", "Open the link itself."},
                      host_and_port(public_url));
}

void add_page_routes(Router& router, PageContext context) {
  const auto pages = std::make_shared<const Pages>(std::move(context));
  router.add("GET", "/link/:token", page_handler(pages, &Pages::show_link, message_of_link_error));
  router.add("POST", "/link/:token", page_handler(pages, &Pages::post_link, message_of_link_error));
  router.add("GET", "/oauth/callback/:ac_id",
             page_handler(pages, &Pages::callback, message_of_callback_error));
  router.add("GET", "/static/style.css", show_style_sheet);
  router.add("GET", "/favicon.ico", [](const ServerRequest&) { return ServerResponse::text(204, {}); });
}

void add_page_routes(Router& router, Engine& engine) {
  add_page_routes(
      router,
      PageContext{.connector = engine.connector(),
                  .catalog = engine.catalog(),
                  .clock = engine.env().clock,
                  .public_url = [&engine] { return engine.public_url(); },
                  .application_name = [&engine] { return v3::application_name(*engine.database().read()); }});
}

}  // namespace coffer::api
