#include "mockprovider/pages_html.h"

namespace coffer::mock {

const std::string_view kPageFrame = R"html(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{title}}</title>
<link rel="stylesheet" href="/_mock/style.css">
<link rel="icon" href="data:,">
</head>
<body{{#wide}} class="wide"{{/wide}}>
<p class="ribbon" role="note">Mock provider - no real account</p>
<main>
{{{body}}}
</main>
</body>
</html>
)html";

const std::string_view kLoginBody = R"html(<h1>Sign in to {{provider_name}}</h1>
<p>to continue to <strong>{{app_name}}</strong></p>
{{#problem}}<p class="problem" role="alert" id="problem">{{problem}}</p>
{{/problem}}<form method="post" action="{{action}}">
<input type="hidden" name="transaction" value="{{transaction}}">
<label for="email">E-mail</label>
<input id="email" name="email" type="email" autocomplete="username" required value="{{email}}" list="accounts"{{#problem}} aria-invalid="true" aria-describedby="problem" autofocus{{/problem}}>
<datalist id="accounts">
{{#accounts}}<option value="{{account}}"></option>
{{/accounts}}</datalist>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<p class="actions"><button type="submit" class="primary">Sign in</button></p>
</form>
<section aria-labelledby="who">
<h2 id="who">Accounts here</h2>
<ul>
{{#accounts}}<li><code>{{account}}</code></li>
{{/accounts}}</ul>
<p>The password of the two that are always there is <code>password</code>.</p>
</section>
)html";

const std::string_view kConsentBody = R"html(<h1>{{app_name}} wants to use your {{provider_name}} account</h1>
<p>Signed in as <strong>{{account}}</strong>. {{#redirect_host}}You will be sent back to <strong>{{redirect_host}}</strong>.{{/redirect_host}}{{^redirect_host}}A device waits for your answer: allow it only if its code is the one that you typed.{{/redirect_host}}</p>
{{#text}}<p>{{text}}</p>
{{/text}}{{#has_scopes}}<h2>It asks for</h2>
<ul class="scopes">
{{#scopes}}<li><code>{{scope}}</code></li>
{{/scopes}}</ul>
{{/has_scopes}}{{^has_scopes}}<p>It asks for no particular scope.</p>
{{/has_scopes}}<form method="post" action="{{action}}">
<input type="hidden" name="transaction" value="{{transaction}}">
{{#has_choices}}<fieldset>
<legend>Select what {{app_name}} can access</legend>
{{#choices}}<div class="choice"><input type="checkbox" id="grant-{{number}}" name="grant" value="{{scope}}"><label for="grant-{{number}}">{{scope}}</label></div>
{{/choices}}</fieldset>
{{/has_choices}}<details>
<summary>Answer in another way</summary>
{{#has_scopes}}<fieldset>
<legend>Leave out</legend>
{{#scopes}}<div class="choice"><input type="checkbox" id="refuse-{{number}}" name="refuse" value="{{scope}}"><label for="refuse-{{number}}">{{scope}}</label></div>
{{/scopes}}</fieldset>
{{/has_scopes}}<label for="expires_in">Access token lives for (seconds)</label>
<input id="expires_in" name="expires_in" type="text" inputmode="numeric" pattern="[0-9]{1,9}" value="">
<label for="error">Answer with an error</label>
<select id="error" name="error">
<option value="" selected>none</option>
<option value="server_error">server_error</option>
<option value="temporarily_unavailable">temporarily_unavailable</option>
</select>
</details>
<p class="actions"><button type="submit" name="decision" value="allow" class="primary">Allow</button>
<button type="submit" name="decision" value="deny">Deny</button></p>
</form>
)html";

const std::string_view kDeviceBody = R"html(<h1>Connect a device to {{provider_name}}</h1>
{{#problem}}<p class="problem" role="alert" id="problem">{{problem}}</p>
{{/problem}}<form method="post" action="{{action}}">
<label for="user_code">Code that the device shows</label>
<input id="user_code" name="user_code" type="text" autocomplete="off" autocapitalize="characters" spellcheck="false" required value="{{user_code}}"{{#problem}} aria-invalid="true" aria-describedby="problem" autofocus{{/problem}}>
<p class="actions"><button type="submit" class="primary">Continue</button></p>
</form>
)html";

const std::string_view kMessageBody = R"html(<h1>{{title}}</h1>
<p role="status">{{text}}</p>
)html";

const std::string_view kProblemBody = R"html(<h1>{{title}}</h1>
<p role="alert">{{problem}}</p>
)html";

const std::string_view kTwiceBody = R"html(<h1>Back to the application</h1>
<p>This browser goes back twice, as some do.</p>
<p><img src="{{callback}}" alt=""><a id="callback" href="{{callback}}">Continue</a></p>
)html";

const std::string_view kIndexBody = R"html(<h1>Mock provider</h1>
<p>OAuth providers and services for tests and development. Nothing here leads to a real account.</p>
<h2>Providers</h2>
<ul>
{{#providers}}<li>{{name}}: <code>{{url}}</code></li>
{{/providers}}</ul>
<h2>Services</h2>
<ul>
{{#toolkits}}<li>{{name}}: <code>{{url}}</code></li>
{{/toolkits}}</ul>
<h2>Accounts</h2>
<ul>
{{#accounts}}<li><code>{{account}}</code></li>
{{/accounts}}</ul>
<h2>Control</h2>
<p>JSON below <code>/_mock/</code>: clock, faults, grants, scripts, journal, keys, signing_keys, clients, accounts, tenants, reset.</p>
)html";

const std::string_view kStyleSheet =
    R"css(:root { color-scheme: light dark; --ink: #1b1b1f; --paper: #fdfdfd; --line: #767680; --accent: #0b57a4; --on-accent: #fff; --alert: #a3140b; }
@media (prefers-color-scheme: dark) { :root { --ink: #ececf1; --paper: #17171a; --line: #8f8f9a; --accent: #9cc7f5; --on-accent: #10222f; --alert: #ffb4ab; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
.ribbon { margin: 0; padding: .5rem 1rem; background: #ffd54a; color: #1b1b1f; font-weight: 600; text-align: center; }
main { max-width: 34rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.5rem; line-height: 1.25; }
h2 { font-size: 1.1rem; }
label { display: block; margin-top: 1rem; }
input:not([type=checkbox]), select { width: 100%; min-height: 2.75rem; padding: .5rem; font: inherit; color: inherit; background: transparent; border: 1px solid var(--line); border-radius: .25rem; }
.choice { display: flex; gap: .75rem; align-items: center; min-height: 2.75rem; }
.choice label { margin: 0; }
.choice input { width: 1.5rem; height: 1.5rem; flex: none; }
summary { min-height: 1.75rem; cursor: pointer; }
.actions { display: flex; flex-wrap: wrap; gap: 1rem; margin-top: 1.5rem; }
button { min-height: 2.75rem; padding: .5rem 1.5rem; font: inherit; color: var(--ink); background: transparent; border: 1px solid var(--line); border-radius: .25rem; }
button.primary { color: var(--on-accent); background: var(--accent); border-color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.wide main { max-width: 75rem; }
nav { display: flex; gap: 1.5rem; min-height: 1.75rem; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: .35rem .5rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
td a { display: inline-block; min-width: 1.5rem; min-height: 1.5rem; }
a { color: var(--accent); }
pre { overflow: auto; padding: .5rem; border: 1px solid var(--line); }
.buttons { display: inline-flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin: .25rem .5rem .25rem 0; }
.problem, [role=alert] { color: var(--alert); font-weight: 600; }
)css";

}  // namespace coffer::mock
