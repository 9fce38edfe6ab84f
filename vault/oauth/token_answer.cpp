#include "vault/oauth/token_answer.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/oauth/lifetime.h"

namespace coffer {
namespace {

constexpr std::size_t kMaxToken = 64 << 10;

bool looks_like_json(std::string_view body) {
  const std::size_t first = body.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && body[first] == '{';
}

Json object_of_form(std::string_view body) {
  auto fields = parse_form(body);
  if (!fields) return Json::object();
  Json object = Json::object();
  for (auto& [name, value] : *fields) {
    object.emplace(name, value);
    wipe(value);
  }
  return object;
}

Json parse_body(const HttpResponse& response) {
  try {
    if (looks_like_json(response.body)) return parse_json(response.body, "token answer");
  } catch (const Error&) {
    return Json::object();
  }
  const std::string type = to_lower(header_value(response.headers, "Content-Type"));
  const bool may_be_form =
      type.find("form-urlencoded") != std::string::npos || type.starts_with("text/plain");
  return may_be_form ? object_of_form(response.body) : Json::object();
}

Json* find_at(Json& body, const std::string& place) {
  try {
    const Json::json_pointer pointer(place);
    return body.contains(pointer) ? &body.at(pointer) : nullptr;
  } catch (const Json::exception&) {
    return nullptr;
  }
}

// Slack nests a user's tokens in the answer to a code and has them at the top of a refresh. Never
// some of both: a refresh token from elsewhere would belong to another access token.
bool has_own_shape(Json& body, const Provider& provider) {
  const auto access = provider.token_response.find("access_token");
  if (access == provider.token_response.end()) return true;
  return !access->second.starts_with('/') || find_at(body, access->second) != nullptr;
}

Json* find_field(Json& body, const Provider& provider, const std::string& name) {
  const auto mapped = provider.token_response.find(name);
  const bool is_mapped = mapped != provider.token_response.end() && has_own_shape(body, provider);
  return find_at(body, is_mapped ? mapped->second : "/" + name);
}

// A token ends up in a header: one with control characters would be somebody's header injection.
bool is_usable_token(const Json* value) {
  if (value == nullptr || !value->is_string()) return false;
  const auto& text = value->get_ref<const std::string&>();
  return !text.empty() && text.size() <= kMaxToken && std::none_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
  });
}

Secret take_token(Json& body, const Provider& provider, const std::string& name) {
  Json* value = find_field(body, provider, name);
  return is_usable_token(value) ? Secret::consume(value->get_ref<std::string&>()) : Secret();
}

std::vector<std::string> scopes_of(const Json* value) {
  std::vector<std::string> scopes;
  if (value == nullptr) return scopes;
  if (value->is_array()) {
    for (const Json& scope : *value) {
      if (scope.is_string()) scopes.push_back(scope.get<std::string>());
    }
  } else if (value->is_string()) {
    std::string text = value->get<std::string>();
    std::replace(text.begin(), text.end(), ',', ' ');
    scopes = split(text, ' ');
  }
  return scopes;
}

// RFC 6749 section 7.1: token types are compared without regard to case.
std::string token_type_of(const Json* value) {
  if (value == nullptr || !value->is_string()) return "Bearer";
  const auto text = value->get<std::string>();
  return text.empty() || equals_ignoring_case(text, "bearer") ? "Bearer" : text;
}

std::optional<Timestamp> expiry_of(Json& body, const Provider& provider, Timestamp sent_at) {
  const Json* relative = find_field(body, provider, "expires_in");
  const Json* absolute = find_field(body, provider, "expires_at");
  const bool names_one =
      (relative != nullptr && !relative->is_null()) || (absolute != nullptr && !absolute->is_null());
  std::optional<Duration> lifetime = relative != nullptr ? parse_lifetime(*relative, sent_at) : std::nullopt;
  if (!lifetime && absolute != nullptr) lifetime = parse_expiry_moment(*absolute, sent_at);
  if (!lifetime) lifetime = provider.default_lifetime;
  if (!lifetime && names_one) lifetime = kLifetimeIfUnreadable;
  if (!lifetime) return std::nullopt;
  return sent_at + std::clamp(*lifetime, kShortestLifetime, kLongestLifetime);
}

