#include "tests/unit/net/hostile_cases.h"

#include "tests/unit/net/server_fixture.h"

namespace coffer::testing {
namespace {

std::string chunked(std::string_view body) {
  return post("Transfer-Encoding: chunked\r\n", body);
}

std::string with_host(std::string_view line) {
  return "GET / HTTP/1.1\r\n" + std::string(line) + "\r\n\r\n";
}

std::string request(std::string_view request_line) {
  return std::string(request_line) + "\r\nHost: localhost\r\n\r\n";
}

std::string headers(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += "x-" + std::to_string(i) + ": v\r\n";
  return text;
}

// Bytes that RFC 9110 §5.6.2 lets a token hold.
bool is_token_byte(int byte) {
  const std::string allowed = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  return allowed.find(static_cast<char>(byte)) != std::string::npos && byte != 0;
}

int method_status(int byte) {
  return is_token_byte(byte) ? 501 : 400;
}  // "Gx" is no method we know

int target_status(int byte) {
  const bool is_visible = byte > 0x20 && byte < 0x7F;
  return is_visible && byte != '#' && byte != '%' ? 200 : 400;
}

// A colon ends the name early, which leaves a sound header with another value.
int name_status(int byte) {
  return is_token_byte(byte) || byte == ':' ? 200 : 400;
}

int value_status(int byte) {
  return byte == '\t' || (byte >= 0x20 && byte != 0x7F) ? 200 : 400;
}

int host_status(int byte) {
  const bool is_name =
      is_token_byte(byte) && std::string("!#$%&'*+^`|~").find(static_cast<char>(byte)) == std::string::npos;
  return is_name ? 200 : 400;
}

}  // namespace

std::vector<HostileCase> framing_cases() {
  const std::string smuggled = get("/smuggled");
  return {
      {"length beside chunked",
       post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n" + smuggled),
       {400}},
      {"chunked beside length",
       post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n" + smuggled),
       {400}},
      {"two different lengths", post("Content-Length: 3\r\nContent-Length: 5\r\n", "abcde"), {400}},
      {"two equal lengths", post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"), {400}},
      {"a list of lengths", post("Content-Length: 3, 3\r\n", "abc"), {400}},
      {"an empty length", post("Content-Length:\r\n", ""), {400}},
      {"a negative length", post("Content-Length: -1\r\n", ""), {400}},
      {"a signed length", post("Content-Length: +3\r\n", "abc"), {400}},
      {"a hexadecimal length", post("Content-Length: 0x3\r\n", "abc"), {400}},
      {"a length with a space inside", post("Content-Length: 1 0\r\n", "a"), {400}},
      {"a fractional length", post("Content-Length: 3.0\r\n", "abc"), {400}},
      {"a length with a letter", post("Content-Length: 3a\r\n", "abc"), {400}},
      {"a length beyond 64 bits", post("Content-Length: 99999999999999999999999\r\n", ""), {413}},
      {"a length that wraps to 3", post("Content-Length: 18446744073709551619\r\n", "abc"), {413}},
      {"a leading zero is a number", post("Content-Length: 003\r\n", "abc"), {200}},
      {"no length means no body", post("", "") + get("/next"), {200, 200}},
      {"a length of zero", post("Content-Length: 0\r\n", "") + get("/next"), {200, 200}},
      {"another transfer coding", post("Transfer-Encoding: gzip\r\n", ""), {501}},
      {"gzip before chunked", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), {501}},
      {"chunked twice", post("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n"), {501}},
      {"two transfer codings",
       post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "0\r\n\r\n"),
       {400}},
      {"identity is not chunked", post("Transfer-Encoding: identity\r\n", ""), {501}},
      {"an empty transfer coding", post("Transfer-Encoding:\r\n", ""), {501}},
      {"a quoted transfer coding", post("Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n"), {501}},
      {"a vertical tab before chunked", post("Transfer-Encoding: \vchunked\r\n", "0\r\n\r\n"), {400}},
      {"chunked in capitals is chunked",
       post("Transfer-Encoding: CHUNKED\r\n", "3\r\nabc\r\n0\r\n\r\n"),
       {200}},
      {"chunked in HTTP/1.0",
       "POST / HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       {400}},
      {"a space before the colon", post("Content-Length : 3\r\n", "abc"), {400}},
      {"a folded framing header", post("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n"), {400}},
      {"a folded header", get("/", "x-a: 1\r\n 2\r\n"), {400}},
      {"a header folded by a tab", get("/", "x-a: 1\r\n\t2\r\n"), {400}},
      {"a first header that is folded", "GET / HTTP/1.1\r\n Host: localhost\r\n\r\n", {400}},
      {"a good chunked body", chunked("5\r\nhello\r\n0\r\n\r\n") + get("/next"), {200, 200}},
      {"chunks in hexadecimal", chunked("A\r\n0123456789\r\n0\r\n\r\n"), {200}},
      {"an extension is ignored", chunked("5;a=b\r\nhello\r\n0\r\n\r\n"), {200}},
      {"a trailer field is ignored", chunked("5\r\nhello\r\n0\r\nx-t: 1\r\n\r\n") + get("/next"), {200, 200}},
      {"a chunk size with 0x", chunked("0x5\r\nhello\r\n0\r\n\r\n"), {400}},
      {"a negative chunk size", chunked("-5\r\nhello\r\n0\r\n\r\n"), {400}},
      {"a signed chunk size", chunked("+5\r\nhello\r\n0\r\n\r\n"), {400}},
      {"a space before the chunk size", chunked(" 5\r\nhello\r\n0\r\n\r\n"), {400}},
      {"no chunk size", chunked("\r\nhello\r\n0\r\n\r\n"), {400}},
      {"a chunk size that is no number", chunked("xyz\r\nhello\r\n0\r\n\r\n"), {400}},
      {"junk behind the chunk size", chunked("5 x\r\nhello\r\n0\r\n\r\n"), {400}},
      {"a chunk size of nine digits", chunked("000000005\r\nhello\r\n0\r\n\r\n"), {400}},
      {"a chunk size that overflows", chunked("FFFFFFFFFFFFFFFF5\r\nhello\r\n0\r\n\r\n"), {400}},
      {"a chunk line with LF alone", chunked("5\nhello\r\n0\r\n\r\n"), {400}},
      {"a chunk without its CRLF", chunked("5\r\nhelloX\r\n0\r\n\r\n"), {400}},
      {"a chunk that is longer than it says", chunked("3\r\nhello\r\n0\r\n\r\n"), {400}},
      {"a NUL in an extension", chunked(std::string("5;a\0b\r\nhello\r\n0\r\n\r\n", 19)), {400}},
      {"a CR in a trailer", chunked("0\r\na: b\rc\r\n\r\n"), {400}},
      {"an endless chunk line", chunked("5;" + std::string(2000, 'a')), {400}},
      {"a gzip body", post("Content-Encoding: gzip\r\nContent-Length: 3\r\n", "\x1f\x8b\x08"), {415}},
      {"a deflate body", post("Content-Encoding: deflate\r\nContent-Length: 3\r\n", "abc"), {415}},
      {"an identity body", post("Content-Encoding: identity\r\nContent-Length: 3\r\n", "abc"), {200}},
      {"an unknown expectation", post("Expect: the-unexpected\r\nContent-Length: 3\r\n", "abc"), {417}},
      {"a body cut short", post("Content-Length: 10\r\n", "abc"), {}},
      {"a head cut short", "GET / HTTP/1.1\r\nHost: local", {}},
  };
}

std::vector<HostileCase> host_cases() {
  return {
      {"no Host", "GET / HTTP/1.1\r\n\r\n", {400}},
      {"no Host in HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", {400}},
      {"two equal Hosts", with_host("Host: localhost\r\nHost: localhost"), {400}},
      {"two different Hosts", with_host("Host: localhost\r\nHost: evil.example"), {400}},
      {"two Hosts in different case", with_host("Host: localhost\r\nHOST: evil.example"), {400}},
      {"an empty Host", with_host("Host:"), {400}},
      {"a Host of spaces", with_host("Host:   "), {400}},
      {"a name", with_host("Host: localhost"), {200}},
      {"a name with a port", with_host("Host: localhost:9900"), {200}},
      {"a foreign name, which the handler judges", with_host("Host: evil.example"), {200}},
      {"an IPv4 address", with_host("Host: 127.0.0.1:9900"), {200}},
      {"an IPv6 address", with_host("Host: [::1]:9900"), {200}},
      {"an IPv6 address without port", with_host("Host: [::1]"), {200}},
      {"an IPv6 address without brackets", with_host("Host: ::1"), {400}},
      {"an open bracket", with_host("Host: [::1"), {400}},
      {"empty brackets", with_host("Host: []"), {400}},
      {"text behind the bracket", with_host("Host: [::1]evil"), {400}},
      {"an empty port", with_host("Host: localhost:"), {400}},
      {"a port that is no number", with_host("Host: localhost:http"), {400}},
      {"a port of six digits", with_host("Host: localhost:123456"), {400}},
      {"user information", with_host("Host: user@localhost"), {400}},
      {"a path", with_host("Host: localhost/x"), {400}},
      {"a comma", with_host("Host: localhost, evil.example"), {400}},
      {"a space", with_host("Host: localhost evil"), {400}},
      {"an escape", with_host("Host: local%68ost"), {400}},
      {"a URL", with_host("Host: http://localhost"), {400}},
      {"a byte above ASCII",
       with_host("Host: l\xC3\xB6"
                 "calhost"),
       {400}},
      {"a Host without a colon", with_host("Host localhost"), {400}},
      {"a Host that is folded", with_host("Host:\r\n localhost"), {400}},
  };
}

std::vector<HostileCase> syntax_cases() {
  return {
      {"LF alone", "GET / HTTP/1.1\nHost: localhost\n\n", {400}},
      {"LF alone after a header", "GET / HTTP/1.1\r\nHost: localhost\nx-a: b\r\n\r\n", {400}},
      {"CR alone in a header", get("/", "x-a: b\rc: d\r\n"), {400}},
      {"CR CR LF", "GET / HTTP/1.1\r\r\nHost: localhost\r\n\r\n", {400}},
      {"NUL in a header", get("/", std::string("x-a: b\0c\r\n", 10)), {400}},
      {"a TLS hello", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11), {400}},
      {"an HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {505}},
      {"HTTP/2.0", request("GET / HTTP/2.0"), {505}},
      {"HTTP/1.2", request("GET / HTTP/1.2"), {505}},
      {"HTTP/1.10", request("GET / HTTP/1.10"), {400}},
      {"http in lower case", request("GET / http/1.1"), {400}},
      {"no version", request("GET /"), {400}},
      {"no target", request("GET HTTP/1.1"), {400}},
      {"an empty target", request("GET  HTTP/1.1"), {400}},
      {"two spaces behind the method", request("GET  / HTTP/1.1"), {400}},
      {"two spaces before the version", request("GET /  HTTP/1.1"), {400}},
      {"a space in the target", request("GET /a b HTTP/1.1"), {400}},
      {"a tab for a space", request("GET\t/\tHTTP/1.1"), {400}},
      {"a space before the method", request(" GET / HTTP/1.1"), {400}},
      {"words only", "hello\r\n\r\n", {400}},
      {"one empty line first is forgiven", "\r\n" + get("/"), {200}},
      {"two empty lines first are not", "\r\n\r\n" + get("/"), {400}},
      {"absolute form of this host", request("GET http://localhost/a?b=c HTTP/1.1"), {200}},
      {"absolute form of another host", request("GET http://evil.example/ HTTP/1.1"), {400}},
      {"absolute form of another port", request("GET http://localhost:1/ HTTP/1.1"), {400}},
      {"absolute form without a host", request("GET http:///a HTTP/1.1"), {400}},
      {"absolute form with user information", request("GET http://a@localhost/ HTTP/1.1"), {400}},
      {"absolute form of another scheme", request("GET https://localhost/ HTTP/1.1"), {400}},
      {"absolute form with a fragment", request("GET http://localhost#f HTTP/1.1"), {400}},
      {"absolute form without a Host", "GET http://localhost/ HTTP/1.1\r\n\r\n", {400}},
      {"authority form", request("CONNECT evil.example:443 HTTP/1.1"), {501}},
      {"asterisk form", request("OPTIONS * HTTP/1.1"), {400}},
      {"no leading slash", request("GET admin HTTP/1.1"), {400}},
      {"a fragment", request("GET /a#b HTTP/1.1"), {400}},
      {"a broken escape in the path", request("GET /%zz HTTP/1.1"), {400}},
      {"half an escape at the end", request("GET /a% HTTP/1.1"), {400}},
      {"a broken escape in the query", request("GET /?a=%g1 HTTP/1.1"), {400}},
      {"an encoded CR LF in the path", request("GET /a%0d%0aSet-Cookie:x HTTP/1.1"), {400}},
      {"an encoded NUL in the path", request("GET /a%00b HTTP/1.1"), {400}},
      {"an encoded CR LF in the query is data", request("GET /?a=%0d%0ab HTTP/1.1"), {200}},
      {"an encoded CR LF in a header is text", get("/", "x-a: a%0d%0ab: c\r\n"), {200}},
      {"dots that climb", request("GET /../etc/passwd HTTP/1.1"), {400}},
      {"encoded dots that climb", request("GET /%2e%2e/etc/passwd HTTP/1.1"), {400}},
      {"a single dot", request("GET /./a HTTP/1.1"), {400}},
      {"TRACE", request("TRACE / HTTP/1.1"), {501}},
      {"an unknown method", request("BREW / HTTP/1.1"), {501}},
      {"a method in lower case", request("get / HTTP/1.1"), {501}},
      {"a method that is no token", request("G@T / HTTP/1.1"), {400}},
      {"a header without a colon", get("/", "x-a\r\n"), {400}},
      {"a header without a name", get("/", ": v\r\n"), {400}},
      {"a header name with a space", get("/", "x a: v\r\n"), {400}},
      {"a header name in quotes", get("/", "\"x\": v\r\n"), {400}},
      {"a header without a value", get("/", "x-a:\r\n"), {200}},
      {"a value of spaces", get("/", "x-a:    \r\n"), {200}},
      {"bytes above ASCII in a value", get("/", "x-a: \xC3\xA9\r\n"), {200}},
      {"a range is ignored", get("/", "Range: bytes=0-1\r\n"), {200}},
      {"a GET with a body, then closed",
       "GET /g HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc" + get("/next"),
       {200}},
      {"HTTP/1.0 is answered and closed", "GET / HTTP/1.0\r\nHost: localhost\r\n\r\n" + get("/next"), {200}},
      {"close is obeyed", get("/", "Connection: close\r\n") + get("/next"), {200}},
      {"close among others is obeyed", get("/", "Connection: x, Close\r\n") + get("/next"), {200}},
      {"three requests at once",
       get("/1") + post("Content-Length: 3\r\n", "abc") + get("/3"),
       {200, 200, 200}},
      {"junk behind a request", get("/1") + "junk\r\n\r\n", {200, 400}},
  };
}

std::vector<HostileCase> size_cases() {
  constexpr std::size_t kMiB = 1 << 20;
  const std::string too_much(kMiB + 1, 'a');
  return {
      {"64 headers", "GET / HTTP/1.1\r\nHost: localhost\r\n" + headers(63) + "\r\n", {200}},
      {"65 headers", "GET / HTTP/1.1\r\nHost: localhost\r\n" + headers(64) + "\r\n", {431}},
      {"a head of 15 KiB", get("/", "x-a: " + std::string(15 << 10, 'a') + "\r\n"), {200}},
      {"a head of 17 KiB", get("/", "x-a: " + std::string(17 << 10, 'a') + "\r\n"), {431}},
      {"a line that never ends", "GET /" + std::string(100 << 10, 'a'), {431}},
      {"a header that never ends", "GET / HTTP/1.1\r\nx-a: " + std::string(100 << 10, 'a'), {431}},
      {"a body of 1 MiB", post("Content-Length: 1048576\r\n", too_much.substr(1)), {200}},
      {"a body over 1 MiB, announced", post("Content-Length: 1048577\r\n", too_much), {413}},
      {"a body over 1 MiB, announced and not sent", post("Content-Length: 1048577\r\n", ""), {413}},
      {"a body over 1 MiB in one chunk", chunked("100001\r\n" + too_much + "\r\n0\r\n\r\n"), {413}},
      {"a body over 1 MiB in two chunks",
       chunked("80000\r\n" + too_much.substr(0, kMiB / 2) + "\r\n80001\r\n" + too_much.substr(kMiB / 2)),
       {413}},
      {"a chunk of 2 GiB, announced", chunked("80000000\r\n"), {413}},
      {"a form of 100 KiB",
       post("Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 102402\r\n",
            "a=" + std::string(102400, 'b')),
       {200}},
      {"trailers without end", chunked("0\r\n" + headers(1000)), {400}},
  };
}

std::vector<HostileCase> byte_cases() {
  std::vector<HostileCase> cases;
  const auto add = [&cases](std::string_view place, int byte, std::string bytes, int status) {
    cases.push_back({std::string(place) + " holds byte " + std::to_string(byte), std::move(bytes), {status}});
  };
  for (int byte = 0; byte < 256; ++byte) {
    const std::string b(1, static_cast<char>(byte));
    add("the method", byte, request("G" + b + " / HTTP/1.1"), method_status(byte));
    add("the target", byte, request("GET /a" + b + " HTTP/1.1"), target_status(byte));
    add("a header name", byte, get("/", "x" + b + "a: v\r\n"), name_status(byte));
    add("a header value", byte, get("/", "x-a: v" + b + "v\r\n"), value_status(byte));
    add("the Host", byte, with_host("Host: a" + b + "b"), host_status(byte));
  }
  return cases;
}

std::vector<HostileCase> all_hostile_cases() {
  std::vector<HostileCase> all;
  for (auto* table : {framing_cases, host_cases, syntax_cases, size_cases, byte_cases}) {
    for (HostileCase& one : table()) all.push_back(std::move(one));
  }
  return all;
}

}  // namespace coffer::testing
