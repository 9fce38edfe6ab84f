#pragma once

#include <filesystem>

namespace coffer {

// Held for as long as the object lives, also against other objects of this process; the system
// frees it however the process ends.
class LockFile {
 public:
  // Throws VaultInUse at once if another holder lives; Storage.
  explicit LockFile(const std::filesystem::path& path);
  ~LockFile();
  LockFile(const LockFile&) = delete;
  LockFile& operator=(const LockFile&) = delete;

 private:
  int fd_;
};

namespace vault_files {

// `vault` with its directory made if missing (0700) and freed of symbolic links.
// Throws NotFound if the vault is missing and `create` is false.
std::filesystem::path prepare(const std::filesystem::path& vault, bool create);

// With its missing parents, all 0700. Throws Storage.
void make_private_directory(const std::filesystem::path& directory);
// Throws as check_private() does, of one file; a missing one is none of its business.
void check_private_file(const std::filesystem::path& path);
// True where commits wait in the log to be written to the main file: after a crash, before it is opened.
bool has_log(const std::filesystem::path& vault);

std::filesystem::path lock_path(const std::filesystem::path& vault);

// Makes an empty vault file, mode 0600, if there is none; SQLite gives its other files the mode
// of this one.
void create_if_missing(const std::filesystem::path& vault);

// The copy of a vault as it was before it was brought to a newer schema than `version`.
std::filesystem::path copy_path(const std::filesystem::path& vault, int version);
// An empty file, mode 0600, beside the vault; and its durable end as `path`. Throw Storage.
std::filesystem::path make_draft(const std::filesystem::path& vault);
void finish_draft(const std::filesystem::path& draft, const std::filesystem::path& path);
void remove_copies_before(const std::filesystem::path& vault, int version);

// Throws CorruptHeader for a file that SQLite would open although it lacks its end, or that it would
// take for an empty one: too short, of an unknown version, or empty beside a log that is not. Looks
// by a descriptor of its own, so: under the lock, and before SQLite has the file open.
void check_whole(const std::filesystem::path& vault);

// Throws UnsafePermissions, naming the path and the command that mends it, where the directory or
// one of the vault's files belongs to somebody else, is a link, or can be read by others.
void check_private(const std::filesystem::path& vault);

// Throws UnsafePermissions for a vault file that its owner may not write, Storage for one on a
// read-only file system. One that is missing is none of its business.
void check_writable(const std::filesystem::path& vault);

}  // namespace vault_files
}  // namespace coffer
