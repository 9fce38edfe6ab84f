#include "vault/base/encoding.h"

#include <catch2/catch.hpp>

using namespace coffer;

TEST_CASE("base64 follows the vectors of RFC 4648 section 10", "[base]") {
  const auto [plain, padded] = GENERATE(table<std::string, std::string>({{"", ""},
                                                                         {"f", "Zg=="},
                                                                         {"fo", "Zm8="},
                                                                         {"foo", "Zm9v"},
                                                                         {"foob", "Zm9vYg=="},
                                                                         {"fooba", "Zm9vYmE="},
                                                                         {"foobar", "Zm9vYmFy"}}));
  CHECK(to_base64(plain) == padded);
  CHECK(from_base64(padded) == plain);
  const std::string bare = padded.substr(0, padded.find('='));
  CHECK(to_base64url(plain) == bare);
  CHECK(from_base64url(bare) == plain);
  CHECK(from_base64url(padded) == plain);
}

TEST_CASE("base64 and base64url differ in two characters and do not read each other's", "[base]") {
  const std::string bytes = "\xFB\xFF\xFE";
  CHECK(to_base64(bytes) == "+//+");
  CHECK(to_base64url(bytes) == "-__-");
  CHECK(from_base64url("-__-") == bytes);
  CHECK_FALSE(from_base64url("+//+"));
  CHECK_FALSE(from_base64("-__-"));
}

TEST_CASE("broken base64 is nothing", "[base]") {
  const std::string text =
      GENERATE(as<std::string>{}, "Z", "Zg", "Zg=", "Zg===", "Zm9v!", "Zm 9v", "Zm9v\n", "=", "Zh==");
  CAPTURE(text);
  CHECK_FALSE(from_base64(text));
}

TEST_CASE("broken base64url is nothing", "[base]") {
  const std::string text = GENERATE(as<std::string>{}, "Z", "Zm9v!", "Zm 9v", "Zm9v\n", "Zg===", "Zh");
  CAPTURE(text);
  CHECK_FALSE(from_base64url(text));
}

TEST_CASE("hex is written in lower case and read in both", "[base]") {
  CHECK(to_hex(as_bytes("\x01\xAB\xff")) == "01abff");
  CHECK(from_hex("01aBFf") == "\x01\xAB\xff");
  CHECK(from_hex("").value_or("x").empty());
  CHECK_FALSE(from_hex("0"));
  CHECK_FALSE(from_hex("0g"));
  CHECK_FALSE(from_hex("01 "));
}

TEST_CASE("percent encoding leaves only unreserved characters", "[base]") {
  CHECK(percent_encode("AZaz09-._~") == "AZaz09-._~");
  CHECK(percent_encode(" !\"#$%&'()*+,/:;<=>?@[\\]^`{|}") ==
        "%20%21%22%23%24%25%26%27%28%29%2A%2B%2C%2F%3A%3B%3C%3D%3E%3F%40%5B%5C%5D%5E%60%7B%7C%7D");
  CHECK(percent_encode("\xC3\xA9\x01\x7F") == "%C3%A9%01%7F");
  CHECK(form_encode("a b+c") == "a+b%2Bc");
}

TEST_CASE("every byte survives encoding and decoding", "[base]") {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  CHECK(percent_decode(percent_encode(all)) == all);
  CHECK(form_decode(form_encode(all)) == all);
  CHECK(from_base64(to_base64(all)) == all);
  CHECK(from_base64url(to_base64url(all)) == all);
  CHECK(from_hex(to_hex(as_bytes(all))) == all);
}

TEST_CASE("a plus is a space in forms only", "[base]") {
  CHECK(percent_decode("a+b%20c") == "a+b c");
  CHECK(form_decode("a+b%20c") == "a b c");
}

TEST_CASE("a broken escape is nothing", "[base]") {
  const std::string text = GENERATE(as<std::string>{}, "%", "%4", "a%", "%zz", "%4g", "%g4", "%%41", "% 41");
  CAPTURE(text);
  CHECK_FALSE(percent_decode(text));
  CHECK_FALSE(form_decode(text));
}

TEST_CASE("a form keeps order, duplicates and everything behind the first equals sign", "[base]") {
  const auto [text, expected] = GENERATE(table<std::string, Fields>({
      {"", {}},
      {"a=1&b=2&a=3", {{"a", "1"}, {"b", "2"}, {"a", "3"}}},
      {"state=abc==", {{"state", "abc=="}}},
      {"a", {{"a", ""}}},
      {"=v", {{"", "v"}}},
      {"&&a=1&", {{"a", "1"}}},
      {"a+b=c+d", {{"a b", "c d"}}},
      {"a%26b=c%3Dd", {{"a&b", "c=d"}}},
      {"a=b?c#d;e", {{"a", "b?c#d;e"}}},
  }));
  CAPTURE(text);
  CHECK(parse_form(text) == expected);
}

TEST_CASE("a form with a broken escape is nothing", "[base]") {
  CHECK_FALSE(parse_form("a=1&b=%"));
  CHECK_FALSE(parse_form("%=1"));
}

TEST_CASE("a form is written so that it reads back the same", "[base]") {
  const Fields fields = {{"a b", "c&d=e"}, {"", "x"}, {"y", ""}, {"\xC3\xA9", "+%"}};
  CHECK(build_form(fields) == "a+b=c%26d%3De&=x&y=&%C3%A9=%2B%25");
  CHECK(parse_form(build_form(fields)) == fields);
}

TEST_CASE("the first field of a name is found", "[base]") {
  const Fields fields = {{"a", "1"}, {"a", "2"}, {"b", ""}};
  CHECK(find_field(fields, "a") == "1");
  CHECK(find_field(fields, "b") == "");
  CHECK_FALSE(find_field(fields, "A"));
}

