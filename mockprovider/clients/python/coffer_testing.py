"""coffer's mock provider in tests of Python programs. Standard library only; fixtures for pytest at the end.

    with Mock.start() as mock:
        tokens = mock.connect("alice@example.com", scope="openid email")
        mock.advance("1h")          # its access token is dead now
        mock.revoke("alice@example.com")   # and the next refresh is refused

Every method raises MockError when the mock refuses what it is told.
"""
import atexit
import base64
import dataclasses
import hashlib
import html.parser
import http.client
import json
import os
import secrets
import subprocess
import urllib.error
import urllib.parse
import urllib.request

LOOPBACK = "http://127.0.0.1/callback"  # the ready client comes back to any path and port of it
TIMEOUT_S = 30
MOST_STEPS = 12


class MockError(Exception):
    """The mock, or an endpoint of its provider, refused. `status` and `answer` say what it said."""

    def __init__(self, what, status=0, answer=None):
        super().__init__(f"{what}: {status} {json.dumps(answer)}" if status else what)
        self.status, self.answer = status, answer or {}

    @property
    def error(self):
        """The OAuth error, such as "invalid_grant"."""
        return self.answer.get("error", "")


@dataclasses.dataclass(frozen=True)
class Tokens:
    """What a token endpoint gave. `answer` is all of it."""

    access_token: str
    refresh_token: str
    expires_in: int
    scope: str
    answer: dict = dataclasses.field(repr=False)

    @staticmethod
    def of(answer, places=None):
        """`places`: where the provider has them, as JSON pointers by their names in RFC 6749."""
        for own in (places or {}, {}):
            found = {name: _at(answer, own.get(name, "/" + name)) for name in ("access_token", "refresh_token", "expires_in", "scope")}
            if found["access_token"]:
                lifetime = str(found["expires_in"])
                return Tokens(found["access_token"], found["refresh_token"] or "", int(lifetime) if lifetime.isdigit() else 0, found["scope"] or "", answer)
        raise MockError("the token endpoint gave no access_token", 200, answer)


