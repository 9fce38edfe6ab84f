#pragma once

#include <sys/socket.h>

#include <optional>
#include <string>
#include <string_view>

#include "vault/net/http_client.h"

namespace coffer {

enum class AddressKind { Loopback, Private, Public };

// Private is everything that is neither loopback nor globally routed: RFC 1918, link-local (cloud
// metadata), unique local, carrier NAT, benchmark, multicast, reserved, unspecified. IPv6 forms
// that carry an IPv4 address (mapped, compatible, NAT64, 6to4) are as private as that address.
AddressKind classify_address(const sockaddr& address);

// `is_plain`: http without TLS, which goes to loopback only.
bool may_connect(const sockaddr& address, const OutboundPolicy& policy, bool is_plain);

// Why a request can never be sent to this URL, whatever its name leads to: the end of a sentence that
// begins with the URL. nullopt: it may be, if may_connect() agrees.
std::optional<std::string> outbound_fault(std::string_view url, const OutboundPolicy& policy = {});

}  // namespace coffer
