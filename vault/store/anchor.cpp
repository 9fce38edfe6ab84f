#include "vault/store/anchor.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "vault/base/encoding.h"
#include "vault/base/error.h"
#include "vault/base/random.h"
#include "vault/store/digest_keeper.h"
#include "vault/store/document_store.h"
#include "vault/store/header.h"
#include "vault/store/integrity.h"
#include "vault/store/keyed_transaction.h"
#include "vault/store/migrations.h"
#include "vault/store/offline_vault.h"
#include "vault/store/sql_error.h"
#include "vault/store/vault_files.h"

namespace coffer {
namespace {

namespace fs = std::filesystem;

// "coffer-anchor 1 <commits> <MAC>", of one size and within one sector, so that it is never half written.
constexpr std::string_view kMark = "coffer-anchor 1 ";
constexpr std::size_t kDigits = 20;
constexpr std::size_t kSize = kMark.size() + kDigits + 1 + 2 * sizeof(Mac) + 1;

using anchors::kWayOut;

[[noreturn]] void throw_storage(const fs::path& path) {
  throw Error(ErrorCode::Storage, path.string() + ": " + std::strerror(errno));
}

std::string line_of(const Keyring& keys, std::int64_t commits) {
  std::array<char, kDigits + 1> digits{};
  std::snprintf(digits.data(), digits.size(), "%020lld", static_cast<long long>(commits));
  const std::string head = std::string(kMark) + digits.data();
  return head + " " + to_hex(keys.token_hash("anchor", keys.vault_uuid() + " " + head)) + "\n";
}

std::optional<std::int64_t> commits_of(std::string_view line) {
  std::int64_t commits = -1;
  if (line.size() != kSize) return std::nullopt;
  const char* const digits = line.data() + kMark.size();
  const auto [end, error] = std::from_chars(digits, digits + kDigits, commits);
  return error == std::errc() && end == digits + kDigits ? std::optional(commits) : std::nullopt;
}

// -1: there is none.
int open_existing(const fs::path& file) {
  const int fd = ::open(file.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0 && errno != ENOENT) throw_storage(file);
  return fd;
}

// Whole from the first moment on: one that is empty is none that a crash left.
void make_file(const fs::path& file, const std::string& line) {
  const fs::path draft = vault_files::make_draft(file);
  const int fd = open_existing(draft);
  const bool is_written =
      fd >= 0 && ::write(fd, line.data(), line.size()) == std::ssize(line) && ::fsync(fd) == 0;
  const int error = errno;
  if (fd >= 0) ::close(fd);
  errno = error;
  if (!is_written) throw_storage(draft);
  vault_files::finish_draft(draft, file);
}

}  // namespace

Anchor::Anchor(fs::path file, const Keyring& keys) : keys_(keys), file_(std::move(file)) {}

Anchor::~Anchor() {
  if (fd_ >= 0) ::close(fd_);
}

std::optional<std::int64_t> Anchor::seen() const {
  vault_files::check_private_file(file_);
  const int fd = ::open(file_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0 && errno == ENOENT) return std::nullopt;
  if (fd < 0) throw_storage(file_);
  std::array<char, kSize + 1> buffer{};
  const ssize_t size = ::pread(fd, buffer.data(), buffer.size(), 0);
  ::close(fd);
  if (size < 0) throw_storage(file_);
  const std::string line(buffer.data(), static_cast<std::size_t>(size));
  const auto commits = commits_of(line);
  if (commits && line == line_of(keys_, *commits)) return commits;
  throw Error(ErrorCode::WrongState, "the anchor " + file_.string() + " fails authentication", kWayOut);
}

void Anchor::check(std::int64_t commits) const {
  const auto known = seen();
  if (!known || *known <= commits) return;
  throw Error(ErrorCode::WrongState,
              "the vault is older than when it was last used: it is at commit " + std::to_string(commits) +
                  ", and commit " + std::to_string(*known) + " was seen",
              kWayOut);
}

void Anchor::advance(std::int64_t commits) {
  const std::lock_guard lock(mutex_);
  write(commits);
}

void Anchor::replace(std::int64_t commits) {
  const std::lock_guard lock(mutex_);
  write(commits);
  if (::ftruncate(fd_, kSize) != 0 || ::fsync(fd_) != 0) throw_storage(file_);
}

void Anchor::make(std::int64_t commits) {
  const std::lock_guard lock(mutex_);
  open_file(line_of(keys_, commits));
}

void Anchor::open_file(const std::string& line) {
  if (fd_ >= 0) return;
  vault_files::make_private_directory(file_.parent_path());
  fd_ = open_existing(file_);
  if (fd_ < 0) {
    make_file(file_, line);
    fd_ = open_existing(file_);
  }
  if (fd_ < 0) throw_storage(file_);
}

void Anchor::write(std::int64_t commits) {
  const std::string line = line_of(keys_, commits);
  open_file(line);
  if (::pwrite(fd_, line.data(), line.size(), 0) != std::ssize(line)) throw_storage(file_);
}

namespace anchors {
namespace {

constexpr std::string_view kKind = "anchor";
constexpr std::string_view kDirectory = "directory";

[[noreturn]] void throw_note_lost() {
  throw Error(ErrorCode::WrongState, "the vault does not say any more where its anchor is",
              "put the newest vault back; or say it anew: coffer anchor set DIRECTORY");
}

std::string directory_of(Transaction& tx) {
  try {
    const auto note = document_store::find(tx, kKind, kDirectory);
    if (note) return note->text;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::TamperedRow) throw;
  }
  throw_note_lost();
}

// A transaction of our own on a vault that nobody serves.
struct Opened {
  Opened(VaultLocation location, Random& random, Log& log)
      : vault(std::move(location)), keys(unlock(vault)), tx(*vault.connection, *keys, random, log) {}

