#pragma once

#include <optional>
#include <string>
#include <vector>

#include "vault/net/router.h"

namespace coffer::mock {

// Parameters of a POST: form-encoded, or the members of a JSON object that are texts or numbers.
// nullopt: the body is neither, or broken.
std::optional<Fields> body_parameters(const ServerRequest& request);
bool is_json_request(const ServerRequest& request);

// RFC 6749 section 3.1: a parameter must not come twice, but for those of RFC 8707 and RFC 8693.
bool has_duplicates(const Fields& parameters);
std::string text_of(const Fields& parameters, std::string_view name);  // empty if absent
std::vector<std::string> texts_of(const Fields& parameters, std::string_view name);

// How a client names itself (RFC 6749 section 2.3.1).
struct PresentedClient {
  std::string id;
  std::string secret;
  bool by_basic = false;
  bool is_ambiguous = false;  // by header and by body at once, or two different ids
};
PresentedClient presented_client(const ServerRequest& request, const Fields& parameters);

// The token of an "Authorization: Bearer" header, empty if there is none.
std::string bearer_token(const ServerRequest& request);

}  // namespace coffer::mock
