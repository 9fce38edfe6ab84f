#!/usr/bin/env python3
"""Runs programs of others, unmodified, against `coffer dev`: suite.mjs step by step, the examples, and many at once.

usage: run.py COFFER [AREA]    after `npm ci` in this folder, which brings the packages and Node;
                               with AREA, such as "0.21 links", only that part of the suite
"""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "scripts"))
from coffer_process import ROOT, daemon, environment, temporary_home  # noqa: E402

EXAMPLES = {
    "agent.mjs": """\
open /link/lk_...
back at http://127.0.0.1:9/chat success
gmail ACTIVE
acting as alice@example.com
messages 1
""",
    "legacy_agent.mjs": """\
connecting github for entity user-quickstart-js-example
open /link/lk_...
github ACTIVE
GitHub username: alice
GitHub username: alice
""",
}


def run_example(name, node, ready, home):
    # Node looks for packages beside the program, so that it runs from a copy in this folder.
    with tempfile.TemporaryDirectory(dir=HERE, prefix=".run-") as directory:
        for file in (name, "form_user.mjs"):
            shutil.copy(ROOT / "examples" / file, directory)
        variables = environment(home, COMPOSIO_BASE_URL=ready["url"], COMPOSIO_API_KEY=ready["api_key"],
                                TELEMETRY_DISABLED="true", COMPOSIO_LOGGING_LEVEL="error")
        return subprocess.run([str(node), name], cwd=directory, env=variables, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=120)


def run_examples(node, binary):
    with temporary_home() as home, daemon(binary, home) as ready:
        for name, expected in EXAMPLES.items():
            run = run_example(name, node, ready, home)
            if run.returncode != 0 or run.stdout != expected:
                sys.exit(f"{name} ended with {run.returncode}\n--- expected\n{expected}--- printed\n{run.stdout}{run.stderr}")
            print(f"{name}: the SDK's program ran against coffer as it stands", flush=True)


def run_suite(node, binary, area):
    with temporary_home() as home:
        run = subprocess.run([str(node), "suite.mjs", str(binary), *area], cwd=HERE, env=environment(home),
                             stdin=subprocess.DEVNULL, timeout=420)
    if run.returncode != 0:
        sys.exit(f"suite.mjs ended with {run.returncode}")


# A short run with few clients: how fast it is does not matter here, whose data it is does.
def run_load(node, binary):
    with temporary_home() as home:
        run = subprocess.run([str(node), "load.mjs", str(binary), "2", "16"], cwd=HERE, env=environment(home),
                             stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
    figures = {figure["name"]: figure["holds"] for figure in map(json.loads, run.stdout.splitlines())}
    if run.returncode != 0 or not figures or not all(figures.values()):
        sys.exit(f"load.mjs ended with {run.returncode}\n{run.stdout}{run.stderr}")
    print("load.mjs: 16 clients at once, each saw its own user's data", flush=True)


def main():
    binary = pathlib.Path(sys.argv[1]).resolve()
    node = HERE / "node_modules" / ".bin" / "node"
    if not node.exists():
        sys.exit("the SDKs are not installed: run `npm ci` in tests/sdk, or ./dev test")
    area = sys.argv[2:]
    if not area:
        run_examples(node, binary)
        run_load(node, binary)
    run_suite(node, binary, area)


if __name__ == "__main__":
    main()