// No RFC names it, and providers have three names for it. Keycloak says 0 where there is no end.
std::optional<Timestamp> refresh_expiry_of(Json& body, const Provider& provider, Timestamp sent_at) {
  for (const char* name : {"refresh_token_expires_in", "refresh_expires_in", "x_refresh_token_expires_in"}) {
    const Json* value = find_field(body, provider, name);
    const auto lifetime = value == nullptr ? std::nullopt : parse_lifetime(*value, sent_at);
    if (lifetime) return sent_at + *lifetime;
  }
  return std::nullopt;
}

// Where providers put the name of an error, most telling first.
std::vector<std::string> error_words(const Json& body) {
  static const std::array<const char*, 9> kPlaces = {"/error_description", "/error",        "/error/code",
                                                     "/error/type",        "/error/status", "/error_code",
                                                     "/errorCode",         "/code",         "/status"};
  std::vector<std::string> words;
  for (const char* place : kPlaces) {
    const Json::json_pointer pointer(place);
    if (!body.contains(pointer)) continue;
    const Json& value = body.at(pointer);
    if (value.is_string() && !value.get_ref<const std::string&>().empty())
      words.push_back(value.get<std::string>());
    if (value.is_number_integer() && value != 0) words.push_back(value.dump());
  }
  return words;
}

const std::map<std::string, std::string, std::less<>>& common_aliases() {
  static const std::map<std::string, std::string, std::less<>> kAliases = {
      {"bad_refresh_token", "invalid_grant"},
      {"bad_verification_code", "invalid_grant"},
      {"incorrect_client_credentials", "invalid_client"},
  };
  return kAliases;
}

std::optional<std::string> translate(const std::string& word, const Provider& provider) {
  if (const auto own = provider.error_aliases.find(word); own != provider.error_aliases.end())
    return own->second;
  if (const auto common = common_aliases().find(word); common != common_aliases().end())
    return common->second;
  return std::nullopt;
}

// Goes to logs: a word of lower-case letters cannot be a token that somebody echoes at us.
bool is_plain_word(std::string_view word) {
  return word.size() <= 40 && word.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string_view::npos;
}

}  // namespace

TokenAnswer::TokenAnswer(HttpResponse response) : body_(std::make_unique<Json>(parse_body(response))) {}

TokenAnswer::~TokenAnswer() {
  wipe(*body_);
}

bool TokenAnswer::says_failed() const {
  const auto ok = body_->find("ok");
  return ok != body_->end() && *ok == false;
}

std::optional<std::string> TokenAnswer::error(const Provider& provider) const {
  const std::vector<std::string> words = error_words(*body_);
  for (const auto& word : words) {
    if (auto known = translate(word, provider)) return known;
  }
  if (const auto error = body_->find("error"); error != body_->end() && error->is_string()) {
    const auto& word = error->get_ref<const std::string&>();
    if (!word.empty()) return is_plain_word(word) ? word : "unknown_error";
  }
  if (!words.empty() || says_failed()) return "unknown_error";
  return std::nullopt;
}

std::optional<TokenSet> TokenAnswer::take_tokens(const Provider& provider, Timestamp sent_at) {
  if (says_failed()) return std::nullopt;
  TokenSet tokens;
  tokens.access_token = take_token(*body_, provider, "access_token");
  if (tokens.access_token.empty()) return std::nullopt;
  tokens.refresh_token = take_token(*body_, provider, "refresh_token");
  tokens.token_type = token_type_of(find_field(*body_, provider, "token_type"));
  tokens.scopes = scopes_of(find_field(*body_, provider, "scope"));
  tokens.expires_at = expiry_of(*body_, provider, sent_at);
  tokens.refresh_expires_at = refresh_expiry_of(*body_, provider, sent_at);
  return tokens;
}

}  // namespace coffer
