// What a token endpoint answers. First line: provider, HTTP status, Content-Type; then the body.
#include <charconv>

#include "tests/fuzz/fuzz.h"
#include "vault/catalog/catalog.h"
#include "vault/oauth/lifetime.h"
#include "vault/oauth/token_response.h"

using namespace coffer;

namespace {

const Timestamp kSentAt = from_ms(1'795'348'800'000);  // 2026-11-22T12:00:00Z
const Timestamp kReceivedAt = kSentAt + std::chrono::seconds(2);

const Provider& provider_named(const std::string& id) {
  static const Catalog catalog = Catalog::load();
  const Provider* found = catalog.find_provider(id);
  return found == nullptr ? catalog.providers().begin()->second : *found;
}

std::string take_word(std::string_view& line) {
  const std::string word(line.substr(0, line.find(' ')));
  line.remove_prefix(std::min(line.size(), word.size() + 1));
  return word;
}

int number_in(const std::string& text) {
  int number = 200;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

struct Check {
  void operator()(const Refreshed& outcome) const {
    const TokenSet& tokens = outcome.tokens;
    fuzz::require(!tokens.access_token.empty(), "a grant has an access token");
    if (!tokens.expires_at) return;
    fuzz::require(*tokens.expires_at >= kSentAt + kShortestLifetime, "a lifetime has a floor");
    fuzz::require(*tokens.expires_at <= kSentAt + kLongestLifetime, "a lifetime has a ceiling");
  }
  void operator()(const Rejected& outcome) const { check_error(outcome.error); }
  void operator()(const Misconfigured& outcome) const { check_error(outcome.error); }
  void operator()(const Throttled& outcome) const { check_wait(outcome.retry_after); }
  void operator()(const Transient& outcome) const { check_wait(outcome.retry_after); }

  static void check_error(const std::string& error) {
    fuzz::require(!error.empty() && error.size() <= 64, "an error has a short name");
    // Words of the protocol, or "HTTP 404": nothing that a credential fits into.
    fuzz::require(error.find_first_not_of("abcdefghijklmnopqrstuvwxyz_, HTTP0123456789") == std::string::npos,
                  "an error's name is plain");
  }
  static void check_wait(const std::optional<Duration>& wait) {
    fuzz::require(!wait || (*wait >= Duration::zero() && *wait <= std::chrono::hours(24)),
                  "a wait is between nothing and a day");
  }
};

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text = fuzz::text_of(data, size);
  std::string_view line = fuzz::take_line(text);
  const Provider& provider = provider_named(take_word(line));
  HttpResponse response;
  response.status = number_in(take_word(line));
  response.headers = {{"Content-Type", std::string(line)}, {"Retry-After", "30"}};
  response.body = text;
  std::visit(Check(), interpret_token_response(std::move(response), provider, kSentAt, kReceivedAt));
  return 0;
}
