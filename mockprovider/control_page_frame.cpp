#include "mockprovider/control_page_frame.h"

#include "mockprovider/pages_html.h"

namespace coffer::mock {

ServerResponse control_page(const std::string& title, std::string_view body,
                            const kainjow::mustache::data& values) {
  using kainjow::mustache::mustache;
  kainjow::mustache::data frame;
  frame.set("title", title);
  frame.set("wide", true);
  frame.set("body", mustache(std::string(body)).render(values));
  // Unlike the walk's pages these tell their origin to themselves: "no-referrer" would make the
  // Origin of their own forms "null", which is refused.
  return ServerResponse::html(200, mustache(std::string(kPageFrame)).render(frame))
      .with_header("Content-Security-Policy",
                   "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src "
                   "data:; base-uri 'none'; frame-ancestors 'none'; form-action 'self'")
      .with_header("Cache-Control", "no-store")
      .with_header("Referrer-Policy", "same-origin")
      .with_header("X-Content-Type-Options", "nosniff")
      .with_header("Cross-Origin-Opener-Policy", "same-origin");
}

}  // namespace coffer::mock
