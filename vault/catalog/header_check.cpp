#include "vault/catalog/header_check.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "vault/base/encoding.h"
#include "vault/base/json.h"
#include "vault/base/text.h"
#include "vault/catalog/schema_check.h"

namespace coffer {
namespace {

constexpr std::string_view kTokenMarks = "!#$%&'*+-.^_`|~";  // RFC 9110 section 5.6.2
// What the transport says by itself about where a request goes and where its bytes end.
constexpr std::string_view kTransportHeaders[] = {"host", "content-length", "transfer-encoding",
                                                  "connection"};

bool is_header_name(const std::string& name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return is_letter || (c >= '0' && c <= '9') || kTokenMarks.find(c) != std::string_view::npos;
  });
}

bool is_of_transport(const std::string& name) {
  return std::find(std::begin(kTransportHeaders), std::end(kTransportHeaders), to_lower(name)) !=
         std::end(kTransportHeaders);
}

bool has_control(const std::string& text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F; });
}

void check_header_name(const std::string& place, const std::string& name) {
  const std::string shown = clipped(dump_json(Json(name)));
  if (!is_header_name(name)) {
    throw_file_fault(place, shown + " is no header name: letters, digits and " + std::string(kTokenMarks) +
                                " make one up");
  }
  if (is_of_transport(name)) {
    throw_file_fault(place, shown + " is written by coffer itself: leave it out");
  }
}

}  // namespace

void check_headers(const std::string& place, const Json& headers) {
  for (const auto& header : headers.items()) check_header_name(place, header.key());
  const Json leaves = headers.flatten();
  for (const auto& [pointer, value] : leaves.items()) {
    if (value.is_string() && has_control(value.get_ref<const std::string&>())) {
      throw_file_fault(place + pointer, "a header is one line: it may not hold control characters");
    }
  }
}

}  // namespace coffer
