#include "vault/base/json.h"

#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "vault/base/encoding.h"
#include "vault/base/error.h"

namespace coffer {
namespace {

constexpr int kMaxDepth = 32;

// Builds the value while refusing what nlohmann would let pass.
class StrictHandler {
 public:
  explicit StrictHandler(std::string_view what) : what_(what) {}

  bool operator()(int depth, Json::parse_event_t event, Json& parsed) {
    const bool opens =
        event == Json::parse_event_t::object_start || event == Json::parse_event_t::array_start;
    if (depth + (opens ? 1 : 0) > kMaxDepth) fail("is nested more than 32 levels deep");
    if (event == Json::parse_event_t::object_start) keys_.emplace_back();
    if (event == Json::parse_event_t::object_end) keys_.pop_back();
    if (event == Json::parse_event_t::key &&
        !keys_.back().insert(parsed.get_ref<const std::string&>()).second) {
      fail("has a key twice in one object");
    }
    return true;
  }

 private:
  [[noreturn]] void fail(const std::string& fault) const {
    throw Error(ErrorCode::InvalidArgument, std::string(what_) + " " + fault,
                "send plain JSON with unique keys");
  }

  std::string_view what_;
  std::vector<std::set<std::string>> keys_;
};

}  // namespace

Json parse_json(std::string_view text, std::string_view what) {
  if (!is_valid_utf8(text))
    throw Error(ErrorCode::InvalidArgument, std::string(what) + " is not valid UTF-8");
  StrictHandler handler(what);
  try {
    return Json::parse(text, [&](int depth, Json::parse_event_t event, Json& parsed) {
      return handler(depth, event, parsed);
    });
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
