#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "vault/base/clock.h"
#include "vault/catalog/template.h"
#include "vault/net/router.h"

namespace coffer::mock {

struct AccountData;

// What an operation leads to. No row: `get`, `update` or `delete` found none, or there is no parent.
struct OperationResult {
  bool found_row = true;
  const nlohmann::json* missing = nullptr;  // what the operation says then; null: nothing of its own
  const nlohmann::json* lacking = nullptr;  // of the operation's needs, the first that is not met
  bool is_bad_request = false;              // a page token that was never given out
  ServerResponse response;
  Duration delay{0};  // real time to wait before the answer
};

// Runs the `mock` part of a tool or route (docs/toolkit-format.md) on one account's data.
// `values`: what its templates see; row, rows, total, next, new_id and lacking are added to it.
OperationResult run_operation(const nlohmann::json& mock, nlohmann::json& values, AccountData& data,
                              Timestamp now);

// {"status", "headers", "body"}, each a template.
ServerResponse render_answer(const nlohmann::json& answer, int status, const TemplateScope& scope);

}  // namespace coffer::mock
