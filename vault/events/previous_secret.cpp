#include "vault/events/previous_secret.h"

#include "vault/store/document_store.h"

namespace coffer::previous_secret {
namespace {

constexpr std::string_view kKind = "previous_secret";

}  // namespace

void keep(WriteTransaction& tx, const SubscriptionId& id, const Secret& secret, Timestamp now) {
  document_store::Document document{std::string(kKind), id.str(), std::string(secret.expose()), now, now};
  document_store::put(tx, document);
  wipe(document.text);
}

Secret find(Transaction& tx, const SubscriptionId& id, Timestamp now) {
  auto document = document_store::find(tx, kKind, id.str());
  if (!document) return {};
  Secret secret = Secret::consume(document->text);
  return now < document->updated_at + kOverlap ? std::move(secret) : Secret();
}

void forget(WriteTransaction& tx, const SubscriptionId& id) {
  document_store::remove(tx, kKind, id.str());
}

}  // namespace coffer::previous_secret
