#include "vault/net/address_rules.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "vault/base/encoding.h"

namespace coffer {
namespace {

using V6Bytes = std::array<std::uint8_t, 16>;

struct V4Block {
  std::uint32_t prefix;
  int length;
};

// The IANA special-purpose registry's blocks that are not globally reachable.
constexpr std::array<V4Block, 15> kPrivateV4 = {{
    {0x00000000, 8},   // 0.0.0.0/8: this network
    {0x0A000000, 8},   // 10.0.0.0/8
    {0x64400000, 10},  // 100.64.0.0/10: carrier NAT
    {0xA9FE0000, 16},  // 169.254.0.0/16: link-local, metadata
    {0xAC100000, 12},  // 172.16.0.0/12
    {0xC0000000, 24},  // 192.0.0.0/24: protocol assignments
    {0xC0000200, 24},  // 192.0.2.0/24: documentation
    {0xC0586300, 24},  // 192.88.99.0/24: 6to4 relay
    {0xC0A80000, 16},  // 192.168.0.0/16
    {0xC6120000, 15},  // 198.18.0.0/15: benchmarks
    {0xC6336400, 24},  // 198.51.100.0/24: documentation
    {0xCB007100, 24},  // 203.0.113.0/24: documentation
    {0xE0000000, 4},   // 224.0.0.0/4: multicast
    {0xF0000000, 4},   // 240.0.0.0/4: reserved, broadcast
    {0xA83F8110, 32},  // 168.63.129.16: metadata and control of one large cloud
}};

bool is_in(std::uint32_t address, const V4Block& block) {
  return (address ^ block.prefix) >> (32 - block.length) == 0;
}

AddressKind classify_v4(std::uint32_t address) {
  if (is_in(address, {0x7F000000, 8})) return AddressKind::Loopback;
  const bool is_private = std::any_of(kPrivateV4.begin(), kPrivateV4.end(),
                                      [&](const V4Block& block) { return is_in(address, block); });
  return is_private ? AddressKind::Private : AddressKind::Public;
}

std::uint32_t v4_at(const V6Bytes& bytes, std::size_t at) {
  return std::uint32_t{bytes[at]} << 24 | std::uint32_t{bytes[at + 1]} << 16 |
         std::uint32_t{bytes[at + 2]} << 8 | bytes[at + 3];
}

bool has_prefix(const V6Bytes& bytes, std::initializer_list<std::uint8_t> prefix) {
  return std::equal(prefix.begin(), prefix.end(), bytes.begin());
}

bool is_zero(const V6Bytes& bytes, std::size_t begin, std::size_t end) {
  return std::all_of(bytes.begin() + static_cast<std::ptrdiff_t>(begin),
                     bytes.begin() + static_cast<std::ptrdiff_t>(end),
                     [](std::uint8_t byte) { return byte == 0; });
}

// An IPv4 loopback address in IPv6 clothes is nobody's business: only the mapped form is plain usage.
AddressKind classify_embedded(std::uint32_t address) {
  return classify_v4(address) == AddressKind::Public ? AddressKind::Public : AddressKind::Private;
}

AddressKind classify_v6(const V6Bytes& bytes) {
  if (is_zero(bytes, 0, 15) && bytes[15] == 1) return AddressKind::Loopback;
  if (is_zero(bytes, 0, 10) && bytes[10] == 0xFF && bytes[11] == 0xFF) return classify_v4(v4_at(bytes, 12));
  if (is_zero(bytes, 0, 12)) return AddressKind::Private;                      // ::, compatible
  if (has_prefix(bytes, {0x00, 0x64, 0xFF, 0x9B}) && is_zero(bytes, 4, 12)) {  // NAT64
    return classify_embedded(v4_at(bytes, 12));
  }
  if (has_prefix(bytes, {0x20, 0x02})) return classify_embedded(v4_at(bytes, 2));  // 6to4
  if (has_prefix(bytes, {0x20, 0x01, 0x00, 0x00})) return AddressKind::Private;    // Teredo
  if (has_prefix(bytes, {0x20, 0x01, 0x0D, 0xB8})) return AddressKind::Private;    // documentation
  const bool is_global_unicast = (bytes[0] & 0xE0) == 0x20;                        // 2000::/3
  return is_global_unicast ? AddressKind::Public : AddressKind::Private;
}

// nullopt: a name. IPv4 as resolvers read it: 10.1 and 0x0a000001 too, and with the root's dot.
std::optional<AddressKind> classify_literal(std::string host) {
  if (host.ends_with('.')) host.pop_back();
  in_addr v4{};
  if (::inet_aton(host.c_str(), &v4) == 1) return classify_v4(ntohl(v4.s_addr));
  V6Bytes v6{};
  if (::inet_pton(AF_INET6, host.c_str(), v6.data()) == 1) return classify_v6(v6);
  return std::nullopt;
}

}  // namespace

AddressKind classify_address(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof v4);
    return classify_v4(ntohl(v4.sin_addr.s_addr));
  }
  if (address.sa_family != AF_INET6) return AddressKind::Private;
  sockaddr_in6 v6{};
  std::memcpy(&v6, &address, sizeof v6);
  V6Bytes bytes;
  std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
  return classify_v6(bytes);
}

bool may_connect(const sockaddr& address, const OutboundPolicy& policy, bool is_plain) {
  switch (classify_address(address)) {
    case AddressKind::Loopback:
      return policy.allow_loopback;
    case AddressKind::Private:
      return policy.allow_private && !is_plain;
    case AddressKind::Public:
      return !is_plain;
  }
  return false;
}

std::optional<std::string> outbound_fault(std::string_view url, const OutboundPolicy& policy) {
  const auto origin = origin_of(url);
  if (!origin) return "is not an absolute http or https URL without user information";
  const std::string host = *host_of(url);
  const auto literal = classify_literal(host);
  const bool is_here = literal == AddressKind::Loopback || is_loopback_host(host);
  if (origin->starts_with("http://") && !is_here) return "uses http beyond this computer";
  if (literal == AddressKind::Private && !policy.allow_private) return "leads to a private address";
  return std::nullopt;
}

}  // namespace coffer
