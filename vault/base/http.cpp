#include "vault/base/http.h"

#include "vault/base/encoding.h"
#include "vault/base/secret.h"

namespace coffer {
namespace {

void wipe_all(HttpHeaders& headers, std::string& body) {
  for (auto& header : headers) wipe(header.value);
  wipe(body);
}

}  // namespace

std::string_view header_value(const HttpHeaders& headers, std::string_view name) {
  for (const auto& header : headers) {
    if (equals_ignoring_case(header.name, name)) return header.value;
  }
  return {};
}

HttpRequest::~HttpRequest() {
  wipe(url);
  wipe_all(headers, body);
}
HttpResponse::~HttpResponse() {
  wipe_all(headers, body);
}

}  // namespace coffer
