#include "mockprovider/inspector_page.h"

#include <nlohmann/json.hpp>

#include "mockprovider/control_page_frame.h"
#include "vault/base/json.h"

namespace coffer::mock {
namespace {

using kainjow::mustache::data;

constexpr std::string_view kInspector = R"html(<h1>Requests</h1>
<nav aria-label="Controls"><a href="{{base}}/grants">Grants</a> <a href="{{base}}/journal.har" download="mock.har">HTTP Archive</a></nav>
<p>The mock's clock stands at <time>{{now}}</time>.</p>
<form method="get" action="{{base}}/" role="search">
<label for="q">Search in paths, endpoints, accounts, errors and answers</label>
<input id="q" name="q" type="search" value="{{search}}">
<p class="actions"><button type="submit" class="primary">Search</button></p>
</form>
<p role="status" id="news" data-base="{{base}}" data-newest="{{newest}}"></p>
<table>
<thead><tr><th scope="col">No.</th><th scope="col">At</th><th scope="col">Request</th><th scope="col">Endpoint</th><th scope="col">Account</th><th scope="col">Answer</th><th scope="col">Fault</th></tr></thead>
<tbody>
{{#entries}}<tr><td><a href="{{base}}/requests/{{number}}">{{number}}</a></td><td><time>{{at}}</time></td><td><code>{{method}} {{path}}</code></td><td>{{endpoint}}</td><td>{{account}}</td><td>{{status}} {{error}}</td><td>{{fault}}</td></tr>
{{/entries}}</tbody>
</table>
{{^has_entries}}<p>Nothing was asked yet{{#search}} that holds this text{{/search}}.</p>
{{/has_entries}}<script src="/_mock/inspector.js" defer></script>
)html";

constexpr std::string_view kEntry = R"html(<h1>Request {{number}}</h1>
<nav aria-label="Controls"><a href="{{base}}/">All requests</a> <a href="{{base}}/grants">Grants</a></nav>
<p><code>{{method}} {{path}}</code> at <time>{{at}}</time>: <strong>{{status}}</strong></p>
<table>
<tbody>
{{#members}}<tr><th scope="row">{{name}}</th><td><code>{{value}}</code></td></tr>
{{/members}}</tbody>
</table>
{{#answer}}<h2>Answer</h2>
<pre tabindex="0">{{answer}}</pre>
{{/answer}})html";

// Reloads the table when the journal has something newer; one request at a time.
constexpr std::string_view kScript = R"js("use strict";
const news = document.getElementById("news");
async function watch() {
  let newest = news.dataset.newest;
  for (;;) {
    try {
      const answer = await fetch(`${news.dataset.base}/journal?wait=25s&limit=1&after=${newest}`);
      if (!answer.ok) throw new Error(String(answer.status));
      if ((await answer.json()).entries.length === 0) continue;
      const text = await (await fetch(location.href, { headers: { accept: "text/html" } })).text();
      const page = new DOMParser().parseFromString(text, "text/html");
      document.querySelector("tbody").replaceWith(page.querySelector("tbody"));
      newest = page.getElementById("news").dataset.newest;
      news.textContent = "";
    } catch {
      news.textContent = "The mock does not answer.";
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
  }
}
watch();
)js";

// 0 is what the journal writes for a connection that was reset.
std::string status_of(const JournalEntry& entry) {
  return entry.status == 0 ? "reset" : std::to_string(entry.status);
}

data row_of(const std::string& base, const JournalEntry& entry) {
  data row;
  row.set("base", base);
  row.set("number", std::to_string(entry.number));
  row.set("at", to_rfc3339(entry.at));
  row.set("method", entry.method);
  row.set("path", entry.path);
  row.set("endpoint", entry.endpoint);
  row.set("account", entry.account);
  row.set("status", status_of(entry));
  row.set("error", entry.error);
  row.set("fault", entry.fault);
  return row;
}

// Objects become one row for each of their members.
data members_of(const Json& entry) {
  data members{data::type::list};
  const auto add = [&](const std::string& name, const Json& value) {
    data member;
    member.set("name", name);
    member.set("value", value.is_string() ? value.get<std::string>() : dump_json(value));
    members << member;
  };
  for (const auto& [name, value] : entry.items()) {
    if (name == "answer") continue;
    if (!value.is_object()) {
      add(name, value);
      continue;
    }
    for (const auto& [inner, text] : value.items()) add(name + ": " + inner, text);
  }
  return members;
}

}  // namespace

ServerResponse inspector_page(const InspectorPage& page) {
  data entries{data::type::list};
  for (const auto& entry : page.entries) entries << row_of(page.base, entry);
  data values;
  values.set("base", page.base);
  values.set("now", page.now);
  values.set("newest", std::to_string(page.newest));
  values.set("has_entries", !page.entries.empty());
  if (!page.search.empty()) values.set("search", page.search);
  values.set("entries", entries);
  return control_page("Requests - Mock provider", kInspector, values);
}

ServerResponse entry_page(const std::string& base, const JournalEntry& entry) {
  data values = row_of(base, entry);
  values.set("members", members_of(to_json(entry)));
  if (!entry.answer.empty()) values.set("answer", entry.answer);
  return control_page("Request " + std::to_string(entry.number) + " - Mock provider", kEntry, values);
}

ServerResponse inspector_script() {
  ServerResponse response;
  response.headers = {{"Content-Type", "text/javascript; charset=utf-8"},
                      {"Cache-Control", "max-age=3600"},
                      {"X-Content-Type-Options", "nosniff"}};
  response.body = kScript;
  return response;
}

}  // namespace coffer::mock
