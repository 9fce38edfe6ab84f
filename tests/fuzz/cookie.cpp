// What a browser brings back to the callback: the Cookie header, and the provider's answer in the
// query. First line: the header; then the query.
#include "tests/fuzz/fuzz.h"
#include "vault/net/router.h"

using namespace coffer;

namespace {

void check_cookie(std::string_view header) {
  ServerRequest request;
  request.headers = {{"Cookie", std::string(header)}};
  const std::string value = request.cookie("coffer_link");
  fuzz::require(value.find(';') == std::string::npos, "a cookie ends at its semicolon");
  fuzz::require(header.find(value) != std::string_view::npos, "a cookie's value stands in the header");
}

void check_answer(std::string_view query) {
  const auto answer = parse_form(query);
  if (!answer) return;
  for (const std::string_view name : {"state", "code", "error", "iss"}) {
    const auto value = find_field(*answer, name);
    const auto is_named = [&](const auto& field) { return field.first == name; };
    const auto first = std::find_if(answer->begin(), answer->end(), is_named);
    fuzz::require(value.has_value() == (first != answer->end()) && (!value || *value == first->second),
                  "a parameter is the first of its name");
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view query = fuzz::text_of(data, size);
  check_cookie(fuzz::take_line(query));
  check_answer(query);
  return 0;
}
