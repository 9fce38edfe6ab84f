#include "vault/store/vault_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "vault/base/error.h"

namespace coffer {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void throw_storage(const fs::path& path, int error) {
  throw Error(ErrorCode::Storage, path.string() + ": " + std::strerror(error),
              error == EROFS    ? "mount its file system for writing"
              : error == ENOSPC ? "its disk is full: free space on it"
                                : "");
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

fs::path with_suffix(const fs::path& vault, const char* suffix) {
  return vault.string() + suffix;
}

// https://www.sqlite.org/fileformat.html section 1.3.
constexpr std::size_t kHeadSize = 100;
constexpr std::string_view kMagic("SQLite format 3\0", 16);
using Head = std::array<std::uint8_t, kHeadSize>;

struct Descriptor {
  explicit Descriptor(const fs::path& path, int flags = O_RDONLY)
      : fd(::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0600)) {
    if (fd < 0) throw_storage(path, errno);
  }
  ~Descriptor() { ::close(fd); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int fd;
};

[[noreturn]] void throw_corrupt(const fs::path& path, const std::string& fact) {
  throw Error(ErrorCode::CorruptHeader, path.string() + " " + fact, "restore the vault from a backup");
}

// nullopt: the file is shorter than that.
std::optional<Head> read_head(const fs::path& path) {
  const Descriptor file(path);
  Head head{};
  const ssize_t size = ::pread(file.fd, head.data(), head.size(), 0);
  if (size < 0) throw_storage(path, errno);
  return size == std::ssize(head) ? std::optional(head) : std::nullopt;
}

std::uintmax_t big_endian(const Head& head, std::size_t at, std::size_t bytes) {
  std::uintmax_t value = 0;
  for (std::size_t i = 0; i < bytes; ++i) value = value << 8 | head[at + i];
  return value;
}

bool is_known_version(std::uint8_t version) {
  return version == 1 || version == 2;  // SQLite's rollback journal and write-ahead log
}

std::uintmax_t page_size_of(const Head& head) {
  const std::uintmax_t stored = big_endian(head, 16, 2);
  return stored == 1 ? 65536 : stored;
}

// Until the log is written back, what the file lacks may stand there.
void check_length(const fs::path& path, const Head& head, std::uintmax_t size) {
  const std::uintmax_t page_size = page_size_of(head);
  const bool is_count_valid = big_endian(head, 24, 4) == big_endian(head, 92, 4);
  const std::uintmax_t pages = is_count_valid ? big_endian(head, 28, 4) : 1;
  if (page_size < 512 || size % page_size != 0 || size / page_size < pages) {
    throw_corrupt(path, "is incomplete: its end is missing");
  }
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
    make_private_directory(absolute.parent_path());
    return fs::canonical(absolute.parent_path()) / absolute.filename();
  } catch (const fs::filesystem_error& failure) {
    throw_storage(vault, failure.code().value());
  }
}

void make_private_directory(const fs::path& directory) {
  if (directory.empty() || fs::exists(directory)) return;
  make_private_directory(directory.parent_path());
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) throw_storage(directory, errno);
}

void check_private_file(const fs::path& path) {
  check_one(path, S_IFREG, "600");
}

bool has_log(const fs::path& vault) {
  std::error_code missing;
  const std::uintmax_t size = fs::file_size(with_suffix(vault, "-wal"), missing);
  return !missing && size > 0;
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

fs::path copy_path(const fs::path& vault, int version) {
  return vault.string() + ".schema-" + std::to_string(version);
}

fs::path make_draft(const fs::path& vault) {
  fs::path draft = with_suffix(vault, ".draft");
  ::unlink(draft.c_str());  // of an attempt that was cut short
  const Descriptor made(draft, O_RDWR | O_CREAT | O_EXCL);
  return draft;
}

void finish_draft(const fs::path& draft, const fs::path& path) {
  if (::rename(draft.c_str(), path.c_str()) != 0) throw_storage(path, errno);
  for (const fs::path& written : {path, path.parent_path()}) {
    const Descriptor open(written);
    if (::fsync(open.fd) != 0) throw_storage(written, errno);
  }
}

void remove_copies_before(const fs::path& vault, int version) {
  for (int older = 1; older < version; ++older) {
    std::error_code ignored;
    fs::remove(copy_path(vault, older), ignored);
  }
}

void check_whole(const fs::path& vault) {
  std::error_code missing;
  const bool is_logged = has_log(vault);
  const std::uintmax_t size = fs::file_size(vault, missing);
  if (missing || (size == 0 && !is_logged)) return;
  if (size == 0) throw_corrupt(vault, "is empty, and its log is not");
  const std::optional<Head> head = read_head(vault);
  if (!head || std::memcmp(head->data(), kMagic.data(), kMagic.size()) != 0) {
    throw_corrupt(vault, "is not a coffer vault");
  }
  if (!is_known_version((*head)[18]) || !is_known_version((*head)[19])) {
    throw_corrupt(vault, "has a damaged header");
  }
  if (!is_logged) check_length(vault, *head, size);
}

void check_private(const fs::path& vault) {
  check_one(vault.parent_path(), S_IFDIR, "700");
  for (const char* suffix : {"", "-wal", "-shm", ".lock"})
    check_one(with_suffix(vault, suffix), S_IFREG, "600");
}

void check_writable(const fs::path& vault) {
  struct stat info {};
  if (::lstat(vault.c_str(), &info) != 0 && errno == ENOENT) return;
  if ((info.st_mode & S_IWUSR) == 0) {  // said by mode, so that root hears it as well
    throw_unsafe(vault.string() + " is read-only", "chmod 600 " + vault.string());
  }
  if (::faccessat(AT_FDCWD, vault.c_str(), W_OK, AT_EACCESS) != 0) throw_storage(vault, errno);
}

}  // namespace vault_files
}  // namespace coffer
