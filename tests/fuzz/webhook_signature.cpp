// The webhook-signature header of what claims to be a delivery. First line: the header; then the body.
#include <string>

#include "tests/fuzz/fuzz.h"
#include "vault/crypto/signature.h"

using namespace coffer;

namespace {

constexpr std::string_view kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr std::string_view kId = "msg_p5jXN8AQM9LWM0D4loKWxJek";
constexpr std::int64_t kTime = 1614265330;

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view body = fuzz::text_of(data, size);
  const std::string_view header = fuzz::take_line(body);
  const std::string right = webhook_signature(kSecret, kId, kTime, body);
  const bool holds_one = header.find(right.substr(0, right.find(' '))) != std::string_view::npos ||
                         header.find(right.substr(right.find(' ') + 1)) != std::string_view::npos;
  const bool is_accepted = verify_webhook_signature(header, kSecret, kId, kTime, body);
  fuzz::require(!is_accepted || holds_one, "what is accepted holds a signature of the body");
  fuzz::require(verify_webhook_signature(right, kSecret, kId, kTime, body), "what was signed is accepted");
  return 0;
}
