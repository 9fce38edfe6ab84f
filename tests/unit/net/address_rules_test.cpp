#include "vault/net/address_rules.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <catch2/catch.hpp>

using namespace coffer;

namespace {

sockaddr_storage address_of(const std::string& text) {
  sockaddr_storage storage{};
  auto* v4 = reinterpret_cast<sockaddr_in*>(&storage);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&storage);
  if (inet_pton(AF_INET, text.c_str(), &v4->sin_addr) == 1) {
    storage.ss_family = AF_INET;
  } else {
    REQUIRE(inet_pton(AF_INET6, text.c_str(), &v6->sin6_addr) == 1);
    storage.ss_family = AF_INET6;
  }
  return storage;
}

const sockaddr& plain(const sockaddr_storage& storage) {
  return reinterpret_cast<const sockaddr&>(storage);
}

}  // namespace

TEST_CASE("addresses are sorted into loopback, private and public", "[net]") {
  using enum AddressKind;
  const auto [text, expected] = GENERATE(table<std::string, AddressKind>({
      {"127.0.0.1", Loopback},
      {"127.255.255.255", Loopback},
      {"::1", Loopback},
      {"::ffff:127.0.0.1", Loopback},
      {"0.0.0.0", Private},
      {"0.1.2.3", Private},
      {"10.0.0.1", Private},
      {"10.255.255.255", Private},
      {"11.0.0.0", Public},
      {"100.63.255.255", Public},
      {"100.64.0.0", Private},
      {"100.127.255.255", Private},
      {"100.128.0.0", Public},
      {"169.254.169.254", Private},
      {"169.253.0.1", Public},
      {"172.15.255.255", Public},
      {"172.16.0.1", Private},
      {"172.31.255.255", Private},
      {"172.32.0.0", Public},
      {"192.0.0.170", Private},
      {"192.168.1.1", Private},
      {"192.169.0.0", Public},
      {"198.18.0.1", Private},
      {"198.19.255.255", Private},
      {"198.20.0.0", Public},
      {"224.0.0.1", Private},
      {"239.255.255.255", Private},
      {"240.0.0.1", Private},
      {"255.255.255.255", Private},
      {"168.63.129.16", Private},
      {"168.63.129.17", Public},
      {"8.8.8.8", Public},
      {"::", Private},
      {"::2", Private},
      {"::10.0.0.1", Private},
      {"::8.8.8.8", Private},
      {"::ffff:10.0.0.1", Private},
      {"::ffff:8.8.8.8", Public},
      {"64:ff9b::10.0.0.1", Private},
      {"64:ff9b::127.0.0.1", Private},
      {"64:ff9b::8.8.8.8", Public},
      {"64:ff9b:1::8.8.8.8", Private},
      {"2002:0a00:0001::1", Private},
      {"2002:7f00:0001::1", Private},
      {"2002:0808:0808::1", Public},
      {"2001:0:1::1", Private},
      {"2001:db8::1", Private},
      {"fe80::1", Private},
      {"fec0::1", Private},
      {"fc00::1", Private},
      {"fd12:3456::1", Private},
      {"ff02::1", Private},
      {"fd00:ec2::254", Private},
      {"100::1", Private},
      {"2606:4700::1111", Public},
      {"2a00:1450:4001::200e", Public},
  }));
  CAPTURE(text);
  CHECK(classify_address(plain(address_of(text))) == expected);
}

TEST_CASE("an address of another family is never public", "[net]") {
  sockaddr other{};
  other.sa_family = AF_UNIX;
  CHECK(classify_address(other) == AddressKind::Private);
}

TEST_CASE("plain http goes to loopback only, whatever else is allowed", "[net]") {
  struct Row {
    const char* address;
    OutboundPolicy policy;
    bool is_plain;
    bool expected;
  };
  const auto row = GENERATE(values<Row>({
      {"127.0.0.1", {true, false}, true, true},
      {"127.0.0.1", {true, false}, false, true},
      {"127.0.0.1", {false, true}, true, false},
      {"127.0.0.1", {false, true}, false, false},
      {"10.0.0.1", {true, false}, false, false},
      {"10.0.0.1", {true, true}, false, true},
      {"10.0.0.1", {true, true}, true, false},
      {"169.254.169.254", {true, false}, true, false},
      {"8.8.8.8", {true, false}, false, true},
      {"8.8.8.8", {false, false}, false, true},
      {"8.8.8.8", {true, true}, true, false},
  }));
  CAPTURE(row.address, row.policy.allow_loopback, row.policy.allow_private, row.is_plain);
  CHECK(may_connect(plain(address_of(row.address)), row.policy, row.is_plain) == row.expected);
}

TEST_CASE("a URL that no request can go to is known before it is asked for", "[net]") {
  struct Row {
    const char* url;
    OutboundPolicy policy;
    const char* fault;  // empty: none
  };
  const auto row = GENERATE(values<Row>({
      {"https://app.example/hook", {}, ""},
      {"http://localhost:3000/hook", {}, ""},
      {"http://127.0.0.2/", {}, ""},
      {"http://[::1]:8080/", {}, ""},
      {"https://8.8.8.8/", {}, ""},
      {"https://10.0.0.1/", {true, true}, ""},
      {"https://10.0.0.1/", {}, "leads to a private address"},
      {"https://10.0.0.1./", {}, "leads to a private address"},
      {"https://10.1/", {}, "leads to a private address"},
      {"https://167772161/", {}, "leads to a private address"},
      {"https://0x0a000001/", {}, "leads to a private address"},
      {"https://010.0.0.1.example/", {}, ""},
      {"https://[fe80::1]/", {}, "leads to a private address"},
      {"http://app.example/", {}, "uses http beyond this computer"},
      {"http://10.0.0.1/", {true, true}, "uses http beyond this computer"},
      {"http://localhost.example/", {}, "uses http beyond this computer"},
      {"ftp://app.example/", {}, "is not an absolute http or https URL without user information"},
      {"https://u:p@app.example/", {}, "is not an absolute http or https URL without user information"},
      {"app.example", {}, "is not an absolute http or https URL without user information"},
      {"", {}, "is not an absolute http or https URL without user information"},
  }));
  CAPTURE(row.url, row.policy.allow_private);
  CHECK(outbound_fault(row.url, row.policy).value_or("") == row.fault);
}
