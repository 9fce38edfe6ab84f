#pragma once

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace coffer {

// Reads the members of one JSON object into typed values and refuses what nobody asked for.
// Every fault is an InvalidArgument that names file and place ("gmail.json: tools[3].request").
// Subtrees are moved out of the object, not copied.
class JsonReader {
 public:
  JsonReader(nlohmann::json& value, std::string place);

  bool has(std::string_view key) const { return value_.contains(key); }
  std::string text(std::string_view key);  // required, not empty
  std::string text_or(std::string_view key, std::string_view otherwise);
  int number_or(std::string_view key, int otherwise);
  bool flag_or(std::string_view key, bool otherwise);
  std::vector<std::string> texts(std::string_view key);                 // absent: empty
  std::map<std::string, std::string> text_map(std::string_view key);    // absent: empty
  std::shared_ptr<const nlohmann::json> subtree(std::string_view key);  // absent: null

  // One reader per element of a list of objects; absent: none.
  std::vector<JsonReader> children(std::string_view key);
  // A required object.
  JsonReader child(std::string_view key);

  // Throws if the object has members that were never asked for.
  void finish() const;
  [[noreturn]] void fail(const std::string& fault) const;
  const std::string& place() const { return place_; }

 private:
  nlohmann::json* take(std::string_view key);
  [[noreturn]] void fail_at(std::string_view key, const std::string& fault) const;

  nlohmann::json& value_;
  std::string place_;
  std::vector<std::string_view> asked_;
};

}  // namespace coffer
