// A request's JSON body, read by every kind of field that routes ask for.
#include <nlohmann/json.hpp>

#include "tests/fuzz/fuzz.h"
#include "vault/api/wire/body.h"

using namespace coffer;
using coffer::api::ObjectReader;
using coffer::api::RequestBody;

namespace {

template <class Read>
void reads(Read&& read) {
  fuzz::succeeds_or_throws(ErrorCode::InvalidArgument, std::forward<Read>(read));
}

void read_all(ObjectReader object) {
  for (const std::string& key : object.keys()) {
    fuzz::require(object.has(key) && object.mentions(key), "a key that is listed is there");
    reads([&] { object.required_text(key); });
    reads([&] { object.boolean(key); });
    reads([&] { object.texts(key); });
    reads([&] { user_id_of(object, key); });
    reads([&] { read_all(object.required_object(key)); });
    reads([&] {
      const Secret secret = object.secret(key);
      fuzz::require(object.text(key).empty(), "a secret is taken out of the body");
    });
  }
}

// What was read is what is answered: numbers, order and escapes may change, values may not.
void check_json(std::string_view text) {
  const Json value = parse_json(text);
  fuzz::require(parse_json(dump_json(value)) == value, "JSON that is written reads the same");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  reads([&] { check_json(text); });
  reads([&] {
    ServerRequest request;
    request.body = text;
    RequestBody body(request);
    read_all(body.root());
  });
  return 0;
}
