#!/usr/bin/env python3
"""Replays what Composio's first Python SDK sends, from fixtures/http/legacy/, against `coffer dev`.

usage: legacy_python_test.py COFFER

The SDK takes an answer only with status 200 and parses it strictly: each field that it demands has to be there in the
type that it demands. The recordings stand in for the SDK, which is not needed here. Each runs under both base URLs
that its users set, with and without the slash at the end.
"""
import http.client
import json
import pathlib
import re
import sys
import urllib.parse

from coffer_process import ROOT, daemon, temporary_home

sys.path.insert(0, str(ROOT / "examples"))
from form_browser import FormBrowser  # noqa: E402

USER = {"email": "alice@example.com", "password": "password"}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
# Another one makes the SDK refuse the whole list of apps.
AUTH_MODES = ("OAUTH2", "OAUTH1", "API_KEY", "BASIC", "BEARER_TOKEN", "BASIC_WITH_JWT", "GOOGLE_SERVICE_ACCOUNT",
              "GOOGLEADS_AUTH", "NO_AUTH", "CALCOM_AUTH")
TYPES = {
    "string": lambda value: isinstance(value, str),
    "string or null": lambda value: value is None or isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "object": lambda value: isinstance(value, dict),
    "list": lambda value: isinstance(value, list),
    "null": lambda value: value is None,
    "time": lambda value: isinstance(value, str) and TIME.fullmatch(value),
    "upper case": lambda value: isinstance(value, str) and value and value == value.upper(),
    "lower case": lambda value: isinstance(value, str) and value and value == value.lower(),
    "auth_mode": lambda value: value in AUTH_MODES,
}


class Absent:
    def __repr__(self):
        return "nothing"


def values_at(value, path):
    """All values that a path like items[].name leads to; one that leads nowhere gives Absent."""
    if not path:
        return [value]
    head, _, rest = path.partition(".")
    name = head.removesuffix("[]")
    if not isinstance(value, dict) or name not in value:
        return [Absent()]
    if not head.endswith("[]"):
        return values_at(value[name], rest)
    if not isinstance(value[name], list):
        return [Absent()]
    return [found for element in value[name] for found in values_at(element, rest)]


def filled(template, kept):
    """Every {{name}} in the texts of a request or expectation, replaced by what an earlier answer said."""
    text = json.dumps(template)
    return json.loads(re.sub(r"\{\{(\w+)\}\}", lambda match: json.dumps(kept[match[1]])[1:-1], text))


class Replay:
    def __init__(self, ready, recording, base):
        self.address = urllib.parse.urlsplit(ready["url"]).netloc
        self.headers = recording["headers"] | {"x-api-key": ready["api_key"]}
        self.base = base
        self.kept = {}

    def send(self, method, target, body):
        headers = dict(self.headers)
        if body is not None:
            headers["content-type"] = "application/json"
        connection = http.client.HTTPConnection(self.address, timeout=30)
        connection.request(method, self.base + target, None if body is None else json.dumps(body), headers)
        response = connection.getresponse()
        text = response.read().decode()
        connection.close()
        return response.status, json.loads(text)

    def run(self, step):
        step = {"status": 200, "needs": {}, "equals": {}, "holds": {}, "keep": {}} | filled(step, self.kept)
        if "opens" in step:
            FormBrowser().walk(step["opens"], USER)
        method, target = step["request"].split(" ", 1)
        status, answer = self.send(method, target, step.get("body"))
        faults = list(self.faults(step, status, answer))
        if faults:
            sys.exit(f"{self.base}: {step['name']}: {step['request']}\n  " + "\n  ".join(faults) + f"\n{answer}")
        self.kept |= {name: values_at(answer, path)[0] for name, path in step["keep"].items()}

    @staticmethod
    def faults(step, status, answer):
        if status != step["status"]:
            yield f"status {status}, not {step['status']}"
        for path, kind in step["needs"].items():
            for value in values_at(answer, path):
                if not TYPES[kind](value):
                    yield f"{path or 'the answer'} is {value!r}, not {kind}"
        for path, wanted in step["equals"].items():
            if values_at(answer, path) != [wanted]:
                yield f"{path} is {values_at(answer, path)}, not {wanted!r}"
        for path, wanted in step["holds"].items():
            if wanted not in values_at(answer, path):
                yield f"{path} does not hold {wanted!r}"


def main():
    binary = pathlib.Path(sys.argv[1]).resolve()
    count = 0
    for file in sorted((ROOT / "fixtures/http/legacy").glob("*.json")):
        recording = json.loads(file.read_text())
        for base in ("/api", "/api/", "", "/"):
            with temporary_home() as home, daemon(binary, home) as ready:
                replay = Replay(ready, recording, base)
                for step in recording["steps"]:
                    replay.run(step)
                    count += 1
    if count == 0:
        sys.exit("there is nothing to replay")
    print(f"{count} requests were answered as the Python SDK needs it")


if __name__ == "__main__":
    main()
