#include "vault/api/v3/given_credential.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "vault/api/v3/credential_input.h"
#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/text.h"
#include "vault/connect/credentials.h"
#include "vault/net/http_syntax.h"
#include "vault/tools/framing_header.h"

namespace coffer::api::v3 {
namespace {

constexpr std::size_t kMostParameters = 32;
constexpr std::size_t kLongestName = 128;
constexpr std::size_t kLongestValue = 16 << 10;

std::string without_end_slash(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url;
}

void require_own_place_in(const ObjectReader& values, const char* key, const Toolkit& toolkit) {
  const std::string url = without_end_slash(values.text(key));
  if (url.empty() || url == without_end_slash(toolkit.base_url)) return;
  if (url == origin_of(toolkit.base_url)) return;
  values.fail(key, "leads out of " + toolkit.name + "'s own API",
              "leave it out: the toolkit says where it is");
}

std::string scheme_names(const Toolkit& toolkit) {
  std::vector<std::string> names;
  for (const AuthMode& mode : toolkit.auth) names.emplace_back(to_string(mode.scheme));
  return join(names, ", ");
}

const AuthMode& mode_in(const ObjectReader& data, const Toolkit& toolkit) {
  const auto scheme = parse_auth_scheme(data.required_text("authScheme"));
  const AuthMode* mode = scheme ? toolkit.find_auth(*scheme) : nullptr;
  if (mode != nullptr) return *mode;
  data.fail("authScheme", "is no scheme of toolkit " + in_quotes(toolkit.slug),
            "use one of " + scheme_names(toolkit));
}

GivenCredential take_connection_data(const ObjectReader& data, const Toolkit& toolkit, Timestamp now) {
  if (!equals_ignoring_case(data.required_text("toolkitSlug"), toolkit.slug)) {
    data.fail("toolkitSlug", "is not the toolkit of the tool", "it is " + in_quotes(toolkit.slug));
  }
  const AuthMode& mode = mode_in(data, toolkit);
  const ObjectReader values = data.required_object("val");
  require_own_place(values, mode, toolkit);
  auto credential = take_credential(values, mode, now);
  const std::string scheme(to_string(mode.scheme));
  if (!credential) data.fail("val", "holds no credential of scheme " + scheme);
  GivenCredential given{mode, std::move(*credential), take_fields(values, mode),
                        "custom_connection_data of " + scheme};
  require_complete(mode, given.credential, given.fields);
  for (const Discovery& found : toolkit.discover) {
    if (auto value = values.optional_text(found.field)) given.fields[found.field] = std::move(*value);
  }
  return given;
}

Secret take_value(ObjectReader parameter) {
  if (!parameter.value("value").is_number()) return parameter.secret("value");
  std::string number = dump_json(parameter.value("value"));
  return Secret::consume(number);
}

void check_value(const ObjectReader& parameter, const Secret& value) {
  if (value.empty()) parameter.fail("value", "is missing");
  if (value.size() > kLongestValue) parameter.fail("value", "is longer than 16 KiB");
  if (!is_field_value(value.expose())) parameter.fail("value", "holds a control character");
}

void check_header_name(const ObjectReader& parameter, const std::string& name) {
  if (!is_token(name)) parameter.fail("name", "is no name of a header");
  if (is_framing_header(name)) parameter.fail("name", "is a header that is not the caller's to set");
}

// Templates and names for apply_credential, as a toolkit's own would be.
class ParameterList {
 public:
  ParameterList(AuthMode& mode, FieldsCredential& credential) : mode_(mode), credential_(credential) {}

  void add(const ObjectReader& parameter) {
    const std::string place = parameter.required_text("in");
    const std::string name = parameter.required_text("name");
    if (name.size() > kLongestName) parameter.fail("name", "is longer than 128 bytes");
    Secret value = take_value(parameter);
    check_value(parameter, value);
    if (place == "header") {
      check_header_name(parameter, name);
      put(parameter, mode_.headers, name, header_template(name, std::move(value)));
    } else if (place == "query") {
      put(parameter, mode_.query, name, kept(std::move(value)));
    } else {
      parameter.fail("in", "is none of its values", "use header or query");
    }
  }

