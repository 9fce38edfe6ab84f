#!/usr/bin/env python3
"""The test helpers for users (mockprovider/clients), in the test runners that users have.

usage: clients_test.py COFFER    after `npm ci` in this folder
"""
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CLIENTS = ROOT / "mockprovider" / "clients"
MODULES = HERE / "node_modules"
NODE = MODULES / ".bin" / "node"
sys.path.insert(0, str(HERE.parent / "scripts"))
from coffer_process import environment, temporary_home  # noqa: E402

JEST = [MODULES / "jest/bin/jest.js", "--rootDir", HERE / "runners", "--testMatch", "**/jest.test.cjs",
        "--watchman=false"]

# What each runner prints when all of its tests have run and passed.
RUNNERS = {
    "unittest": ([sys.executable, CLIENTS / "python/coffer_testing_test.py"], "OK"),
    "node:test": ([NODE, "--test", CLIENTS / "node/index.test.mjs"], "# fail 0"),
    "Vitest": ([NODE, MODULES / "vitest/vitest.mjs", "run", "vitest.test.mjs", "--root", HERE / "runners"], "2 passed"),
    "Playwright": ([NODE, MODULES / "@playwright/test/cli.js", "test", "runners/playwright.spec.mjs", "--reporter=line", "--output", MODULES / ".playwright"], "2 passed"),
    "Jest": ([NODE, *JEST], "2 passed"),
}


def run(name, command, expected, binary, home):
    variables = environment(home, COFFER=str(binary), NO_COLOR="1", PYTHONDONTWRITEBYTECODE="1", TMPDIR=str(home))
    done = subprocess.run([str(word) for word in command], cwd=HERE, env=variables, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
    text = done.stdout + done.stderr
    if done.returncode != 0 or expected not in text or "skipped=" in text:
        sys.exit(f"{name} ended with {done.returncode}\n{text}")
    print(f"{name}: its tests passed", flush=True)


def main():
    binary = pathlib.Path(sys.argv[1]).resolve()
    if not NODE.exists():
        sys.exit("the npm packages are not installed: run `npm ci` in tests/mock, or ./dev test")
    with temporary_home() as home:
        for name, (command, expected) in RUNNERS.items():
            run(name, command, expected, binary, home)


if __name__ == "__main__":
    main()
