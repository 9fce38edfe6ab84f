#pragma once

#include <filesystem>
#include <fstream>

namespace coffer::testing {

// What CatalogOptions::directories takes: a toolkit "free" that nobody signs in to, with the tool FREE_PING.
inline std::filesystem::path free_toolkit_in(const std::filesystem::path& directory) {
  std::filesystem::create_directories(directory / "toolkits");
  std::ofstream(directory / "toolkits" / "free.json") << R"json({
    "format": 1,
    "slug": "free",
    "name": "Free",
    "description": "A service without a login.",
    "version": "20261101_00",
    "categories": ["testing"],
    "base_url": "https://free.example",
    "mock_path": "/mock/api/free",
    "auth": [{"scheme": "NO_AUTH"}],
    "tools": [{
      "slug": "FREE_PING",
      "name": "Ping",
      "description": "Answers.",
      "tags": ["readOnlyHint"],
      "input": {"type": "object", "properties": {"q": {"type": "string"}}},
      "output": {"type": "object", "properties": {"ok": {"type": "boolean"}}},
      "request": {"path": "/ping", "query": {"q": "{{q}}"}},
      "mock": {"reply": {"ok": true}}
    }]
  })json";
  return directory;
}

}  // namespace coffer::testing
