#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vault/base/id.h"
#include "vault/base/json.h"
#include "vault/base/secret.h"
#include "vault/net/router.h"

namespace coffer::api {

// One JSON object of a request. Absent and null are the same; everything of another type than
// asked for is InvalidArgument that names the field by its path ("auth_config.type"). Refers to
// the RequestBody it came from.
class ObjectReader {
 public:
  ObjectReader(Json& object, std::string path) : object_(&object), path_(std::move(path)) {}

  bool has(std::string_view key) const;
  // True for null as well: "clear this".
  bool mentions(std::string_view key) const;
  std::vector<std::string> keys() const;

  std::string required_text(std::string_view key) const;  // not empty either
  std::string text(std::string_view key) const;           // empty if absent
  std::optional<std::string> optional_text(std::string_view key) const;
  std::optional<bool> boolean(std::string_view key) const;
  // A list of strings, or one string with commas.
  std::vector<std::string> texts(std::string_view key) const;
  std::optional<ObjectReader> object(std::string_view key) const;
  ObjectReader required_object(std::string_view key) const;
  // A list of objects; empty if absent.
  std::vector<ObjectReader> objects(std::string_view key) const;
  // The value itself; null if absent.
  const Json& value(std::string_view key) const;
  // Takes the string out of the body, so that no copy is left there. Empty if absent; the mask of
  // an answer (kMasked) is refused: it would take the place of the credential that it hides.
  Secret secret(std::string_view key);

  // "path.key", for messages.
  std::string name_of(std::string_view key) const;
  // Throws InvalidArgument "<path.key> <fault>".
  [[noreturn]] void fail(std::string_view key, const std::string& fault, const std::string& hint = {}) const;

 private:
  Json* find(std::string_view key) const;

  Json* object_;
  std::string path_;
};

// The parsed body of a request; an absent one is {}. Wipes its strings when it goes: they may
// hold keys. Throws InvalidArgument for anything but one JSON object.
class RequestBody {
 public:
  explicit RequestBody(const ServerRequest& request);
  ~RequestBody();
  RequestBody(const RequestBody&) = delete;
  RequestBody& operator=(const RequestBody&) = delete;

  ObjectReader root();

 private:
  std::unique_ptr<Json> value_;
};

// A user id from `key`, by the rule of model/user_id.h. Throws InvalidArgument.
UserId user_id_of(const ObjectReader& body, std::string_view key);

}  // namespace coffer::api
