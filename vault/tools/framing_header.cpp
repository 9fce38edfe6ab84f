#include "vault/tools/framing_header.h"

#include <algorithm>
#include <array>

#include "vault/base/encoding.h"

namespace coffer {
namespace {

constexpr std::array<std::string_view, 11> kNames = {
    "host", "content-length",      "connection", "keep-alive",      "transfer-encoding", "upgrade", "trailer",
    "te",   "proxy-authorization", "expect",     "proxy-connection"};

}  // namespace

bool is_framing_header(std::string_view name) {
  return std::any_of(kNames.begin(), kNames.end(),
                     [&](std::string_view known) { return equals_ignoring_case(known, name); });
}

}  // namespace coffer
