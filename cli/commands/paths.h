#pragma once

#include <filesystem>

namespace coffer::cli {

// Where things are by default: the XDG base directories, or what systemd hands to a service
// (STATE_DIRECTORY, RUNTIME_DIRECTORY). Throw Error{InvalidArgument} if there is no home either.
std::filesystem::path default_config_file();       // <config>/coffer/config.toml
std::filesystem::path default_key_file();          // <config>/coffer/master.key
std::filesystem::path default_api_key_file();      // <config>/coffer/api-key
std::filesystem::path default_vault_file();        // <data>/coffer/vault.db
std::filesystem::path default_anchor_directory();  // <state>/coffer/anchors
std::filesystem::path runtime_directory();         // <runtime>/coffer, or <state>/coffer/run without one

}  // namespace coffer::cli
