// How links end: with a grant, with a failure, or by time.
#include "vault/connect/callback_url.h"
#include "vault/connect/connector.h"
#include "vault/connect/grant.h"
#include "vault/connect/walk.h"
#include "vault/store/connection_store.h"

namespace coffer {
namespace {

using Failure = BrowserStep::Failure;

constexpr std::string_view kAccountGone = "deleted or revoked during the sign-in";
constexpr std::string_view kLinkEnded = "the link ended during the sign-in";
constexpr std::string_view kOtherAccount = "signed in as another account than the one being reconnected";

LinkEnding account_gone() {
  return {Failure::AccountGone,
          std::string(kAccountGone),
          "The account was deleted or revoked while you were signing in.",
          {}};
}

LinkEnding link_ended() {
  return {Failure::LinkEnded, std::string(kLinkEnded), "The link ended while you were signing in.", {}};
}

// The token is dropped and not revoked: at some providers that would end every grant of the
// person, and another account may live by one.
LinkEnding other_account(const Connection& connection, const Grant& grant) {
  return {Failure::OtherAccount,
          std::string(kOtherAccount),
          "This link was for " + connection.identity + ", but you signed in as " + grant.identity + ".",
          {}};
}

}  // namespace

BrowserStep Connector::commit_link(WriteTransaction& tx, const link_store::Link& link, const Grant& grant) {
  auto connection = connection_store::find(tx, link.connection);
  if (!connection || connection->status == ConnectionStatus::Revoked)
    return end_link(tx, link, account_gone());
  if (is_other_identity(*connection, grant)) return end_link(tx, link, other_account(*connection, grant));
  if (!link_store::finish(tx, link, link_store::State::Completed)) return end_link(tx, link, link_ended());
  apply_grant(tx, *connection, grant, env_.clock.now());
  tx.commit();
  env_.log.info("link.completed",
                {{"connected_account_id", connection->id.str()}, {"toolkit", connection->toolkit}});
  hooks_.on_connected();
  BrowserStep step;
  step.kind = BrowserStep::Kind::Connected;
  step.location = callback_with_result(link.callback_url, true, link.connection, link.toolkit);
  step.connection = std::move(*connection);
  return step;
}

BrowserStep Connector::end_link(WriteTransaction& tx, const link_store::Link& link,
                                const LinkEnding& ending) {
  BrowserStep step = fail_link(tx, link, ending, env_.clock.now());
  tx.commit();
  env_.log.info("link.failed", {{"connected_account_id", link.connection.str()},
                                {"toolkit", link.toolkit},
                                {"reason", ending.status_reason}});
  return step;
}

}  // namespace coffer
