#pragma once

#include <filesystem>
#include <string_view>

#include "vault/base/secret.h"

namespace coffer::cli {

// Makes the directory with mode 0700 if it is missing, parents as the umask has them.
void make_private_directory(const std::filesystem::path& path);

// Creates a file of mode 0600. Throws Error{Conflict} if there is one already.
void create_private_file(const std::filesystem::path& path, std::string_view content);
// The same, replacing what is there in one step.
void replace_private_file(const std::filesystem::path& path, std::string_view content);

// The content of a file that only we can read, or of standard input for "-", without a line end
// at its end; at most 64 KiB. Throws Error{NotFound, UnsafePermissions, TooLarge, Storage}.
Secret read_private_file(const std::filesystem::path& path);

}  // namespace coffer::cli