class Mock:
    """A running mock provider: `coffer mock` that start() began, one that somebody else did, or a tenant of it."""

    def __init__(self, ready, end=lambda: None):
        self.url, self.issuer = ready["url"], ready["issuer"]
        self.client_id, self.client_secret = ready["client_id"], ready["client_secret"]
        self._control, self._end, self._provider = ready["control_url"], end, None

    @classmethod
    def start(cls, binary=None, arguments=()):
        """Starts `coffer mock` on a port of its own. `binary`: by default $COFFER, or coffer in the PATH. It ends with this
        process, however that ends."""
        command = [str(binary or os.environ.get("COFFER", "coffer")), "mock", "--port", "0", "--print-json", "--exit-with-stdin", *arguments]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        line = process.stdout.readline()
        if not line:
            process.stdin.close()
            process.stdout.close()
            raise MockError(f"{' '.join(command)} ended with {process.wait()}")

        def end():
            atexit.unregister(end)
            process.stdin.close()
            process.terminate()
            process.wait()
            process.stdout.close()

        atexit.register(end)
        return cls(json.loads(line), end)

    def tenant(self, **options):
        """A mock of its own in the same process, beside every other tenant: own clock, accounts, clients, faults and
        journal. `options`: name, seed, now, freeze, rate, provider."""
        tenants = urllib.parse.urljoin(self._control, "/_mock/tenants")
        ready = self._call("POST", tenants, body=options)
        return Mock(ready, lambda: self._call("DELETE", f"{tenants}/{ready['name']}"))

    def stop(self):
        """Ends what start() or tenant() began."""
        end, self._end = self._end, lambda: None
        end()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    # -- The person in front of the browser ------------------------------------------------------

    def approve(self, authorize_url, account="alice@example.com", password="password"):
        """Signs in and allows. Returns the redirect to the application, which is not followed; for the page of a device,
        such as verification_uri_complete, where it ended."""
        return self._walk(authorize_url, ("Continue", "Sign in", "Allow"), account, password)

    def deny(self, authorize_url, account="alice@example.com", password="password"):
        """Signs in and refuses. Returns the redirect to the application, which is not followed."""
        return self._walk(authorize_url, ("Continue", "Sign in", "Deny"), account, password)

    def _walk(self, url, words, account, password):
        browser = _Browser(self.url)
        status, location, text = browser.request("GET", url)
        has_answered = False
        for _ in range(MOST_STEPS):
            if location and not browser.is_at_home(location):
                return location
            if location:
                url = location
                status, location, text = browser.request("GET", url)
                continue
            page = _Page(text)
            found = page.find(words)
            if has_answered and status < 400 and not page.forms:
                return url
            if status >= 400 or not found:
                raise MockError(f"{url} asks for nothing that can be answered: {page.heading}", status)
            action, fields = found
            values = {"email": account, "login": account, "username": account, "password": password}
            body = urllib.parse.urlencode([(name, values.get(name, value)) for name, value in fields])
            url = urllib.parse.urljoin(url, action)
            status, location, text = browser.request("POST", url, body)
            has_answered = True
        raise MockError(f"the walk does not end: {url}")

    # -- The application -------------------------------------------------------------------------

    def metadata(self):
        """The provider's metadata (RFC 8414)."""
        return self._call("GET", self.issuer + "/.well-known/openid-configuration")

    def provider(self):
        """How this provider wants to be spoken to: its endpoints, parameter names, and where tokens stand in its answers."""
        if self._provider is None:
            known = self.control("GET", "providers")["providers"]
            self._provider = next(each for each in known if each["issuer"] == self.issuer)
        return self._provider

    def connect(self, account="alice@example.com", scope="openid", **parameters):
        """A whole authorization of the ready client, as this provider wants it; `scope` is separated by spaces. Returns
        Tokens."""
        provider, verifier = self.provider(), secrets.token_urlsafe(48)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
        asked = {"response_type": "code", "client_id": self.client_id, "redirect_uri": LOOPBACK, "state": secrets.token_urlsafe(8),
                 provider["scope_param"]: provider["scope_separator"].join(scope.split()), "code_challenge": challenge,
                 "code_challenge_method": "S256", **provider["authorize_params"], **parameters}
        back = self.approve(provider["authorization_endpoint"] + "?" + urllib.parse.urlencode(self._own_names(asked)), account)
        answer = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(back).query))
        code = answer.get(self._own_name("code"))
        if not code:
            raise MockError("the authorization was refused", 303, answer)
        tokens = self.token(grant_type="authorization_code", code=code, redirect_uri=asked["redirect_uri"], code_verifier=verifier,
                            **provider["token_params"])
        swap = provider["swap_after_code"]
        return self._exchange(swap, provider["token_endpoint"], tokens) if swap else tokens

    def refresh(self, tokens):
        """A refresh by the ready client, or what this provider has in its place. Returns Tokens; their refresh token is the
        one of before where none came."""
        provider = self.provider()
        if provider["renewal"]:
            return self._exchange(provider["renewal"], provider["refresh_endpoint"], tokens)
        fresh = self.token(grant_type="refresh_token", refresh_token=tokens.refresh_token, **provider["refresh_params"])
        return fresh if fresh.refresh_token else dataclasses.replace(fresh, refresh_token=tokens.refresh_token)

    def token(self, **form):
        """Any request of the ready client to the token endpoint, by the names of RFC 6749. Returns Tokens."""
        provider, headers = self.provider(), {"Accept": "application/json"}
        if provider["token_auth"] == "body":
            form = {**form, **_present(client_id=self.client_id, client_secret=self.client_secret)}
        else:
            headers["Authorization"] = self._basic(provider["token_auth"])
        endpoint = provider["refresh_endpoint" if form.get("grant_type") == "refresh_token" else "token_endpoint"]
        sent = {"body" if provider["body_format"] == "json" else "form": self._own_names(form)}
        return Tokens.of(self._call("POST", endpoint, headers=headers, **sent), provider["token_response"])

    def _exchange(self, swap, endpoint, tokens):
        """One access token for another, where the provider has a grant of its own for that."""
        query = {"grant_type": swap["grant_type"], swap["token_param"]: tokens.access_token}
        if swap["sends_client"]:
            query |= {"client_id": self.client_id, "client_secret": self.client_secret}
        answer = self._call("GET", endpoint + "?" + urllib.parse.urlencode(query))
        return Tokens.of(answer, self.provider()["token_response"])

    def _own_name(self, name):
        return self.provider()["parameter_names"].get(name, name)

    def _own_names(self, parameters):
        return {self._own_name(name): value for name, value in parameters.items()}

    def userinfo(self, tokens):
        """Who the access token is for; a MockError of status 401 when it is dead."""
        return self._call("GET", self.provider()["userinfo_endpoint"], headers={"Authorization": f"Bearer {tokens.access_token}"})

    def _basic(self, kind):
        parts = (self.client_secret, "") if kind == "basic_secret" else map(urllib.parse.quote_plus, (self.client_id, self.client_secret))
        return "Basic " + base64.b64encode(":".join(parts).encode()).decode()

    # -- What happens at the provider ------------------------------------------------------------

    def advance(self, duration):
        """Moves the clock, such as by "55m". What falls due on the way has happened on return. Returns the new time."""
        return self.control("POST", "clock", {"advance": duration})["now"]

    def expire(self, account="", what="access", provider=""):
        """Ends the time of "access" or "refresh" tokens, or of "all". Returns how many grants were touched."""
        return self.control("POST", "grants/expire", _present(account=account, provider=provider, what=what))["grants"]

    def revoke(self, account="", what="all", provider=""):
        """Revokes, as the account's owner would. Returns how many grants were touched."""
        return self.control("POST", "grants/revoke", _present(account=account, provider=provider, what=what))["grants"]

    def grants(self, **filters):
        return self.control("GET", "grants?" + urllib.parse.urlencode(filters))["grants"]

    def journal(self, **filters):
        """What was asked and answered, oldest first: endpoint, provider, account, client_id, family, after, limit."""
        return self.control("GET", "journal?" + urllib.parse.urlencode(filters))["entries"]

    def events(self, endpoint="", **filters):
        """The journal of one endpoint: "token", "refresh", "revoke", "api:gmail", ..."""
        return self.journal(**_present(endpoint=endpoint), **filters)

    def expect(self, count=1, **chosen):
        """Waits until exactly `count` requests fit that are chosen as in the journal, and returns them; an AssertionError
        when there are more, or too few in time. `since`, `within` and `timeout` are durations such as "5m"."""
        answer = self.control("POST", "expect", {"count": count, **chosen})
        if not answer["met"]:
            raise AssertionError(f"expected {count} of {chosen}, found {answer['count']}: {answer['verdict']}")
        return answer["entries"]

    def script(self, action="allow", **script):
        """How the next authorization requests are answered without pages: allow, deny, abandon, slow, wrong_state,
        issuer_mismatch, duplicate_callback; for provider, client_id, login_hint, account, count."""
        self.control("POST", "scripts", {"action": action, **script})

    def snapshot(self):
        """All that it remembers, for restore()."""
        return self.control("GET", "snapshot")

    def restore(self, snapshot):
        self.control("POST", "restore", snapshot)

    def fault(self, **fault):
        """What the next request that fits meets, such as endpoint="refresh", action="commit_then_reset"."""
        return self.control("POST", "faults", fault)["id"]

    def clear_faults(self):
        self.control("DELETE", "faults")

    def add_client(self, client_id, client_secret="", redirect_uris=(), **metadata):
        body = {"provider": self.provider()["id"], "client_id": client_id, "redirect_uris": list(redirect_uris), **metadata}
        return self.control("POST", "clients", body | _present(client_secret=client_secret))

    def reset(self):
        """All as it was in the beginning; the clock stays."""
        self.control("POST", "reset", {})

    def control(self, method, name, body=None):
        """Any of the controls of docs/mock-provider.md."""
        return self._call(method, f"{self._control}/{name}", body=body)

    def _call(self, method, url, body=None, form=None, headers=None):
        request = urllib.request.Request(url, method=method, headers=headers or {})
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        if form is not None:
            request.data = urllib.parse.urlencode(form).encode()
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as response:
                text = response.read() or b"{}"
        except urllib.error.HTTPError as error:
            raise MockError(f"{method} {url.split('?')[0]}", error.code, _parsed(error.read())) from None
        try:
            return json.loads(text)
        except ValueError:
            raise MockError(f"{method} {url.split('?')[0]} answered what is no JSON: {text[:60]!r}") from None


