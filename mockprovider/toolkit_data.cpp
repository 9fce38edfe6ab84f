#include "mockprovider/toolkit_data.h"

#include "mockprovider/account_data.h"
#include "vault/base/error.h"
#include "vault/base/json.h"
#include "vault/catalog/template.h"

namespace coffer::mock {
namespace {

constexpr std::size_t kMaxAccounts = 10'000;

const Json* find_object(const Toolkit& toolkit, const char* name) {
  if (!toolkit.mock_seed || !toolkit.mock_seed->is_object()) return nullptr;
  const auto found = toolkit.mock_seed->find(name);
  return found != toolkit.mock_seed->end() && found->is_object() ? &*found : nullptr;
}

std::unique_ptr<AccountData> make_seed(const Toolkit& toolkit, const Json& values, Timestamp now) {
  auto data = std::make_unique<AccountData>();
  if (const Json* counters = find_object(toolkit, "seq")) {
    for (const auto& [name, last] : counters->items()) data->counters[name] = last.get<std::int64_t>();
  }
  const TemplateScope scope{values, now, [&](const std::string& name) { return data->next(name); }};
  if (const Json* stores = find_object(toolkit, "stores")) {
    for (const auto& [name, rows] : stores->items()) {
      for (const auto& row : rows)
        data->stores[name].push_back(render_json(row, scope).value_or(Json::object()));
    }
  }
  return data;
}

}  // namespace

ToolkitData::ToolkitData() = default;
ToolkitData::~ToolkitData() = default;

AccountData& ToolkitData::of(const Toolkit& toolkit, const std::string& account, const Json& values,
                             Timestamp now) {
  auto& data = accounts_[{toolkit.slug, account}];
  if (data) return *data;
  if (accounts_.size() > kMaxAccounts) throw Error(ErrorCode::TooLarge, "more than 10000 accounts hold data");
  data = make_seed(toolkit, values, now);
  return *data;
}

}  // namespace coffer::mock
