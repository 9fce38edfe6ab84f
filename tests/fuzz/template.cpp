// A template of a toolkit file. First line: the arguments as JSON; then the template.
#include <nlohmann/json.hpp>

#include "tests/fuzz/fuzz.h"
#include "vault/base/encoding.h"
#include "vault/base/json.h"
#include "vault/catalog/template.h"

using namespace coffer;

namespace {

template <class Render>
void renders(Render&& render) {
  fuzz::succeeds_or_throws(ErrorCode::InvalidArgument, std::forward<Render>(render));
}

void render_all(std::string_view text, const Json& arguments) {
  int number = 0;
  const TemplateScope scope{arguments, from_ms(1'795'348'800'000),
                            [&](const std::string&) { return std::to_string(++number); }};
  renders([&] { check_template(text); });
  renders([&] { render_text(text, scope); });
  renders([&] { render_json(Json::array({std::string(text), {{"key", std::string(text)}}}), scope); });
  if (text.find("{{") == std::string_view::npos) return;
  renders([&] {
    for (const std::string& segment : split(render_path("/a/" + std::string(text), scope), '/')) {
      fuzz::require(segment != "." && segment != "..", "an argument does not lead out of its place");
    }
  });
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text = fuzz::text_of(data, size);
  const std::string_view first = fuzz::take_line(text);
  renders([&] {
    const Json arguments = parse_json(first);
    if (arguments.is_object() && is_valid_utf8(text)) render_all(text, arguments);
  });
  return 0;
}
