#include "vault/tools/scrubber.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "vault/base/encoding.h"
#include "vault/base/json.h"

namespace coffer {
namespace {

constexpr std::size_t kShortestSecret = 4;
constexpr std::size_t kShortestBase64 = 8;
constexpr std::string_view kRedacted = "[redacted]";

// The characters that stand for the secret and nothing else when `offset` bytes of another text
// go before it in one base64 text.
std::string base64_core(std::string_view secret, std::size_t offset) {
  std::string padded(offset, '\0');
  padded += secret;
  const std::string encoded = to_base64(padded);
  const std::size_t first = (offset * 8 + 5) / 6;
  const std::size_t last = padded.size() * 8 / 6;
  wipe(padded);
  return last > first ? encoded.substr(first, last - first) : std::string();
}

std::string in_url_alphabet(std::string base64) {
  std::replace(base64.begin(), base64.end(), '+', '-');
  std::replace(base64.begin(), base64.end(), '/', '_');
  return base64;
}

}  // namespace

void Scrubber::add(const Credential& credential) {
  if (const auto* tokens = std::get_if<TokenSet>(&credential)) {
    add_secret(tokens->access_token);
    add_secret(tokens->refresh_token);
    add_secret(tokens->previous_refresh_token);
    add_secret(tokens->client.client_secret);
  } else if (const auto* key = std::get_if<ApiKeyCredential>(&credential)) {
    add_secret(key->key);
  } else if (const auto* bearer = std::get_if<BearerCredential>(&credential)) {
    add_secret(bearer->token);
  } else if (const auto* basic = std::get_if<BasicCredential>(&credential)) {
    add_secret(basic->password);
  } else if (const auto* fields = std::get_if<FieldsCredential>(&credential)) {
    for (const auto& [name, secret] : fields->secrets) add_secret(secret);
  }
}

void Scrubber::add_secret(const Secret& secret) {
  if (secret.size() < kShortestSecret) return;
  const std::string_view text = secret.expose();
  add_pattern(std::string(text));
  add_pattern(percent_encode(text));
  add_pattern(form_encode(text));
  add_pattern(to_hex(as_bytes(text)));
  add_pattern(to_upper(to_hex(as_bytes(text))));
  for (std::size_t offset = 0; offset < 3; ++offset) {
    const std::string core = base64_core(text, offset);
    if (core.size() < kShortestBase64) continue;
    add_pattern(core);
    add_pattern(in_url_alphabet(core));
  }
}

void Scrubber::add_pattern(std::string pattern) {
  Secret secret = Secret::consume(pattern);
  if (std::find(patterns_.begin(), patterns_.end(), secret) == patterns_.end()) {
    patterns_.push_back(std::move(secret));
  }
}

void Scrubber::clean(std::string& text) const {
  for (const Secret& pattern : patterns_) {
    std::size_t found = text.find(pattern.expose());
    while (found != std::string::npos) {
      text.replace(found, pattern.size(), kRedacted);
      found = text.find(pattern.expose(), found + kRedacted.size());
    }
  }
}

void Scrubber::clean(Json& tree) const {
  if (tree.is_string()) clean(tree.get_ref<std::string&>());
  if (tree.is_array()) {
    for (Json& element : tree) clean(element);
  }
  if (!tree.is_object()) return;
  Json cleaned = Json::object();
  for (auto& [name, member] : tree.items()) {
    std::string clean_name = name;
    clean(clean_name);
    clean(member);
    cleaned[clean_name] = std::move(member);
  }
  tree = std::move(cleaned);
}

}  // namespace coffer
