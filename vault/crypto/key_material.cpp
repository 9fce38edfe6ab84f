#include "vault/crypto/key_material.h"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "vault/base/error.h"

namespace coffer {
namespace {

static_assert(kSaltSize == crypto_pwhash_argon2id_SALTBYTES);

constexpr std::uint64_t kLeastPasses = 2;
constexpr std::uint64_t kMostPasses = 10;
constexpr std::uint64_t kLeastMemory = 64ULL << 20;
constexpr std::uint64_t kMostMemory = 1ULL << 30;

class File {
 public:
  File(const std::filesystem::path& path, int flags, mode_t mode = 0)
      : fd_(::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, mode)) {}
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  int fd() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }

 private:
  int fd_;
};

[[noreturn]] void throw_unreadable(const std::filesystem::path& path, int error) {
  const std::string fact = "key file " + path.string() + ": " + std::strerror(error);
  if (error == ENOENT)
    throw Error(ErrorCode::NotFound, fact, "name the key file that the vault was made with");
  if (error == ELOOP) {
    throw Error(ErrorCode::UnsafePermissions, "key file " + path.string() + " is a symbolic link",
                "name the file itself");
  }
  throw Error(ErrorCode::Storage, fact);
}

void check_private(const std::filesystem::path& path, const struct stat& info) {
  if (info.st_uid != ::geteuid()) {
    throw Error(ErrorCode::UnsafePermissions, "key file " + path.string() + " belongs to another user",
                "chown it to the user that runs coffer");
  }
  if ((info.st_mode & 077) != 0) {
    throw Error(ErrorCode::UnsafePermissions, "key file " + path.string() + " can be read by others",
                "chmod 600 " + path.string());
  }
}

// One byte more than a key, so that a longer file is noticed.
std::size_t read_up_to(int fd, std::span<std::uint8_t> out) {
  std::size_t size = 0;
  while (size < out.size()) {
    const ssize_t got = ::read(fd, out.data() + size, out.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    size += static_cast<std::size_t>(got);
  }
  return size;
}

bool write_all(int fd, Bytes data) {
  while (!data.empty()) {
    const ssize_t written = ::write(fd, data.data(), data.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    data = data.subspan(static_cast<std::size_t>(written));
  }
  return ::fsync(fd) == 0;
}

}  // namespace

KeyBytes read_key_file(const std::filesystem::path& path, bool private_to_owner) {
  const File file(path, O_RDONLY | O_NONBLOCK);
  if (!file.is_open()) throw_unreadable(path, errno);
  struct stat info {};
  if (::fstat(file.fd(), &info) != 0) throw_unreadable(path, errno);
  if (!S_ISREG(info.st_mode)) {
    throw Error(ErrorCode::WrongKey, "key file " + path.string() + " is not a regular file");
  }
  if (private_to_owner) check_private(path, info);
  std::array<std::uint8_t, KeyBytes::kSize + 1> buffer{};
  const std::size_t size = read_up_to(file.fd(), buffer);
  KeyBytes key(std::span<const std::uint8_t, KeyBytes::kSize>(buffer.data(), KeyBytes::kSize));
  wipe(buffer.data(), buffer.size());
  if (size != KeyBytes::kSize) {
    throw Error(ErrorCode::WrongKey, "key file " + path.string() + " does not hold exactly 32 bytes",
                "name the one that the vault was made with; for a new vault make one with: head -c 32 "
                "/dev/urandom > FILE && chmod 600 FILE");
  }
  return key;
}

void create_key_file(const std::filesystem::path& path, Random& random) {
  const File file(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
  if (!file.is_open()) {
    const int error = errno;
    throw Error(error == EEXIST ? ErrorCode::Conflict : ErrorCode::Storage,
                "key file " + path.string() + ": " + std::strerror(error),
                error == EEXIST ? "an existing key is never overwritten; name another file" : "");
  }
  const KeyBytes key = random_key(random);
  if (!write_all(file.fd(), {key.data(), KeyBytes::kSize})) {
    const int error = errno;
    ::unlink(path.c_str());
    throw Error(ErrorCode::Storage, "key file " + path.string() + ": " + std::strerror(error));
  }
}

KeyBytes read_systemd_credential(const SystemdCredential& credential) {
  const char* const directory = std::getenv("CREDENTIALS_DIRECTORY");
  if (directory == nullptr || *directory == '\0') {
    throw Error(ErrorCode::NotFound, "CREDENTIALS_DIRECTORY is not set",
                "run under systemd with LoadCredential=" + credential.name + ":/path/to/key");
  }
  if (credential.name.empty() || credential.name.find('/') != std::string::npos) {
    throw Error(ErrorCode::InvalidArgument, "credential name \"" + credential.name + "\" is not a file name");
  }
  return read_key_file(std::filesystem::path(directory) / credential.name, false);
}

void check_cost(const PassphraseCost& cost) {
  const bool too_much = cost.passes > kMostPasses || cost.memory_bytes > kMostMemory;
  const bool too_little = cost.passes < kLeastPasses || cost.memory_bytes < kLeastMemory;
  if (too_much || (too_little && !cost.for_tests)) {
    throw Error(ErrorCode::InvalidArgument,
                "passphrase cost of " + std::to_string(cost.memory_bytes >> 20) + " MiB and " +
                    std::to_string(cost.passes) + " passes is outside the limits",
                "use 64 MiB to 1024 MiB and 2 to 10 passes");
  }
}

KeyBytes derive_key(const Secret& passphrase, Bytes salt, const PassphraseCost& cost) {
  check_cost(cost);
  if (passphrase.empty()) throw Error(ErrorCode::InvalidArgument, "the passphrase is empty");
  if (salt.size() != kSaltSize)
    throw Error(ErrorCode::CorruptHeader, "a key slot has a salt of the wrong size");
  KeyBytes key;
  if (crypto_pwhash_argon2id(key.data(), KeyBytes::kSize, passphrase.expose().data(), passphrase.size(),
                             salt.data(), cost.passes, cost.memory_bytes,
                             crypto_pwhash_ALG_ARGON2ID13) != 0) {
    throw Error(ErrorCode::Internal, "the passphrase could not be turned into a key: not enough memory",
                "free " + std::to_string(cost.memory_bytes >> 20) + " MiB of memory");
  }
  return key;
}

}  // namespace coffer
