#include "mockprovider/signing_keys.h"

#include <nlohmann/json.hpp>

#include "mockprovider/digest.h"
#include "mockprovider/rsa_keys.h"
#include "vault/base/encoding.h"
#include "vault/base/json.h"

namespace coffer::mock {
namespace {

std::string key_id(SigningAlgorithm algorithm, int generation) {
  return std::string(name_of(algorithm)) + "." + std::to_string(generation);
}

std::size_t number_in(std::string_view digest) {
  return static_cast<unsigned char>(digest.front());
}

}  // namespace

std::string JwtSigner::signing_input(std::string_view type, const Json& claims) const {
  const Json header = {{"alg", name_of(algorithm_)}, {"kid", key_id_}, {"typ", type}};
  return to_base64url(dump_json(header)) + "." + to_base64url(dump_json(claims));
}

std::string JwtSigner::sign(std::string signing_input) const {
  const std::string signature = key_.sign(signing_input);
  return std::move(signing_input) + "." + to_base64url(signature);
}

const PrivateKey& SigningKeys::key(const std::string& provider, SigningAlgorithm algorithm, int generation) {
  const std::string name = provider + "|" + key_id(algorithm, generation);
  const auto found = loaded_.find(name);
  if (found != loaded_.end()) return found->second;
  const std::string root = "signing key|" + std::to_string(seed_) + "|" + provider;
  const bool is_rsa = algorithm == SigningAlgorithm::RS256;
  // Neighbours in time never share an RSA key, for there are more than two of them.
  return loaded_
      .emplace(name, is_rsa ? PrivateKey::rsa(
                                  rsa_key(number_in(sha256(root)) + static_cast<std::size_t>(generation)))
                            : PrivateKey::ed25519(sha256(root + "|" + std::to_string(generation))))
      .first->second;
}

JwtSigner SigningKeys::signer(const std::string& provider, SigningAlgorithm algorithm) {
  const int newest = generations_[provider].newest;
  return {key(provider, algorithm, newest), algorithm, key_id(algorithm, newest)};
}

Json SigningKeys::jwks(const std::string& provider) {
  const Generations published = generations_[provider];
  Json keys = Json::array();
  for (int generation = published.newest; generation >= published.oldest; --generation) {
    for (const auto algorithm : {SigningAlgorithm::RS256, SigningAlgorithm::EdDSA}) {
      Json jwk = key(provider, algorithm, generation).public_jwk();
      jwk.update({{"kid", key_id(algorithm, generation)}, {"alg", name_of(algorithm)}, {"use", "sig"}});
      keys.push_back(std::move(jwk));
    }
  }
  return {{"keys", keys}};
}

void SigningKeys::rotate(const std::string& provider, bool keeps_old) {
  Generations& generations = generations_[provider];
  const int before = generations.newest++;
  generations.oldest = keeps_old ? before : generations.newest;
}

}  // namespace coffer::mock
