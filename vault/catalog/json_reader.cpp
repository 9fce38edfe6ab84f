#include "vault/catalog/json_reader.h"

#include <algorithm>

#include "vault/base/error.h"
#include "vault/base/json.h"

namespace coffer {

JsonReader::JsonReader(Json& value, std::string place) : value_(value), place_(std::move(place)) {
  if (!value_.is_object()) fail("must be an object");
}

std::string JsonReader::text(std::string_view key) {
  std::string value = text_or(key, "");
  if (value.empty()) fail_at(key, "is missing or empty");
  return value;
}

std::string JsonReader::text_or(std::string_view key, std::string_view otherwise) {
  Json* found = take(key);
  if (found == nullptr) return std::string(otherwise);
  if (!found->is_string()) fail_at(key, "must be a string");
  return std::move(found->get_ref<std::string&>());
}

int JsonReader::number_or(std::string_view key, int otherwise) {
  const Json* found = take(key);
  if (found == nullptr) return otherwise;
  if (!found->is_number_integer() || *found < 0 || *found > 1'000'000'000) {
    fail_at(key, "must be an integer from 0 to 1000000000");
  }
  return found->get<int>();
}

bool JsonReader::flag_or(std::string_view key, bool otherwise) {
  const Json* found = take(key);
  if (found == nullptr) return otherwise;
  if (!found->is_boolean()) fail_at(key, "must be true or false");
  return found->get<bool>();
}

std::vector<std::string> JsonReader::texts(std::string_view key) {
  Json* found = take(key);
  std::vector<std::string> values;
  if (found == nullptr) return values;
  if (!found->is_array()) fail_at(key, "must be a list of strings");
  for (Json& element : *found) {
    if (!element.is_string()) fail_at(key, "must be a list of strings");
    values.push_back(std::move(element.get_ref<std::string&>()));
  }
  return values;
}

std::map<std::string, std::string> JsonReader::text_map(std::string_view key) {
  Json* found = take(key);
  std::map<std::string, std::string> values;
  if (found == nullptr) return values;
  if (!found->is_object()) fail_at(key, "must be an object of strings");
  for (auto& [name, value] : found->items()) {
    if (!value.is_string()) fail_at(key, "must be an object of strings");
    values.emplace(name, std::move(value.get_ref<std::string&>()));
  }
  return values;
}

std::shared_ptr<const Json> JsonReader::subtree(std::string_view key) {
  Json* found = take(key);
  return found == nullptr ? nullptr : std::make_shared<const Json>(std::move(*found));
}

std::vector<JsonReader> JsonReader::children(std::string_view key) {
  Json* found = take(key);
  std::vector<JsonReader> readers;
  if (found == nullptr) return readers;
  if (!found->is_array()) fail_at(key, "must be a list of objects");
  for (std::size_t i = 0; i < found->size(); ++i) {
    readers.emplace_back((*found)[i], place_ + "." + std::string(key) + "[" + std::to_string(i) + "]");
  }
  return readers;
}

JsonReader JsonReader::child(std::string_view key) {
  Json* found = take(key);
  if (found == nullptr) fail_at(key, "is missing");
  return {*found, place_ + "." + std::string(key)};
}

void JsonReader::finish() const {
  for (const auto& [key, value] : value_.items()) {
    if (std::find(asked_.begin(), asked_.end(), key) == asked_.end()) fail_at(key, "is not a known key here");
  }
}

void JsonReader::fail(const std::string& fault) const {
  throw Error(ErrorCode::InvalidArgument, place_ + ": " + fault,
              "docs/toolkit-format.md describes the format");
}

Json* JsonReader::take(std::string_view key) {
  asked_.push_back(key);
  const auto found = value_.find(key);
  return found == value_.end() ? nullptr : &*found;
}

void JsonReader::fail_at(std::string_view key, const std::string& fault) const {
  fail("\"" + std::string(key) + "\" " + fault);
}

}  // namespace coffer