  static std::unique_ptr<Keyring> unlock(const OfflineVault& vault) {
    vault.connection->execute("BEGIN IMMEDIATE");
    return vault.unlock();
  }
  void commit() {
    vault.connection->reset_statements();
    vault.connection->execute("COMMIT");
  }
  bool is_newest_schema() const {
    return migrations::version_of(*vault.connection) == std::ssize(vault.steps);
  }

  OfflineVault vault;
  std::unique_ptr<Keyring> keys;
  KeyedTransaction tx;
};

// Empty: nowhere.
void put_note(VaultLocation location, const std::string& directory, Timestamp now, Random& random, Log& log) {
  Opened opened(std::move(location), random, log);
  migrations::require_newest(*opened.vault.connection, opened.vault.steps);
  DigestKeeper digest(*opened.vault.connection, *opened.keys);
  document_store::remove(opened.tx, kKind, kDirectory);
  document_store::put(opened.tx, {std::string(kKind), std::string(kDirectory), directory, now, now});
  Anchor anchor(file_in(directory, *opened.keys), *opened.keys);
  if (!directory.empty()) {
    anchor.check(digest.commits());
    anchor.make(digest.commits());  // what cannot be made is not set
  }
  header::let_be_anchored(*opened.vault.connection, *opened.keys);
  digest.store();
  const std::int64_t commits = digest.commits() + 1;
  opened.commit();
  if (!directory.empty()) anchor.replace(commits);
}

// One that fails authentication says nothing.
std::int64_t believable(const Anchor& anchor) {
  try {
    return anchor.seen().value_or(0);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::WrongState) throw;
    return 0;
  }
}

}  // namespace

fs::path file_in(const fs::path& directory, const Keyring& keys) {
  return directory / (keys.vault_uuid() + ".anchor");
}

std::unique_ptr<Anchor> find(SqlConnection& connection, const Keyring& keys, Log& log) {
  if (!header::may_be_anchored(connection)) return nullptr;
  SystemRandom unused;
  KeyedTransaction tx(connection, keys, unused, log);
  const std::string directory = directory_of(tx);
  return directory.empty() ? nullptr : std::make_unique<Anchor>(file_in(directory, keys), keys);
}

State state_of(SqlConnection& connection, const Keyring& keys, Log& log) {
  State state;
  const std::int64_t commits = DigestRow::read(connection, keys).commits;
  if (const auto anchor = find(connection, keys, log)) {
    anchor->check(commits);
    state.file = anchor->file();
    state.was_seen = anchor->seen().has_value();
  }
  return state;
}

State look(VaultLocation location, Log& log) {
  SystemRandom unused;
  return converting([&] {
    const Opened opened(std::move(location), unused, log);
    return state_of(*opened.vault.connection, *opened.keys, log);
  });
}

void set(VaultLocation location, const fs::path& directory, Timestamp now, Random& random, Log& log) {
  converting([&] { put_note(std::move(location), fs::absolute(directory).string(), now, random, log); });
}

void remove(VaultLocation location, Timestamp now, Random& random, Log& log) {
  converting([&] { put_note(std::move(location), {}, now, random, log); });
}

std::int64_t accept(VaultLocation location, Random& random, Log& log) {
  return converting([&] {
    Opened opened(std::move(location), random, log);
    SqlConnection& connection = *opened.vault.connection;
    const auto anchor = find(connection, *opened.keys, log);
    const DigestRow stored = DigestRow::read(connection, *opened.keys);
    DigestRow row = opened.is_newest_schema() ? integrity::digest_of_rows(connection, *opened.keys) : stored;
    row.commits = std::max(stored.commits, anchor ? believable(*anchor) : 0) + 1;
    row.write(connection, *opened.keys);
    opened.commit();
    if (anchor) anchor->replace(row.commits);
    return row.commits;
  });
}

}  // namespace anchors
}  // namespace coffer
