#include "vault/net/response_writer.h"

#include <algorithm>
#include <array>

#include "vault/base/encoding.h"
#include "vault/net/http_syntax.h"

namespace coffer {
namespace {

bool is_ours(std::string_view name) {
  constexpr std::array<std::string_view, 4> kOurs = {"content-length", "transfer-encoding", "connection",
                                                     "x-request-id"};
  return std::any_of(kOurs.begin(), kOurs.end(), [&](auto ours) { return equals_ignoring_case(ours, name); });
}

bool is_sound(const ServerResponse& response) {
  return response.status >= 200 && response.status <= 599 &&
         std::all_of(response.headers.begin(), response.headers.end(),
                     [](const HttpHeader& h) { return is_token(h.name) && is_field_value(h.value); });
}

// RFC 9110 §6.4.1.
bool has_no_body(int status) {
  return status == 204 || status == 304;
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

std::string write_response(const ServerResponse& response, const WireOptions& options) {
  if (!is_sound(response)) return write_response(ServerResponse::text(500, "internal error\n"), options);
  const bool bodiless = has_no_body(response.status);
  std::string out;
  out.reserve(256 + response.body.size());
  out.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
  out.append(reason_phrase(response.status)).append("\r\n");
  for (const auto& [name, value] : response.headers) {
    if (!is_ours(name)) append_field(out, name, value);
  }
  if (!bodiless) append_field(out, "Content-Length", std::to_string(response.body.size()));
  if (!options.request_id.empty()) append_field(out, "x-request-id", options.request_id);
  if (!options.keeps_alive) append_field(out, "Connection", "close");
  out.append("\r\n");
  if (!bodiless && !options.without_body) out.append(response.body);
  return out;
}

}  // namespace coffer
