#pragma once

#include <deque>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include "vault/base/clock.h"
#include "vault/base/json.h"

namespace coffer::mock {

// How a value stands in a snapshot. `Fields::describe(visit, object)` names the members of a class
// once, for both directions: it calls visit("name", member) for each.
template <class Fields>
struct StoredForm {
  template <class T, class = void>
  struct Form {
    static Json save(T& object) {
      Json json = Json::object();
      const auto visit = [&](const char* name, auto& member) { json[name] = StoredForm::save(member); };
      Fields::describe(visit, object);
      return json;
    }
    static void load(const Json& json, T& object) {
      const auto visit = [&](const char* name, auto& member) { StoredForm::load(json.at(name), member); };
      Fields::describe(visit, object);
    }
  };

  template <class T>
  static Json save(T& value) {
    return Form<T>::save(value);
  }
  template <class T>
  static void load(const Json& json, T& value) {
    Form<T>::load(json, value);
  }
  // A container's elements start as they are made, then are filled.
  template <class T>
  static T loaded(const Json& json) {
    T value{};
    load(json, value);
    return value;
  }

  template <class T>
  struct Form<T, std::enable_if_t<std::is_arithmetic_v<T> || std::is_same_v<T, std::string>>> {
    static Json save(const T& value) { return value; }
    static void load(const Json& json, T& value) { value = json.get<T>(); }
  };
  template <class T>
  struct Form<T, std::enable_if_t<std::is_enum_v<T>>> {
    static Json save(const T& value) { return static_cast<int>(value); }
    static void load(const Json& json, T& value) { value = static_cast<T>(json.get<int>()); }
  };
  template <class Unused>
  struct Form<Json, Unused> {
    static Json save(const Json& value) { return value; }
    static void load(const Json& json, Json& value) { value = json; }
  };
  template <class Unused>
  struct Form<Timestamp, Unused> {
    static Json save(const Timestamp& value) { return to_ms(value); }
    static void load(const Json& json, Timestamp& value) { value = from_ms(json.get<std::int64_t>()); }
  };
  template <class Unused>
  struct Form<Duration, Unused> {
    static Json save(const Duration& value) { return value.count(); }
    static void load(const Json& json, Duration& value) { value = Duration(json.get<std::int64_t>()); }
  };
  template <class T>
  struct Form<std::optional<T>> {
    static Json save(std::optional<T>& value) { return value ? StoredForm::save(*value) : Json(); }
    static void load(const Json& json, std::optional<T>& value) {
      value = json.is_null() ? std::nullopt : std::optional<T>(loaded<T>(json));
    }
  };
  // In a list of its own, so that a JSON null is not an absent one.
  template <class Unused>
  struct Form<std::shared_ptr<const Json>, Unused> {
    static Json save(const std::shared_ptr<const Json>& value) {
      return value ? Json::array({*value}) : Json();
    }
    static void load(const Json& json, std::shared_ptr<const Json>& value) {
      value = json.is_null() ? nullptr : std::make_shared<const Json>(json.at(0));
    }
  };
  template <class T>
  struct Form<std::unique_ptr<T>> {
    static Json save(std::unique_ptr<T>& value) { return StoredForm::save(*value); }
    static void load(const Json& json, std::unique_ptr<T>& value) {
      value = std::make_unique<T>();
      StoredForm::load(json, *value);
    }
  };
  template <class A, class B>
  struct Form<std::pair<A, B>> {
    static Json save(std::pair<A, B>& value) {
      return Json::array({StoredForm::save(value.first), StoredForm::save(value.second)});
    }
    static void load(const Json& json, std::pair<A, B>& value) {
      StoredForm::load(json.at(0), value.first);
      StoredForm::load(json.at(1), value.second);
    }
  };
  template <class List>
  struct ListForm {
    static Json save(List& list) {
      Json json = Json::array();
      for (auto& element : list) json.push_back(StoredForm::save(element));
      return json;
    }
    static void load(const Json& json, List& list) {
      list.clear();
      for (const auto& element : json.get_ref<const Json::array_t&>())
        list.push_back(loaded<typename List::value_type>(element));
    }
  };
  template <class T>
  struct Form<std::vector<T>> : ListForm<std::vector<T>> {};
  template <class T>
  struct Form<std::deque<T>> : ListForm<std::deque<T>> {};

  // An object by text keys; nlohmann's sorts them, whatever the map's order.
  template <class Map>
  struct MapForm {
    static Json save(Map& map) {
      Json json = Json::object();
      for (auto& [key, value] : map) json[key] = StoredForm::save(value);
      return json;
    }
    static void load(const Json& json, Map& map) {
      map.clear();
      for (const auto& [key, value] : json.get_ref<const Json::object_t&>())
        map.emplace(key, loaded<typename Map::mapped_type>(value));
    }
  };
  template <class T, class Less>
  struct Form<std::map<std::string, T, Less>> : MapForm<std::map<std::string, T, Less>> {};
  template <class T, class Hash, class Equal>
  struct Form<std::unordered_map<std::string, T, Hash, Equal>>
      : MapForm<std::unordered_map<std::string, T, Hash, Equal>> {};

  // By two texts: a list of [key, value].
  template <class T>
  struct Form<std::map<std::pair<std::string, std::string>, T>> {
    using Map = std::map<std::pair<std::string, std::string>, T>;
    static Json save(Map& map) {
      Json json = Json::array();
      for (auto& [key, value] : map) json.push_back({Json(key), StoredForm::save(value)});
      return json;
    }
    static void load(const Json& json, Map& map) {
      map.clear();
      for (const auto& entry : json.get_ref<const Json::array_t&>())
        map.emplace(entry.at(0).get<std::pair<std::string, std::string>>(), loaded<T>(entry.at(1)));
    }
  };
};

}  // namespace coffer::mock
