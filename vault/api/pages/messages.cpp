#include "vault/api/pages/messages.h"

#include "vault/api/pages/words.h"

namespace coffer::api {
namespace {

using Failure = BrowserStep::Failure;

constexpr const char* kNewLink = "Ask the application for a new link.";
constexpr const char* kClose = "You can close this window.";

std::string toolkit_name(const Connection& connection, const Catalog& catalog) {
  const Toolkit* toolkit = catalog.find_toolkit(connection.toolkit);
  return toolkit == nullptr ? connection.toolkit : toolkit->name;
}

Message connected(const Connection& connection, const std::string& name) {
  const std::string identity = connection.identity.empty() ? "" : " as " + connection.identity;
  return {200, "Connected",
          name + " is connected" + identity + " for " + shortened(connection.user.str()) + ".", kClose};
}

// An account that was ACTIVE before the walk is so still.
std::string what_stays(const Connection& connection) {
  const bool is_active = connection.status == ConnectionStatus::Active;
  return is_active ? "The account stays connected as it was." : kNewLink;
}

Message failed(const BrowserStep& step) {
  const std::string stays = what_stays(step.connection);
  switch (step.failure) {
    case Failure::Cancelled:
      return {200, "Cancelled", "Nothing was connected.", stays};
    case Failure::Denied:
      return {403, "Access denied", step.problem, stays};
    case Failure::ProviderError:
      return {502, "Error at the provider", step.problem, stays,
              step.error_code.empty() ? "" : "error code: " + step.error_code};
    case Failure::ExchangeFailed:
      return {502, "Not connected", step.problem, stays};
    case Failure::OtherAccount:
      return {409, "Another account", step.problem,
              step.connection.status == ConnectionStatus::Active
                  ? stays
                  : "Ask the application for a new link and sign in with the same account."};
    case Failure::AccountGone:
      return {410, "Account removed", step.problem, kNewLink};
    case Failure::LinkEnded:
      return {410, "Link no longer works", step.problem, kNewLink};
    case Failure::None:
      break;
  }
  return {502, "Not connected", step.problem, stays};
}

}  // namespace

Message message_of(const BrowserStep& step, const Catalog& catalog) {
  const std::string name = toolkit_name(step.connection, catalog);
  Message message =
      step.kind == BrowserStep::Kind::Connected ? connected(step.connection, name) : failed(step);
  message.toolkit = name;
  return message;
}

Message message_of_link_error(const Error& error) {
  switch (error.code()) {
    case ErrorCode::NotFound:
      return {404, "Link not known", "There is no such link here.", kNewLink};
    case ErrorCode::Gone:
      return {410, "Link no longer works", "This link has been used or has ended.", kNewLink, error.what()};
    case ErrorCode::Forbidden:
      return {403, "Opened elsewhere", "This link was opened in another browser first.",
              "Go on in that browser, or ask the application for a new link."};
    case ErrorCode::InvalidArgument:
      return {400, "Not understood", "This is not something that our pages send.",
              "Go back to the link and try again.", error.what()};
    case ErrorCode::WrongState:
    case ErrorCode::Unsupported:
    case ErrorCode::Conflict:
      return {409, "Not possible now", "This account cannot be connected at the moment.",
              "Tell the people who run the application.", error.what()};
    case ErrorCode::Unauthorized:
    case ErrorCode::NeedsConnection:
    case ErrorCode::TooLarge:
    case ErrorCode::Throttled:
    case ErrorCode::Unavailable:
    case ErrorCode::Timeout:
    case ErrorCode::WrongKey:
    case ErrorCode::CorruptHeader:
    case ErrorCode::NewerFormat:
    case ErrorCode::TamperedRow:
    case ErrorCode::VaultInUse:
    case ErrorCode::UnsafePermissions:
    case ErrorCode::Storage:
    case ErrorCode::Internal:
      break;
  }
  return {503, "Not available", "coffer could not do this now.", "Try again in a moment."};
}

Message message_of_callback_error(const Error& error) {
  if (error.code() == ErrorCode::NotFound) {
    return {400, "Sign-in not recognised",
            "No sign-in waits for this answer: it ended already, or a newer one took its place.",
            "If you have just connected, all is well and you can close this window. Otherwise go back to the "
            "link."};
  }
  if (error.code() == ErrorCode::Forbidden) {
    return {403, "Opened elsewhere", "This sign-in was started in another browser.",
            "Go on in that browser, or ask the application for a new link."};
  }
  return message_of_link_error(error);
}

}  // namespace coffer::api
