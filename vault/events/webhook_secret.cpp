#include "vault/events/webhook_secret.h"

#include "vault/base/encoding.h"

namespace coffer {

Secret new_webhook_secret(Random& random) {
  std::string raw(32, '\0');
  random.fill({reinterpret_cast<std::uint8_t*>(raw.data()), raw.size()});
  std::string text = "whsec_" + to_base64(raw);
  wipe(raw);
  return Secret::consume(text);
}

}  // namespace coffer
