#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "vault/base/http.h"
#include "vault/model/toolkit.h"

namespace coffer {

// What a service's answer to a tool's request means.
struct ServiceAnswer {
  enum class Kind { Success, Credential, Scope, Retry, Failure, Unreachable };
  Kind kind = Kind::Failure;
  int status = 0;       // 0: none came
  nlohmann::json body;  // JSON as it came; other texts as {"text": "..."}; null: empty
  std::string problem;  // one sentence, not yet scrubbed; empty on success
};

// Why no answer came, in one sentence.
std::string failure_text(const HttpFailure& failure, const Toolkit& toolkit);

// By the tool's rules, then the toolkit's, then the status itself.
ServiceAnswer read_answer(HttpResult result, const Toolkit& toolkit, const Tool& tool, Timestamp now);

// The data of a result, always an object: the selected part of the answer; lists become
// {"items": [...]}, other values {"value": ...}, nothing {}.
nlohmann::json shape_data(const nlohmann::json& body, const std::string& select);

}  // namespace coffer