TEST_CASE("parameters are added before the fragment, behind what is there", "[base]") {
  const auto [url, expected] = GENERATE(table<std::string, std::string>({
      {"https://h/p", "https://h/p?a=b%20c&d=%26"},
      {"https://h/p?", "https://h/p?a=b%20c&d=%26"},
      {"https://h/p?x=y", "https://h/p?x=y&a=b%20c&d=%26"},
      {"https://h/p?x=y&", "https://h/p?x=y&a=b%20c&d=%26"},
      {"https://h/p#f", "https://h/p?a=b%20c&d=%26#f"},
      {"https://h/p?x#f?g", "https://h/p?x&a=b%20c&d=%26#f?g"},
  }));
  CHECK(with_query(url, {{"a", "b c"}, {"d", "&"}}) == expected);
  CHECK(with_query(url, {}) == url);
}

TEST_CASE("an origin is scheme, host and a port that is not the default", "[base]") {
  const auto [url, expected] = GENERATE(table<std::string, std::string>({
      {"https://example.com", "https://example.com"},
      {"HTTPS://Example.COM/Path?q#f", "https://example.com"},
      {"https://example.com:443/", "https://example.com"},
      {"http://example.com:80", "http://example.com"},
      {"http://example.com:443", "http://example.com:443"},
      {"https://example.com:8443/x", "https://example.com:8443"},
      {"https://example.com:0443/x", "https://example.com"},
      {"http://127.0.0.1:9900/x", "http://127.0.0.1:9900"},
      {"http://[::1]:9900/x", "http://[::1]:9900"},
      {"http://[::1]", "http://[::1]"},
      {"https://example.com?q=@", "https://example.com"},
      {"https://example.com#@evil", "https://example.com"},
  }));
  CAPTURE(url);
  CHECK(origin_of(url) == expected);
}

TEST_CASE("what is no plain web address has no origin", "[base]") {
  const std::string url = GENERATE(
      as<std::string>{}, "", "example.com", "/path", "//example.com", "ftp://example.com",
      "javascript:alert(1)", "file:///etc/passwd", "https:/example.com", "https:example.com", "https://",
      "https:///path", "https://:80", "https://user@example.com", "https://user:pw@example.com",
      "https://example.com:", "https://example.com:x", "https://example.com:65536",
      "https://example.com:123456", "https://exa mple.com", "https://example.com/a b",
      "https://example.com/\r\nX: y", "https://example.com\\@evil.com", "https://example.com/\t",
      "https://ex%61mple.com", "https://[::1", "https://[]", "https://[::1]x", "https://[zz]",
      "https://\xC3\xA9.com", " https://example.com", "https://example.com/\x7F", "https://a,b",
      "https://a;b", "https://a|b", "httpss://a", "http+unix://a");
  CAPTURE(url);
  CHECK_FALSE(origin_of(url));
  CHECK_FALSE(host_of(url));
}

TEST_CASE("a host is named without brackets and port", "[base]") {
  CHECK(host_of("https://Example.com:8443/x") == "example.com");
  CHECK(host_of("http://[::1]:80/") == "::1");
}

TEST_CASE("loopback is told from names that look like it", "[base]") {
  for (const auto* host : {"localhost", "127.0.0.1", "::1", "[::1]", "app.localhost"})
    CHECK(is_loopback_host(host));
  for (const auto* host :
       {"localhost.evil.com", "evillocalhost", "127.0.0.1.evil.com", "0.0.0.0", "", "10.0.0.1"}) {
    CHECK_FALSE(is_loopback_host(host));
  }
}

TEST_CASE("UTF-8 is checked as RFC 3629 has it", "[base]") {
  for (const std::string& text :
       {std::string(), std::string("plain"), std::string("\xC2\x80"), std::string("\xDF\xBF"),
        std::string("\xE0\xA0\x80"), std::string("\xED\x9F\xBF"), std::string("\xEE\x80\x80"),
        std::string("\xF0\x90\x80\x80"), std::string("\xF4\x8F\xBF\xBF"), std::string("\0", 1)}) {
    CAPTURE(text);
    CHECK(is_valid_utf8(text));
  }
  for (const char* text :
       {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2\x20", "\xE0\x80\x80", "\xE0\x9F\xBF",
        "\xED\xA0\x80", "\xED\xBF\xBF", "\xE2\x82", "\xF0\x80\x80\x80", "\xF0\x8F\xBF\xBF",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xF8\x88\x80\x80\x80", "\xFE", "\xFF", "a\xC3"}) {
    CAPTURE(text);
    CHECK_FALSE(is_valid_utf8(text));
  }
}

TEST_CASE("case changes touch ASCII letters only", "[base]") {
  CHECK(to_lower("AZ@[\xC3\x89") == "az@[\xC3\x89");
  CHECK(to_upper("az`{\xC3\xA9") == "AZ`{\xC3\xA9");
  CHECK(equals_ignoring_case("Content-Type", "content-TYPE"));
  CHECK_FALSE(equals_ignoring_case("a", "ab"));
  CHECK_FALSE(equals_ignoring_case("[", "{"));
}

TEST_CASE("split drops empty parts and join puts the rest together", "[base]") {
  CHECK(split("", ',').empty());
  CHECK(split(",,", ',').empty());
  CHECK(split("a,,b,", ',') == std::vector<std::string>{"a", "b"});
  CHECK(join({"a", "b", "a"}, ", ") == "a, b, a");
  CHECK(join({}, ", ").empty());
}
