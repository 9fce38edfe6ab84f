#pragma once

#include <string>

#include "vault/base/http.h"
#include "vault/catalog/template.h"
#include "vault/model/toolkit.h"

namespace coffer {

// The request as the toolkit wants it, without a credential. Its origin is base_url's.
// Throws InvalidArgument if a needed value is absent or base_url does not stay an absolute URL.
HttpRequest build_request(const std::string& base_url, const RequestTemplate& request,
                          const TemplateScope& scope);

}  // namespace coffer
