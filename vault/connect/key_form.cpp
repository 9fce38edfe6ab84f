// The walk of a link that asks for an API key, a token, or a user name and password.
#include "vault/base/error.h"
#include "vault/connect/connector.h"
#include "vault/connect/credentials.h"
#include "vault/connect/grant.h"
#include "vault/connect/service_probe.h"
#include "vault/connect/walk.h"
#include "vault/model/lifecycle.h"

namespace coffer {
namespace {

Walk open_walk(Transaction& tx, const Catalog& catalog, std::string_view link_token, Timestamp now) {
  Walk walk = load_walk(tx, catalog, link_token);
  require_open(walk.link, now);
  return walk;
}

// What the service was asked about.
std::string credential_name(const AuthMode& mode) {
  const std::string field = secret_field(mode);
  return field.empty() ? "access_token" : field;
}

struct RequireAccepted {
  const Blueprint& blueprint;

  std::string operator()(const Accepted& accepted) const { return accepted.value; }
  std::string operator()(const Refused& refused) const {
    throw Error(ErrorCode::InvalidArgument,
                blueprint.toolkit->name + " refused \"" + credential_name(*blueprint.mode) + "\" with HTTP " +
                    std::to_string(refused.status),
                blueprint.toolkit->name + " did not accept this. Check what you entered.");
  }
  std::string operator()(const Unreachable& unreachable) const {
    throw Error(ErrorCode::Unavailable,
                blueprint.toolkit->name + " could not be asked: " + unreachable.detail, "try again later");
  }
};

void require_same_account(const Walk& walk, const Grant& grant) {
  if (!is_other_identity(walk.connection, grant)) return;
  throw Error(ErrorCode::InvalidArgument,
              "\"" + secret_field(*walk.blueprint.mode) + "\" belongs to another account than " +
                  walk.connection.identity,
              "This belongs to another account. The link reconnects " + walk.connection.identity + ".");
}

}  // namespace

BrowserStep Connector::submit(std::string_view link_token, const Fields& form) {
  const Walk walk = open_walk(*database_.read(), catalog_, link_token, env_.clock.now());
  require_enabled(walk.blueprint);
  const AuthMode& mode = *walk.blueprint.mode;
  if (walk.blueprint.provider != nullptr) throw Error(ErrorCode::WrongState, "this link asks for a sign-in");
  const auto fields = missing_fields(walk);
  require_form(fields, form);
  Grant grant{.credential = credential_of_form(mode, form),
              .fields = known_fields(walk),
              .asked_at = env_.clock.now(),
              .origin = "connect link"};
  grant.fields.merge(plain_values(mode, fields, form));
  add_shared(mode, walk.blueprint.shared, grant.credential);
  check_credential(mode.scheme, grant.credential);
  require_parts(mode, grant.credential);
  verify_key(walk.blueprint, grant);
  require_same_account(walk, grant);

  const auto tx = database_.write();
  const Walk still = open_walk(*tx, catalog_, link_token, env_.clock.now());
  return commit_link(*tx, still.link, grant);
}

void Connector::verify_key(const Blueprint& blueprint, Grant& grant) {
  const ServiceProbe probe(env_, hooks_.apply_credential, blueprint);
  const RequireAccepted require{blueprint};
  std::visit(require, probe.discover(grant.credential, grant.fields));
  grant.identity = std::visit(require, probe.identify(grant.credential, grant.fields));
}

BrowserStep Connector::cancel(std::string_view link_token, std::string_view browser) {
  const auto tx = database_.write();
  const Walk walk = open_walk(*tx, catalog_, link_token, env_.clock.now());
  const bool is_begun = walk.link.state == link_store::State::Begun;
  if (is_begun && !link_store::is_bound_to(*tx, link_token, browser)) throw other_browser();
  return end_link(*tx, walk.link,
                  {BrowserStep::Failure::Cancelled, std::string(reason::kDenied), "You cancelled.", {}});
}

}  // namespace coffer
