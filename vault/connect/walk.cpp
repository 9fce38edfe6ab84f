#include "vault/connect/walk.h"

#include "vault/base/error.h"
#include "vault/catalog/expression.h"
#include "vault/connect/callback_url.h"
#include "vault/connect/credentials.h"
#include "vault/model/lifecycle.h"
#include "vault/store/connection_store.h"

namespace coffer {
namespace {

using link_store::Link;
using link_store::State;

Error gone(const std::string& fact) {
  return {ErrorCode::Gone, fact, "ask for a new link"};
}

}  // namespace

Walk load_walk(Transaction& tx, const Catalog& catalog, std::string_view link_token) {
  auto link = link_store::find(tx, link_token);
  if (!link) throw Error(ErrorCode::NotFound, "this link is not known", "ask for a new link");
  auto connection = connection_store::find(tx, link->connection);
  if (!connection) throw gone("the account that this link was made for was deleted");
  try {
    Blueprint blueprint = load_blueprint(tx, catalog, link->auth_config);
    return {std::move(*link), std::move(*connection), std::move(blueprint)};
  } catch (const Error& error) {
    if (error.code() != ErrorCode::NotFound) throw;
    throw gone("the auth config that this link was made for was deleted");
  }
}

State state_of(const Link& link, Timestamp now) {
  const bool is_under_way = link.state == State::Fresh || link.state == State::Begun;
  return is_under_way && now >= link.expires_at ? State::Expired : link.state;
}

bool is_open(const Link& link, Timestamp now) {
  const State state = state_of(link, now);
  return state == State::Fresh || state == State::Begun;
}

void require_open(const Link& link, Timestamp now) {
  switch (state_of(link, now)) {
    case State::Fresh:
    case State::Begun:
      return;
    case State::Completed:
      throw gone("this link was used already");
    case State::Failed:
      throw gone("this link was cancelled or replaced by a newer one");
    case State::Expired:
      throw gone("this link has expired");
  }
}

Error other_browser() {
  return {ErrorCode::Forbidden, "this link was opened in another browser",
          "go on in the browser where it was opened first, or ask for a new link"};
}

std::map<std::string, std::string> known_fields(const Walk& walk) {
  std::map<std::string, std::string> known = walk.link.fields;
  for (const ConnectionField& field : asked_fields(*walk.blueprint.mode)) {
    const auto kept = walk.connection.fields.find(field.name);
    if (kept != walk.connection.fields.end()) known.insert(*kept);
  }
  known.merge(shared_fields(*walk.blueprint.mode, walk.blueprint.shared));
  return known;
}

std::vector<ConnectionField> missing_fields(const Walk& walk) {
  std::vector<ConnectionField> fields = asked_fields(*walk.blueprint.mode);
  const auto known = known_fields(walk);
  std::erase_if(fields, [&](const ConnectionField& field) {
    return known.contains(field.name) || walk.blueprint.shared.contains(field.name);
  });
  return fields;
}

std::string service_host(const Walk& walk) {
  const auto known = known_fields(walk);
  std::string url;
  for (const auto& piece : parse_template(walk.blueprint.toolkit->base_url)) {
    if (!piece.expression) {
      url += piece.text;
      continue;
    }
    const auto value = known.find(piece.expression->name);
    url += value == known.end() ? "<" + piece.expression->name + ">" : value->second;
  }
  const std::string after_scheme = url.substr(url.find("://") + 3);
  return after_scheme.substr(0, after_scheme.find('/'));
}

namespace {

// nullopt: the account is gone.
std::optional<Connection> release_account(WriteTransaction& tx, const ConnectionId& id, LifecycleEvent event,
                                          const std::string& status_reason, Timestamp now) {
  auto connection = connection_store::find(tx, id);
  if (!connection) return std::nullopt;
  const bool was_connected = connection->connected_at.has_value();
  const auto next = next_status(connection->status, event, was_connected);
  if (!next) return connection;
  const bool was_switched_off = connection->status_reason == reason::kWasSwitchedOff;
  connection->status = was_switched_off ? ConnectionStatus::Inactive : *next;
  connection->status_reason = was_switched_off ? reason::kDisabledByUser : status_reason;
  connection->updated_at = now;
  connection_store::update(tx, *connection);
  return connection;
}

}  // namespace

BrowserStep fail_link(WriteTransaction& tx, const Link& link, const LinkEnding& ending, Timestamp now) {
  BrowserStep step;
  step.failure = ending.failure;
  step.problem = ending.problem;
  step.error_code = ending.error_code;
  step.location = callback_with_result(link.callback_url, false, link.connection, link.toolkit);
  // A link that had ended before has nothing to say about the account: a newer one may.
  const bool was_open = link_store::finish(tx, link, State::Failed);
  auto connection =
      was_open ? release_account(tx, link.connection, LifecycleEvent::LinkFailed, ending.status_reason, now)
               : connection_store::find(tx, link.connection);
  if (connection) step.connection = std::move(*connection);
  return step;
}

void expire_link(WriteTransaction& tx, const Link& link, Timestamp now, Log& log) {
  link_store::finish(tx, link, State::Expired);
  try {
    release_account(tx, link.connection, LifecycleEvent::LinkAbandoned, std::string(reason::kNotCompleted),
                    now);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::TamperedRow) throw;
    log.error("link.expiry_skipped", {{"connected_account_id", link.connection.str()}});
  }
}

}  // namespace coffer
