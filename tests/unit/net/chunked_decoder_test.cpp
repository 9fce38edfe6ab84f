#include "vault/net/chunked_decoder.h"

#include <catch2/catch.hpp>

using namespace coffer;
using Progress = ChunkedDecoder::State;

namespace {

struct Decoded {
  Progress state;
  std::string body;
  std::string rest;
};

Decoded decode(std::string_view text, std::size_t max_body_bytes = 100) {
  ChunkedDecoder decoder(max_body_bytes);
  WipedBuffer input;
  WipedBuffer body;
  input.append(text);
  const Progress state = decoder.decode(input, body);
  return {state, std::string(body.view()), std::string(input.view())};
}

}  // namespace

TEST_CASE("chunks are joined and what follows them is left alone", "[net]") {
  const Decoded decoded = decode("4\r\nWiki\r\n5\r\npedia\r\n0\r\n\r\nGET /");
  CHECK(decoded.state == Progress::Done);
  CHECK(decoded.body == "Wikipedia");
  CHECK(decoded.rest == "GET /");
}

TEST_CASE("an unfinished body asks for more", "[net]") {
  const std::string whole = "4\r\nWiki\r\n0\r\n\r\n";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    CHECK(decode(whole.substr(0, size)).state == Progress::NeedsMore);
  }
  CHECK(decode(whole).state == Progress::Done);
}

TEST_CASE("the limit counts decoded bytes of all chunks", "[net]") {
  CHECK(decode("5\r\nhello\r\n5\r\nworld\r\n0\r\n\r\n", 10).state == Progress::Done);
  CHECK(decode("5\r\nhello\r\n6\r\nworlds\r\n0\r\n\r\n", 10).state == Progress::TooLarge);
  CHECK(decode("FFFFFFFF\r\n", 10).state == Progress::TooLarge);
  CHECK(decode("0\r\n\r\n", 0).state == Progress::Done);
}

TEST_CASE("extensions and trailers are bounded together", "[net]") {
  std::string many_extensions;
  for (int i = 0; i < 100; ++i) many_extensions += "1;" + std::string(100, 'e') + "\r\na\r\n";
  CHECK(decode(many_extensions, 1000).state == Progress::Malformed);

  std::string many_trailers = "0\r\n";
  for (int i = 0; i < 100; ++i) many_trailers += "t: " + std::string(100, 'v') + "\r\n";
  CHECK(decode(many_trailers).state == Progress::Malformed);
}
