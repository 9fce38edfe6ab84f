// The library alone, with the mock provider in the same process: no daemon, no network.
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "mockprovider/provider.h"
#include "vault/base/error.h"
#include "vault/vault.h"

int main() {
  coffer::SystemRandom random;
  const auto directory = std::filesystem::temp_directory_path() / random_id(random, "coffer-embed-");
  bool is_successful = false;
  try {
    // Stands in for Google: authorization server and Gmail API on a loopback port.
    coffer::mock::MockProvider mock;
    mock.start();
    coffer::mock::MockClient client = mock.managed_client("google");

    coffer::VaultOptions options;
    options.path = directory / "vault.db";
    options.key = coffer::RawKey{random_key(random)};  // a real one: KeyFile, Passphrase
    options.mock_url = mock.url();
    options.managed_clients["gmail"] = {client.client_id, coffer::Secret::consume(client.client_secret)};
    coffer::Vault vault(std::move(options));

    // In an application the user's browser opens authorization_url and comes back with a code.
    coffer::AuthorizeOptions gmail;
    gmail.user = coffer::UserId("user_123");
    gmail.toolkit = "gmail";
    const coffer::Authorization grant = vault.authorize(gmail);
    const std::string redirect = mock.approve(grant.authorization_url, "alice@example.com");
    const coffer::Connection account = vault.complete(grant, redirect);
    std::cout << account.id.str() << " is " << to_string(account.status) << "\n";

    const coffer::ToolOutcome profile = vault.execute(gmail.user, "GMAIL_GET_PROFILE", "{}");
    std::cout << profile.data_json << profile.error << "\n";
    is_successful = profile.successful;
  } catch (const coffer::Error& error) {
    std::cerr << error.what() << "\n" << error.hint() << "\n";
  }
  std::filesystem::remove_all(directory);
  return is_successful ? EXIT_SUCCESS : EXIT_FAILURE;
}