def _present(**members):
    return {name: value for name, value in members.items() if value}


def _at(answer, pointer):
    """What a JSON pointer of plain names refers to; None: nothing."""
    for name in pointer.split("/")[1:]:
        answer = answer.get(name) if isinstance(answer, dict) else None
    return answer


def _parsed(text):
    try:
        answer = json.loads(text)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


class _Browser:
    """Requests without following redirects, with cookies of one origin."""

    def __init__(self, origin):
        self.netloc, self.cookies = urllib.parse.urlsplit(origin).netloc, {}

    def is_at_home(self, url):
        return urllib.parse.urlsplit(url).netloc == self.netloc

    def request(self, method, url, body=None):
        """Status, absolute location if there is one, text."""
        parts = urllib.parse.urlsplit(url)
        if not self.is_at_home(url):
            raise MockError(f"{parts.netloc} is not the mock at {self.netloc}")
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} if self.cookies else {}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection(parts.netloc, timeout=TIMEOUT_S)
        try:
            connection.request(method, urllib.parse.urlunsplit(("", "", parts.path, parts.query, "")), body, headers)
            response = connection.getresponse()
            text = response.read().decode("utf-8", "replace")
        finally:
            connection.close()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name.strip()] = value
        location = response.headers.get("Location")
        return response.status, urllib.parse.urljoin(url, location) if location else None, text


