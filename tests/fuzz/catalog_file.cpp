// A toolkit or provider file that an operator adds. First line: "toolkit" or "provider".
#include <nlohmann/json.hpp>

#include "tests/fuzz/fuzz.h"
#include "vault/base/json.h"
#include "vault/catalog/provider_parser.h"
#include "vault/catalog/toolkit_check.h"
#include "vault/catalog/toolkit_parser.h"

using namespace coffer;

namespace {

void load_toolkit(Json& file) {
  const Toolkit toolkit = parse_toolkit(file, "x.json");
  check_toolkit(toolkit, "x.json");
  fuzz::require(!toolkit.slug.empty(), "a toolkit has a slug");
  for (const Tool& tool : toolkit.tools) {
    fuzz::require(toolkit.find_tool(tool.slug) == &tool, "a tool is found by its slug");
  }
}

void load_provider(Json& file) {
  const Provider provider = parse_provider(file, "x.json");
  check_provider(provider, "x.json");
  fuzz::require(!provider.id.empty(), "a provider has an id");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text = fuzz::text_of(data, size);
  const bool is_toolkit = fuzz::take_line(text) == "toolkit";
  fuzz::succeeds_or_throws(ErrorCode::InvalidArgument, [&] {
    Json file = parse_json(text, "x.json");
    is_toolkit ? load_toolkit(file) : load_provider(file);
  });
  return 0;
}