 private:
  std::string kept(Secret value) {
    const std::string key = "value" + std::to_string(credential_.secrets.size());
    credential_.secrets[key] = std::move(value);
    return "{{" + key + "}}";
  }

  // RFC 9110 section 11.4: what follows the scheme is the secret, and is echoed without it, too.
  std::string header_template(const std::string& name, Secret value) {
    const std::string_view text = value.expose();
    const std::size_t space = text.find(' ');
    if (!equals_ignoring_case(name, "authorization") || space == std::string_view::npos) {
      return kept(std::move(value));
    }
    const std::string scheme(text.substr(0, space));
    if (!is_token(scheme)) return kept(std::move(value));
    if (equals_ignoring_case(scheme, "basic")) keep_password(text.substr(space + 1));
    return scheme + " " + kept(Secret(text.substr(space + 1)));
  }

  // RFC 7617 section 2: not sent by itself, but the service knows it.
  void keep_password(std::string_view encoded) {
    auto pair = from_base64(encoded);
    if (!pair) return;
    const std::size_t colon = pair->find(':');
    if (colon != std::string::npos) kept(Secret(std::string_view(*pair).substr(colon + 1)));
    wipe(*pair);
  }

  void put(const ObjectReader& parameter, std::map<std::string, std::string>& places, const std::string& name,
           std::string text) {
    const bool is_known = std::any_of(places.begin(), places.end(), [&](const auto& place) {
      return &places == &mode_.headers ? equals_ignoring_case(place.first, name) : place.first == name;
    });
    if (is_known) parameter.fail("name", "is there twice");
    places.emplace(name, std::move(text));
  }

  AuthMode& mode_;
  FieldsCredential& credential_;
};

// In a body the secrets would be anywhere: no toolkit here takes its credential there.
void refuse_body(const ObjectReader& params) {
  const auto body = params.object("body");
  if (body && !body->keys().empty()) {
    params.fail("body", "is not taken", "send the credential in headers or query parameters");
  }
}

}  // namespace

void require_own_place(const ObjectReader& values, const AuthMode& mode, const Toolkit& toolkit) {
  for (const char* key : {"base_url", "api_url"}) {
    const bool is_asked_for = std::any_of(mode.fields.begin(), mode.fields.end(),
                                          [&](const ConnectionField& field) { return field.name == key; });
    if (!is_asked_for) require_own_place_in(values, key, toolkit);
  }
}

GivenCredential take_auth_parameters(const ObjectReader& params, const Toolkit& toolkit) {
  require_own_place_in(params, "base_url", toolkit);
  refuse_body(params);
  const std::vector<ObjectReader> parameters = params.objects("parameters");
  if (parameters.empty()) params.fail("parameters", "is missing", "give a header or a query parameter");
  if (parameters.size() > kMostParameters) params.fail("parameters", "has more than 32 entries");
  GivenCredential given;
  FieldsCredential credential;
  ParameterList list(given.mode, credential);
  for (const ObjectReader& parameter : parameters) list.add(parameter);
  given.credential = std::move(credential);
  given.origin = "custom_auth_params";
  return given;
}

std::optional<GivenCredential> take_given_credential(const ObjectReader& body, const Toolkit& toolkit,
                                                     Timestamp now) {
  const auto data = body.object("custom_connection_data");
  const auto params = body.object("custom_auth_params");
  if (!data && !params) return std::nullopt;
  if (body.has("connected_account_id")) {
    body.fail("connected_account_id", "stands beside a credential of the caller's own", "send one of them");
  }
  std::optional<GivenCredential> given;
  if (params) given = take_auth_parameters(*params, toolkit);
  if (data) given = take_connection_data(*data, toolkit, now);
  return given;
}

}  // namespace coffer::api::v3
