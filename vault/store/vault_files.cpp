#include "vault/store/vault_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "vault/base/error.h"

namespace coffer {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void throw_storage(const fs::path& path, int error) {
  throw Error(ErrorCode::Storage, path.string() + ": " + std::strerror(error));
}

[[noreturn]] void throw_unsafe(const std::string& fact, std::string hint) {
  throw Error(ErrorCode::UnsafePermissions, fact, std::move(hint));
}

// Missing files are none of its business. Looks by name only: opening and closing the database
// file here would drop SQLite's locks on it.
void check_one(const fs::path& path, mode_t kind, const char* mode) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0) {
    if (errno == ENOENT) return;
    throw_storage(path, errno);
  }
  if ((info.st_mode & S_IFMT) != kind) {
    throw_unsafe(path.string() + (kind == S_IFDIR ? " is not a directory" : " is not a regular file"), {});
  }
  if (info.st_uid != ::geteuid()) {
    throw_unsafe(
        path.string() + " belongs to another user",
        "chown it to the user that runs coffer: chown " + std::to_string(::geteuid()) + " " + path.string());
  }
  if ((info.st_mode & 077) != 0) {
    throw_unsafe(path.string() + " can be used by others",
                 std::string("chmod ") + mode + " " + path.string());
  }
}

void make_directory(const fs::path& directory) {
  if (directory.empty() || fs::exists(directory)) return;
  make_directory(directory.parent_path());
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) throw_storage(directory, errno);
}

fs::path with_suffix(const fs::path& vault, const char* suffix) {
  return vault.string() + suffix;
}

}  // namespace

LockFile::LockFile(const fs::path& path)
    : fd_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) {
  if (fd_ < 0) throw_storage(path, errno);
  struct flock whole {};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  if (::fcntl(fd_, F_OFD_SETLK, &whole) == 0) return;
  const int error = errno;
  ::close(fd_);
  if (error != EAGAIN && error != EACCES) throw_storage(path, error);
  throw Error(ErrorCode::VaultInUse, "another process uses the vault: " + path.string() + " is locked",
              "stop the other coffer, or speak to it over HTTP");
}

LockFile::~LockFile() {
  ::close(fd_);
}

namespace vault_files {

fs::path prepare(const fs::path& vault, bool create) {
  try {
    const fs::path absolute = fs::absolute(vault);
    if (!create && !fs::exists(absolute)) {
      throw Error(ErrorCode::NotFound, "there is no vault at " + absolute.string(),
                  "make one with: coffer init");
    }
    make_directory(absolute.parent_path());
    return fs::canonical(absolute.parent_path()) / absolute.filename();
  } catch (const fs::filesystem_error& failure) {
    throw_storage(vault, failure.code().value());
  }
}

fs::path lock_path(const fs::path& vault) {
  return with_suffix(vault, ".lock");
}

void create_if_missing(const fs::path& vault) {
  const int fd = ::open(vault.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd >= 0) {
    ::close(fd);
  } else if (errno != EEXIST) {
    throw_storage(vault, errno);
  }
}

void check_private(const fs::path& vault) {
  check_one(vault.parent_path(), S_IFDIR, "700");
  for (const char* suffix : {"", "-wal", "-shm", ".lock"})
    check_one(with_suffix(vault, suffix), S_IFREG, "600");
}

}  // namespace vault_files
}  // namespace coffer
