#pragma once

#include <string>

#include "vault/base/http.h"
#include "vault/catalog/template.h"
#include "vault/model/toolkit.h"

namespace coffer {

// The base URL of one connected account. Throws InvalidArgument where a connection field it needs
// is absent or more than a label, or the result is no absolute http(s) URL.
std::string render_base_url(const std::string& base_url, const TemplateScope& scope);

// The request as the toolkit wants it, without a credential. Its origin is base_url's.
// Throws InvalidArgument if a needed value is absent or base_url does not stay an absolute URL.
HttpRequest build_request(const std::string& base_url, const RequestTemplate& request,
                          const TemplateScope& scope);

}  // namespace coffer
