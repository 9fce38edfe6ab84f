#include "mockprovider/control_page_frame.h"

namespace coffer::mock {
namespace {

constexpr std::string_view kFrame = R"html(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{title}}</title>
<link rel="stylesheet" href="/_mock/style.css">
<link rel="icon" href="data:,">
</head>
<body class="wide">
<p class="ribbon" role="note">Mock provider - no real account</p>
<main>
{{{body}}}
</main>
</body>
</html>
)html";

}  // namespace

ServerResponse control_page(const std::string& title, std::string_view body,
                            const kainjow::mustache::data& values) {
  using kainjow::mustache::mustache;
  kainjow::mustache::data frame;
  frame.set("title", title);
  frame.set("body", mustache(std::string(body)).render(values));
  // Unlike the walk's pages these tell their origin to themselves: "no-referrer" would make the
  // Origin of their own forms "null", which is refused.
  return ServerResponse::html(200, mustache(std::string(kFrame)).render(frame))
      .with_header("Content-Security-Policy",
                   "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src "
                   "data:; base-uri 'none'; frame-ancestors 'none'; form-action 'self'")
      .with_header("Cache-Control", "no-store")
      .with_header("Referrer-Policy", "same-origin")
      .with_header("X-Content-Type-Options", "nosniff")
      .with_header("Cross-Origin-Opener-Policy", "same-origin");
}

}  // namespace coffer::mock
