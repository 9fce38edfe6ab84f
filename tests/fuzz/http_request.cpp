// What a client sends on one connection: any number of requests, cut into segments anyhow.
#include <vector>

#include "tests/fuzz/fuzz.h"
#include "vault/net/request_reader.h"

using namespace coffer;

namespace {

// Small enough that an input of a few KiB meets every limit.
constexpr ReaderLimits kLimits = {.max_head_bytes = 1024, .head = {.max_headers = 8, .max_body_bytes = 256}};

struct Conversation {
  std::vector<ServerRequest> requests;
  bool is_refused = false;
};

void check(const ServerRequest& request) {
  const auto is_host = [](const HttpHeader& header) { return equals_ignoring_case(header.name, "host"); };
  fuzz::require(std::count_if(request.headers.begin(), request.headers.end(), is_host) == 1,
                "a request has one Host");
  fuzz::require(request.headers.size() <= kLimits.head.max_headers, "headers are bounded");
  fuzz::require(request.body.size() <= kLimits.head.max_body_bytes, "bodies are bounded");
}

// Takes what is complete. False: the connection ends here.
bool serve(RequestReader& reader, Conversation& out) {
  while (reader.advance() == RequestReader::State::Ready) {
    out.requests.push_back(reader.take());
    check(out.requests.back());
    if (!reader.keeps_alive()) return false;
  }
  out.is_refused = reader.advance() == RequestReader::State::Refused;
  return !out.is_refused;
}

Conversation conversation(std::string_view bytes, std::size_t segment) {
  Conversation out;
  RequestReader reader(kLimits);
  for (bool goes_on = true; goes_on && !bytes.empty();) {
    reader.append(bytes.substr(0, segment));
    bytes.remove_prefix(std::min(segment, bytes.size()));
    goes_on = serve(reader, out);
  }
  return out;
}

bool are_equal(const ServerRequest& a, const ServerRequest& b) {
  const auto same = [](const HttpHeader& x, const HttpHeader& y) {
    return x.name == y.name && x.value == y.value;
  };
  return a.method == b.method && a.target == b.target && a.path == b.path && a.query == b.query &&
         a.body == b.body &&
         std::equal(a.headers.begin(), a.headers.end(), b.headers.begin(), b.headers.end(), same);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = fuzz::text_of(data, size);
  const Conversation whole = conversation(bytes, std::max<std::size_t>(bytes.size(), 1));
  for (const std::size_t segment : {1UL, 7UL}) {
    const Conversation pieces = conversation(bytes, segment);
    fuzz::require(pieces.is_refused == whole.is_refused &&
                      std::equal(pieces.requests.begin(), pieces.requests.end(), whole.requests.begin(),
                                 whole.requests.end(), are_equal),
                  "requests do not depend on how they were cut");
  }
  return 0;
}
