#include "vault/api/pages/templates.h"

namespace coffer::api {

const char* const kLayoutTemplate = R"html(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{{title}}</title>
{{#next}}<meta http-equiv="refresh" content="0; url={{next}}">
{{/next}}
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/static/style.css">
</head>
<body>
<main>
{{> content}}
</main>
<footer><p>Shown by coffer, the credential vault at {{own_host}}.</p></footer>
</body>
</html>
)html";

const char* const kLinkTemplate = R"html(<p class="mark" aria-hidden="true">{{initial}}</p>
<h1>Connect {{toolkit}}</h1>
<p>An application asks to use {{toolkit}} for you through coffer. Go on only if you started this yourself.</p>
{{#problem}}<p class="alert" role="alert" id="problem">{{problem}}</p>
{{/problem}}
<dl>
<dt>Asked by</dt><dd>{{application}} at {{own_host}}</dd>
<dt>For its user</dt><dd>{{user}}</dd>
{{#provider_host}}<dt>The button leads to</dt><dd>{{provider_host}}</dd>
{{/provider_host}}
{{#asks_secret}}<dt>What you enter goes to</dt><dd>{{service_host}}</dd>
{{/asks_secret}}
<dt>Afterwards</dt><dd>{{#return_host}}back to {{return_host}}{{/return_host}}{{^return_host}}a last page here{{/return_host}}</dd>
</dl>
{{#is_connected}}<p class="notice">This account is connected already{{#identity}} as {{identity}}{{/identity}}. To go on replaces its sign-in, to cancel keeps it.</p>
{{/is_connected}}
{{^is_connected}}{{#identity}}<p class="notice">This reconnects {{identity}}.</p>
{{/identity}}{{/is_connected}}
{{#has_scopes}}<h2>What it asks for</h2>
<ul>
{{#scopes}}<li>{{words}}{{#scope}} <code>{{scope}}</code>{{/scope}}</li>
{{/scopes}}
</ul>
{{/has_scopes}}
<form method="post" action="{{action}}" autocomplete="off">
{{#fields}}<div class="field">
<label for="{{id}}">{{label}}{{#is_optional}} (optional){{/is_optional}}</label>
{{#has_hint}}<p class="hint" id="{{id}}-hint">{{description}}{{#example}} Example: {{example}}{{/example}}</p>
{{/has_hint}}
{{#is_multiline}}<textarea id="{{id}}" name="{{name}}" rows="6" maxlength="16384" {{> field_attributes}}>{{value}}</textarea>
{{/is_multiline}}{{^is_multiline}}<input id="{{id}}" name="{{name}}" type="{{type}}" value="{{value}}" maxlength="4096" {{> field_attributes}}>
{{/is_multiline}}
{{#problem}}<p class="error" role="alert" id="{{id}}-error">{{problem}}</p>
{{/problem}}
</div>
{{/fields}}
{{#asks_secret}}<p class="notice">What you enter is stored encrypted by coffer at {{own_host}}.</p>
{{/asks_secret}}
<p class="buttons">
<button type="submit" name="_step" value="go" class="primary">{{button}}</button>
<button type="submit" name="_step" value="cancel" formnovalidate>Cancel</button>
</p>
</form>
{{#details}}<details><summary>Details</summary><p>{{details}}</p></details>
{{/details}}
<p class="hint">This link works once, for {{time_left}} more.</p>
)html";

const char* const kFieldTemplate =
    R"html(autocomplete="off" autocapitalize="none" spellcheck="false"{{#described_by}} aria-describedby="{{described_by}}"{{/described_by}}{{#problem}} aria-invalid="true"{{/problem}}{{^is_optional}} required{{/is_optional}}{{#is_focused}} autofocus{{/is_focused}})html";

const char* const kMessageTemplate = R"html({{#toolkit}}<p class="mark" aria-hidden="true">{{initial}}</p>
{{/toolkit}}
<h1>{{heading}}</h1>
<p>{{text}}</p>
{{#advice}}<p>{{advice}}</p>
{{/advice}}
{{#next}}<p><a href="{{next}}">Back to {{next_host}}</a></p>
{{/next}}
{{#details}}<details><summary>Details</summary><p><code>{{details}}</code></p></details>
{{/details}}
)html";

}  // namespace coffer::api
