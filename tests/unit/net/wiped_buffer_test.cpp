#include "vault/net/wiped_buffer.h"

#include <catch2/catch.hpp>

using namespace coffer;

TEST_CASE("a buffer is a queue of bytes", "[net]") {
  WipedBuffer buffer;
  CHECK(buffer.empty());
  buffer.append("hello ");
  buffer.append("world");
  buffer.consume(6);
  CHECK(buffer.view() == "world");
  buffer.append("!");
  CHECK(buffer.take() == "world!");
  CHECK(buffer.empty());
  buffer.consume(5);
  CHECK(buffer.empty());
}

TEST_CASE("bytes stay in order while a buffer grows and shrinks", "[net]") {
  WipedBuffer buffer;
  std::string expected;
  for (int i = 0; i < 5000; ++i) {
    const std::string piece = std::to_string(i) + ",";
    buffer.append(piece);
    expected += piece;
    if (i % 3 == 0) {
      buffer.consume(4);
      expected.erase(0, 4);
    }
  }
  CHECK(buffer.view() == expected);
}
