#!/usr/bin/env python3
"""Checks that no two files define a type of the same full name: the linker would take the two for one.

usage: check_names.py [ROOT]    exits 1 and prints both places for each such name
       check_names.py --self-test
"""
import collections
import pathlib
import re
import sys
import tempfile

OPENING = re.compile(r"^(?:inline )?namespace(?: ([\w:]+))? \{")
CLOSING = re.compile(r"^\}\s*// namespace")
TYPE = re.compile(r"^(?:template <[^>]*> ?)?(?:struct|class|union|enum(?: class)?) (?:\[\[\w+\]\] )?(\w+)(?: final)?\s*(?::(?!:)|\{|$)")


def types_in(path):
    """(full name, line) of each type at namespace scope that other files could clash with."""
    scopes = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        opening = OPENING.match(line)
        if opening:
            scopes.append(opening[1])
        elif CLOSING.match(line) and scopes:
            scopes.pop()
        else:
            match = TYPE.match(line)
            if match and None not in scopes:
                yield "::".join(scopes + [match[1]]), number


def clashes(root):
    places = collections.defaultdict(list)
    for top in ("vault", "mockprovider", "cli"):
        for path in sorted((root / top).rglob("*")):
            if path.suffix in (".h", ".cpp"):
                for name, line in types_in(path):
                    places[name].append(f"{path.relative_to(root)}:{line}")
    return len(places), {name: where for name, where in places.items() if len(where) > 1}


def self_test():
    cases = [
        ({"vault/a/x.h": "namespace coffer {\nstruct Pool {\n};\n}  // namespace coffer\n",
          "vault/b/y.h": "namespace coffer {\nclass Pool final : public Base {\n};\n}  // namespace coffer\n"}, ["coffer::Pool"]),
        ({"vault/a/x.h": "namespace coffer {\nstruct Pool {};\n}  // namespace coffer\n",
          "vault/b/y.cpp": "namespace coffer {\nnamespace {\nstruct Pool {};\n}  // namespace\n}  // namespace coffer\n"}, []),
        ({"vault/a/x.h": "namespace coffer {\nstruct Pool;\n}  // namespace coffer\n",
          "vault/b/y.h": "namespace coffer {\nstruct Pool {};\n}  // namespace coffer\n"}, []),
        ({"vault/a/x.h": "namespace coffer {\nenum class Kind { A };\n}  // namespace coffer\n",
          "mockprovider/y.h": "namespace coffer::mock {\nenum class Kind { A };\n}  // namespace coffer::mock\n"}, []),
    ]
    for files, expected in cases:
        with tempfile.TemporaryDirectory() as directory:
            root = pathlib.Path(directory)
            for name, text in files.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text)
            found = list(clashes(root)[1])
        if found != expected:
            sys.exit(f"self-test: expected {expected}, got {found} for {list(files)}")
    print(f"type names: self-test of {len(cases)} cases passed")


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    count, found = clashes(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent)
    for name, where in found.items():
        print(f"{where[0]}: {name} is defined again at {', '.join(where[1:])}")
    if not found:
        print(f"type names: {count}, each defined once")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
