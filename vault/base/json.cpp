#include "vault/base/json.h"

#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "vault/base/encoding.h"
#include "vault/base/error.h"

namespace coffer {
namespace {

constexpr std::size_t kMaxDepth = 32;

// Refuses what nlohmann would let pass, in a pass of its own: its parser with a callback looks at all of a
// container for each object in it that ends.
class StrictReader final : public nlohmann::json_sax<Json> {
 public:
  explicit StrictReader(std::string_view what) : what_(what) {}

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(Json::number_integer_t) override { return true; }
  bool number_unsigned(Json::number_unsigned_t) override { return true; }
  bool number_float(Json::number_float_t, const std::string&) override { return true; }
  bool string(std::string&) override { return true; }
  bool binary(Json::binary_t&) override { return true; }
  bool start_object(std::size_t) override { return open(); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(); }
  bool end_array() override { return close(); }
  bool key(std::string& name) override {
    if (!keys_.back().insert(name).second) fail("has a key twice in one object");
    return true;
  }
  // The parse that follows says what is wrong.
  bool parse_error(std::size_t, const std::string&, const Json::exception&) override { return false; }

 private:
  bool open() {
    if (keys_.size() == kMaxDepth) fail("is nested more than 32 levels deep");
    keys_.emplace_back();
    return true;
  }
  bool close() {
    keys_.pop_back();
    return true;
  }
  [[noreturn]] void fail(const std::string& fault) const {
    throw Error(ErrorCode::InvalidArgument, std::string(what_) + " " + fault,
                "send plain JSON with unique keys");
  }

  std::string_view what_;
  std::vector<std::set<std::string>> keys_;  // of each container that is open
};

}  // namespace

Json parse_json(std::string_view text, std::string_view what) {
  if (!is_valid_utf8(text))
    throw Error(ErrorCode::InvalidArgument, std::string(what) + " is not valid UTF-8");
  StrictReader reader(what);
  try {
    Json::sax_parse(text, &reader);
    return Json::parse(text);
  } catch (const Json::parse_error& error) {
    // Its message quotes the input, which may be a credential.
    throw Error(ErrorCode::InvalidArgument,
                std::string(what) + " is not valid JSON at byte " + std::to_string(error.byte));
  } catch (const Json::exception&) {
    throw Error(ErrorCode::InvalidArgument, std::string(what) + " holds a number that is out of range");
  }
}

std::string dump_json(const Json& value, int indent) {
  return value.dump(indent, ' ', false, Json::error_handler_t::replace);
}

Secret take_secret(Json& object, std::string_view key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) return {};
  return Secret::consume(found->get_ref<std::string&>());
}

void wipe(Json& value) noexcept {
  if (value.is_string()) wipe(value.get_ref<std::string&>());
  if (value.is_structured()) {
    for (auto& element : value) wipe(element);
  }
}

}  // namespace coffer
