#include "vault/api/wire/body.h"

#include <nlohmann/json.hpp>

#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/text.h"
#include "vault/model/credential_fields.h"
#include "vault/model/user_id.h"

namespace coffer::api {
namespace {

const Json& null_json() {
  static const Json null;
  return null;
}

}  // namespace

Json* ObjectReader::find(std::string_view key) const {
  const auto found = object_->find(key);
  return found == object_->end() || found->is_null() ? nullptr : &*found;
}

std::string ObjectReader::name_of(std::string_view key) const {
  return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

void ObjectReader::fail(std::string_view key, const std::string& fault, const std::string& hint) const {
  throw Error(ErrorCode::InvalidArgument, in_quotes(name_of(key)) + " " + fault, hint);
}

bool ObjectReader::has(std::string_view key) const {
  return find(key) != nullptr;
}

bool ObjectReader::mentions(std::string_view key) const {
  return object_->contains(key);
}

std::vector<std::string> ObjectReader::keys() const {
  std::vector<std::string> names;
  for (const auto& [key, value] : object_->items()) {
    if (!value.is_null()) names.push_back(key);
  }
  return names;
}

std::optional<std::string> ObjectReader::optional_text(std::string_view key) const {
  const Json* found = find(key);
  if (found == nullptr) return std::nullopt;
  if (!found->is_string()) fail(key, "is not a string");
  return found->get<std::string>();
}

std::string ObjectReader::text(std::string_view key) const {
  return optional_text(key).value_or("");
}

std::string ObjectReader::required_text(std::string_view key) const {
  const auto found = optional_text(key);
  if (!found) fail(key, "is missing");
  if (found->empty()) fail(key, "is empty");
  return *found;
}

std::optional<bool> ObjectReader::boolean(std::string_view key) const {
  const Json* found = find(key);
  if (found == nullptr) return std::nullopt;
  if (!found->is_boolean()) fail(key, "is neither true nor false");
  return found->get<bool>();
}

std::vector<std::string> ObjectReader::texts(std::string_view key) const {
  const Json* found = find(key);
  if (found == nullptr) return {};
  if (found->is_string()) return split(found->get_ref<const std::string&>(), ',');
  if (!found->is_array()) fail(key, "is not a list of strings");
  std::vector<std::string> out;
  for (const Json& element : *found) {
    if (!element.is_string()) fail(key, "is not a list of strings");
    out.push_back(element.get<std::string>());
  }
  return out;
}

std::optional<ObjectReader> ObjectReader::object(std::string_view key) const {
  Json* found = find(key);
  if (found == nullptr) return std::nullopt;
  if (!found->is_object()) fail(key, "is not an object");
  return ObjectReader(*found, name_of(key));
}

ObjectReader ObjectReader::required_object(std::string_view key) const {
  const auto found = object(key);
  if (!found) fail(key, "is missing");
  return *found;
}

std::vector<ObjectReader> ObjectReader::objects(std::string_view key) const {
  Json* found = find(key);
  if (found == nullptr) return {};
  if (!found->is_array()) fail(key, "is not a list of objects");
  std::vector<ObjectReader> out;
  for (Json& element : *found) {
    if (!element.is_object()) fail(key, "is not a list of objects");
    out.emplace_back(element, name_of(key) + "." + std::to_string(out.size()));
  }
  return out;
}

const Json& ObjectReader::value(std::string_view key) const {
  const Json* found = find(key);
  return found == nullptr ? null_json() : *found;
}

Secret ObjectReader::secret(std::string_view key) {
  const Json* found = find(key);
  if (found != nullptr && !found->is_string()) fail(key, "is not a string");
  Secret taken = take_secret(*object_, key);
  if (taken.expose() == kMasked) {
    fail(key, "is the mask that answers show in place of a credential",
         "leave it out, or give the credential itself");
  }
  return taken;
}

RequestBody::RequestBody(const ServerRequest& request)
    : value_(std::make_unique<Json>(request.body.empty() ? Json::object() : parse_json(request.body))) {
  if (value_->is_object()) return;
  wipe(*value_);
  throw Error(ErrorCode::InvalidArgument, "body is not a JSON object");
}

RequestBody::~RequestBody() {
  wipe(*value_);
}

ObjectReader RequestBody::root() {
  return {*value_, ""};
}

UserId user_id_of(const ObjectReader& body, std::string_view key) {
  std::string id = body.required_text(key);
  if (const auto fault = fault_of_user_id(id)) body.fail(key, std::string(*fault), kUserIdRule);
  return UserId(std::move(id));
}

}  // namespace coffer::api