class _Page(html.parser.HTMLParser):
    """Forms with their fields and buttons, and what the page is called."""

    def __init__(self, text):
        super().__init__()
        self.forms, self.heading, self._inside = [], "", None
        self.feed(text)

    def find(self, words):
        """Action and fields of the form that has a button beginning with one of these words."""
        for form in self.forms:
            for button, text in form["buttons"]:
                if text.strip().startswith(words):
                    return form["action"], form["fields"] + ([(button["name"], button.get("value", ""))] if button.get("name") else [])
        return None

    def handle_starttag(self, tag, attributes):
        attributes = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.forms.append({"action": attributes.get("action", ""), "fields": [], "buttons": []})
        elif tag == "input" and self.forms and attributes.get("name"):
            if attributes.get("type") not in ("checkbox", "radio") or "checked" in attributes:
                self.forms[-1]["fields"].append((attributes["name"], attributes.get("value", "")))
        elif tag in ("button", "h1"):
            self._inside = (tag, attributes, [])

    def handle_data(self, data):
        if self._inside:
            self._inside[2].append(data)

    def handle_endtag(self, tag):
        if not self._inside or self._inside[0] != tag:
            return
        _, attributes, text = self._inside
        if tag == "h1":
            self.heading = "".join(text)
        elif self.forms:
            self.forms[-1]["buttons"].append((attributes, "".join(text)))
        self._inside = None


# pytest: `pytest_plugins = ["coffer_testing"]` in conftest.py.
try:
    import pytest
except ImportError:
    pass
else:
    @pytest.fixture(scope="session")
    def coffer_mock_process():
        """One `coffer mock` for the whole run."""
        with Mock.start() as mock:
            yield mock

    @pytest.fixture
    def coffer_mock(coffer_mock_process):
        """A tenant of it for each test."""
        with coffer_mock_process.tenant() as mock:
            yield mock
