#include "cli/commands/private_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "vault/base/error.h"

namespace coffer::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostBytes = 64 << 10;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ > STDERR_FILENO) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

[[noreturn]] void fail(const std::string& verb, const fs::path& path) {
  const int error = errno;
  const ErrorCode code = error == ENOENT   ? ErrorCode::NotFound
                         : error == EEXIST ? ErrorCode::Conflict
                         : error == ELOOP  ? ErrorCode::UnsafePermissions
                                           : ErrorCode::Storage;
  const char* hint = error == EEXIST   ? "remove it first, or name another file"
                     : error == ENOENT ? "name a file that is there"
                                       : "";
  throw Error(code, "cannot " + verb + " \"" + path.string() + "\": " + std::strerror(error), hint);
}

void write_all(int fd, std::string_view content, const fs::path& path) {
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("write", path);
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(fd) != 0) fail("write", path);
}

void check_only_ours(int fd, const fs::path& path) {
  struct stat info {};
  if (::fstat(fd, &info) != 0) fail("look at", path);
  if (!S_ISREG(info.st_mode)) return;  // a pipe: whoever made it knows who reads
  if ((info.st_mode & 077) != 0 || info.st_uid != ::geteuid()) {
    throw Error(ErrorCode::UnsafePermissions, "\"" + path.string() + "\" can be read by others",
                "run `chmod 600 " + path.string() + "`, and replace what it holds if others saw it");
  }
}

void trim_line_end(std::string& text) {
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
}

Secret read_all(int fd, const fs::path& path) {
  std::string text(kMostBytes + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t got = ::read(fd, text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("read", path);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size > kMostBytes) {
    wipe(text);
    throw Error(ErrorCode::TooLarge, "\"" + path.string() + "\" holds more than 64 KiB");
  }
  text.resize(size);
  trim_line_end(text);
  return Secret::consume(text);
}

// Beside `path`, whole and on the disk, so that `path` itself never holds a part of it.
fs::path write_draft(const fs::path& path, std::string_view content) {
  fs::path draft = path;
  draft += "." + std::to_string(::getpid());
  ::unlink(draft.c_str());
  const Descriptor file(::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (file.get() < 0) fail("create", path);
  try {
    write_all(file.get(), content, path);
  } catch (const Error&) {
    ::unlink(draft.c_str());
    throw;
  }
  return draft;
}

void sync_directory(const fs::path& path) {
  const Descriptor directory(::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() < 0 || ::fsync(directory.get()) != 0) fail("write", path);
}

}  // namespace

void make_private_directory(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  if (!error && ::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) fail("make", path);
  if (error) throw Error(ErrorCode::Storage, "cannot make \"" + path.string() + "\": " + error.message());
}

void create_private_file(const fs::path& path, std::string_view content) {
  make_private_directory(path.parent_path());
  const fs::path draft = write_draft(path, content);
  const bool is_made = ::link(draft.c_str(), path.c_str()) == 0;
  const int error = errno;
  ::unlink(draft.c_str());
  errno = error;
  if (!is_made) fail("create", path);
  sync_directory(path);
}

void replace_private_file(const fs::path& path, std::string_view content) {
  make_private_directory(path.parent_path());
  const fs::path draft = write_draft(path, content);
  if (::rename(draft.c_str(), path.c_str()) != 0) fail("replace", path);
}

Secret read_private_file(const fs::path& path) {
  if (path == "-") return read_all(STDIN_FILENO, "standard input");
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) fail("read", path);
  check_only_ours(file.get(), path);
  return read_all(file.get(), path);
}

}  // namespace coffer::cli
