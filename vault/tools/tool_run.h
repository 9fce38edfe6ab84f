#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "vault/base/env.h"
#include "vault/model/connection.h"
#include "vault/model/token_set.h"
#include "vault/tools/service_answer.h"

namespace coffer {

// The requests of one tool call, as often as they have to be sent.
class ToolRun {
 public:
  // `arguments` have passed the tool's schema. What belongs to the connection (subdomain, cloud
  // id) is taken from there alone, whatever the arguments say.
  ToolRun(Env env, const Toolkit& toolkit, const Tool& tool, nlohmann::json arguments,
          const Connection& connection);
  // The same without an account: `mode` says where the credential goes, and outlives this object.
  ToolRun(Env env, const Toolkit& toolkit, const Tool& tool, nlohmann::json arguments, const AuthMode& mode,
          const std::map<std::string, std::string>& fields);

  // Sends them as the owner of this credential. Throws InvalidArgument for a request that the
  // arguments cannot make, WrongState for a credential of another kind.
  ServiceAnswer send(const Credential& credential) const;

 private:
  ServiceAnswer ask(const RequestTemplate& request, const nlohmann::json& values,
                    const Credential& credential, Duration timeout) const;
  bool wants_each() const;
  ServiceAnswer fetch_each(ServiceAnswer answer, const Credential& credential) const;
  ServiceAnswer fetch_one(const nlohmann::json& element, const Credential& credential) const;

  Env env_;
  const Toolkit& toolkit_;
  const Tool& tool_;
  const AuthMode& mode_;
  nlohmann::json values_;
};

}  // namespace coffer
