#!/usr/bin/env python3
"""Holds docs/testing.md to the sources.

usage: testing_doc_test.py

Every test that it names exists, every file that it names is there, and every fault and login script that the mock
provider knows has its row, as has each of at least 30 scenarios.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
DOCUMENT = ROOT / "docs" / "testing.md"
LEAST_SCENARIOS = 30

TEST_CASE = re.compile(r'TEST_CASE(?:_METHOD)?\(\s*(?:\w+,\s*)?((?:"(?:[^"\\\n]|\\.)*"\s*)+)[,)]')
LITERAL = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
FAULT = re.compile(r'^    \{"(\w+)", Fault::Action::', re.MULTILINE)
SCRIPT = re.compile(r'^    \{"(\w+)", LoginScript::Action::', re.MULTILINE)


def test_names():
    names = set()
    for source in (ROOT / "tests").rglob("*_test.cpp"):
        for literals in TEST_CASE.findall(source.read_text()):
            names.add("".join(LITERAL.findall(literals)).replace('\\"', '"'))
    return names


def section(text, title):
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    if not found:
        sys.exit(f"docs/testing.md has no section \"{title}\"")
    return found[1]


def rows(text):
    """The rows of all tables, each a list of cells, without head and rule."""
    found = []
    for table in re.findall(r"(?:^\|.*\|\n)+", text, re.MULTILINE):
        lines = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table.splitlines()]
        found += lines[2:]
    return found


def first_names(table):
    return {name for row in table for name in re.findall(r"`(\w+)`", row[0])}


def check(problems, what, known, listed):
    problems += [f"{what} `{name}` has no row" for name in sorted(known - listed)]
    problems += [f"`{name}` is no {what}" for name in sorted(listed - known)]


def main():
    text = DOCUMENT.read_text()
    problems = []
    names = test_names()
    problems += [f'ctest would take "{name}" for two tests' for name in sorted(names) if ";" in name]
    # A test's name stands in straight quotes, and there alone.
    for name in LITERAL.findall(re.sub(r"(?<![|\n])\n(?![|\n])", " ", text)):
        if name not in names:
            problems.append(f'no test is called "{name}"')
    for path in re.findall(r"`(tests/[\w./-]+)`", text):
        if not (ROOT / path).exists():
            problems.append(f"{path} is not there")

    scenarios = rows(section(text, "Scenarios"))
    for row in scenarios:
        if not LITERAL.search(row[1]) and "`tests/" not in row[1]:
            problems.append(f"scenario \"{row[0]}\" names no test")
    if len({row[1] for row in scenarios}) < LEAST_SCENARIOS:
        problems.append(f"fewer than {LEAST_SCENARIOS} scenarios have a test of their own")

    faults = set(FAULT.findall((ROOT / "mockprovider" / "fault_json.cpp").read_text()))
    scripts = set(SCRIPT.findall((ROOT / "mockprovider" / "login_scripts.cpp").read_text()))
    if len(faults) < 10 or len(scripts) < 5:
        problems.append("the mock provider's tables are not where this looks for them")
    check(problems, "fault", faults, first_names(rows(section(text, "Faults"))))
    check(problems, "login script", scripts, first_names(rows(section(text, "Login scripts"))))
    if problems:
        sys.exit("docs/testing.md:\n  " + "\n  ".join(problems))
    print(f"{len(scenarios)} scenarios, {len(faults)} faults, {len(scripts)} login scripts, {len(names)} tests")


if __name__ == "__main__":
    main()
