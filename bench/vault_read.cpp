// What does reading one sealed credential cost, beside the least that any sealed store must do:
// SQLite's point read of the same row and one XChaCha20-Poly1305 open of a text of that length,
// with associated data of the length that says whose it is?
#include <SQLiteCpp/SQLiteCpp.h>
#include <sodium.h>

#include <array>

#include "bench/support/figure.h"
#include "bench/support/population.h"
#include "vault/store/connection_store.h"

namespace {

using namespace coffer;
using namespace coffer::bench;

constexpr std::size_t kAccounts = 100'000;
constexpr int kRounds = 60;
constexpr int kReadsPerRound = 1000;
constexpr std::size_t kAssociatedData = 200;

// The floor. Reads the same file through a connection of its own.
class BareReader {
 public:
  explicit BareReader(const std::filesystem::path& file)
      : database_(file.string(), SQLite::OPEN_READONLY),
        select_(database_, "SELECT * FROM connection WHERE id = ?"),
        sealed_column_(select_.getColumnIndex("credential_sealed")) {}

  void read(const ConnectionId& id) {
    select_.reset();
    select_.bindNoCopy(1, id.str());
    if (!select_.executeStep()) throw std::runtime_error("no such row");
    const auto length = static_cast<std::size_t>(select_.getColumn(sealed_column_).getBytes());
    open_text_of(length);
  }

 private:
  void open_text_of(std::size_t length) {
    if (ciphertext_.size() != length) {
      std::vector<unsigned char> plain(length - crypto_aead_xchacha20poly1305_ietf_ABYTES);
      ciphertext_.resize(length);
      crypto_aead_xchacha20poly1305_ietf_encrypt(ciphertext_.data(), nullptr, plain.data(), plain.size(),
                                                 associated_.data(), associated_.size(), nullptr,
                                                 nonce_.data(), key_.data());
      plain_.resize(length);
    }
    unsigned long long size = 0;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(plain_.data(), &size, nullptr, ciphertext_.data(),
                                                   ciphertext_.size(), associated_.data(), associated_.size(),
                                                   nonce_.data(), key_.data()) != 0) {
      throw std::runtime_error("the floor's text does not open");
    }
  }

  SQLite::Database database_;
  SQLite::Statement select_;
  int sealed_column_;
  std::array<unsigned char, crypto_aead_xchacha20poly1305_ietf_KEYBYTES> key_{};
  std::array<unsigned char, crypto_aead_xchacha20poly1305_ietf_NPUBBYTES> nonce_{};
  std::array<unsigned char, kAssociatedData> associated_{};
  std::vector<unsigned char> ciphertext_, plain_;
};

template <class Read>
double cpu_per_read_us(const std::vector<ConnectionId>& ids, Read&& read) {
  const double began = seconds_of(CLOCK_THREAD_CPUTIME_ID);
  for (const ConnectionId& id : ids) read(id);
  return (seconds_of(CLOCK_THREAD_CPUTIME_ID) - began) / static_cast<double>(ids.size()) * 1e6;
}

// Side by side in memory, as the id of a request is at hand.
std::vector<ConnectionId> ids_of_round(const std::vector<Connection>& connections, std::size_t round) {
  std::vector<ConnectionId> ids;
  for (std::size_t i = 0; i < kReadsPerRound; ++i)
    ids.push_back(connections[(round * 104'729 + i * 7919) % connections.size()].id);
  return ids;
}

}  // namespace

int main() {
  testing::TestEnv env;
  const testing::TempDir directory;
  const std::filesystem::path file = directory.path() / "vault" / "vault.db";
  const auto database = open_database(file, env);
  const std::vector<Connection> connections = populate(*database, env, kAccounts);
  BareReader bare(file);
  std::vector<double> ours, theirs;
  const auto read_ours = [&](const ConnectionId& id) {
    if (!connection_store::open(*database->read(), id)) throw std::runtime_error("no such account");
  };
  const auto read_bare = [&](const ConnectionId& id) { bare.read(id); };
  for (std::size_t round = 0; round < kRounds; ++round) {
    const std::vector<ConnectionId> ids = ids_of_round(connections, round);
    // Whoever comes second finds the rows' pages in the processor's caches: each does in every other round.
    if (round % 2 == 0) ours.push_back(cpu_per_read_us(ids, read_ours));
    theirs.push_back(cpu_per_read_us(ids, read_bare));
    if (round % 2 != 0) ours.push_back(cpu_per_read_us(ids, read_ours));
  }
  print({"sealed_read_cpu", least(ours), "us", least(theirs), "SQLite select and XChaCha20 open", 1.3});
  return 0;
}
