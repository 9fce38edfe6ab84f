#!/usr/bin/env python3
"""Checks who includes whom (docs/architecture.md).

usage: check_includes.py [ROOT]     exits 1 and prints file:line for each violation
       check_includes.py --self-test shows that every rule can fail
"""
import pathlib
import re
import sys
import tempfile

CORE = ["vault/model", "vault/base"]
STORES = ["vault/store", "vault/oauth", "vault/catalog", "vault/crypto", "vault/net"] + CORE
ENGINE = ["vault/tools", "vault/connect", "vault/refresh", "vault/events"] + STORES

# Folder -> folders it may include besides itself. "vault" is the headers directly in it: the public ones.
ALLOWED = {
    "vault/base": [],
    "vault/model": ["vault/base"],
    "vault/crypto": CORE,
    "vault/net": ["vault/base"],
    "vault/catalog": ["vault/crypto"] + CORE,
    "vault/oauth": ["vault/catalog", "vault/crypto"] + CORE,
    "vault/store": ["vault/crypto"] + CORE,
    "vault/refresh": STORES,
    "vault/events": STORES,
    "vault/connect": ["vault/refresh"] + STORES,
    "vault/tools": ["vault/connect", "vault/refresh"] + STORES,
    "vault/engine": ENGINE,
    "vault/api": ["vault/engine"] + ENGINE,
    "vault": ["vault/api", "vault/engine"] + ENGINE,
    "mockprovider": ["vault/net", "vault/catalog"] + CORE,
    "cli": ["vault", "mockprovider", "vault/api", "vault/engine"] + ENGINE,
    "examples": ["vault", "mockprovider"] + CORE,
}
PUBLIC_HEADERS_MAY_INCLUDE = ["vault"] + CORE
FREE = ("tests", "bench")

# Library header -> folders that may include it. A header of ours that does stays inside its folder: what it
# includes would reach everybody who includes it.
LIBRARIES = [
    (re.compile(r"^httplib\.h$|^curl/"), ["vault/net"]),
    (re.compile(r"^SQLiteCpp/|^sqlite3\.h$"), ["vault/store"]),
    (re.compile(r"^sodium"), ["vault/base", "vault/crypto", "vault/store", "mockprovider"]),
    (re.compile(r"^spdlog/"), ["vault/base"]),
    (re.compile(r"^CLI/"), ["cli"]),
    (re.compile(r"^openssl/"), ["mockprovider"]),
]
# Headers that programs of others include: they show no library at all (json_fwd.hpp is enough).
SHOWN = ["vault"] + CORE
HEAVY = re.compile(r"^nlohmann/json\.hpp$")

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def folder_of(path):
    """The longest known folder that holds this path; vault/x.h belongs to "vault"."""
    parts = pathlib.PurePosixPath(path).parts
    for length in range(len(parts) - 1, 0, -1):
        name = "/".join(parts[:length])
        if name in ALLOWED and not (name == "vault" and len(parts) != 2):
            return name
    return None


def check_ours(path, included):
    source, target = folder_of(path), folder_of(included)
    if target is None:
        return f'"{included}" is in no folder that the rules know'
    if source == target:
        return None
    is_public_header = source == "vault" and path.endswith(".h")
    allowed = PUBLIC_HEADERS_MAY_INCLUDE if is_public_header else ALLOWED[source]
    if target in allowed:
        return None
    kind = "a public header" if is_public_header else source
    return f'{kind} may not include "{included}" ({target})'


def check_library(path, included):
    is_shown = path.endswith(".h") and folder_of(path) in SHOWN
    for pattern, folders in LIBRARIES:
        if not pattern.search(included):
            continue
        if folder_of(path) not in folders:
            return f"<{included}> belongs to {', '.join(folders)} alone"
        if is_shown:
            return f"<{included}> may stand in source files only"
    if is_shown and HEAVY.search(included):
        return f"<{included}> may stand in source files only"
    return None


def check_leak(root, path, included):
    """A header that includes a library may be included by its own folder alone."""
    target = root / included
    if folder_of(path) == folder_of(included) or not target.is_file():
        return None
    for line in target.read_text(encoding="utf-8").splitlines():
        match = INCLUDE.match(line)
        if match and match[1] == "<" and any(pattern.search(match[2]) for pattern, _ in LIBRARIES):
            return f'"{included}" brings in <{match[2]}> and may not leave {folder_of(included)}'
    return None


def check_file(root, path):
    faults = []
    for number, line in enumerate((root / path).read_text(encoding="utf-8").splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        is_ours = match[1] == '"' or match[2].split("/")[0] in ("vault", "mockprovider", "cli")
        if is_ours:
            fault = check_ours(path, match[2]) or check_leak(root, path, match[2])
        else:
            fault = check_library(path, match[2])
        if fault:
            faults.append(f"{path}:{number}: {fault}")
    return faults


def sources(root):
    for top in ("vault", "mockprovider", "cli", "examples"):
        for path in sorted((root / top).rglob("*")):
            if path.suffix in (".h", ".cpp"):
                yield path.relative_to(root).as_posix()


def check_tree(root):
    files = list(sources(root))
    return len(files), [fault for path in files for fault in check_file(root, path)]


SELF_TEST = [  # file, its line, part of the fault or None
    ("vault/base/a.cpp", '#include "vault/model/connection.h"', "vault/base may not include"),
    ("vault/store/a.cpp", '#include "vault/oauth/outcome.h"', "vault/store may not include"),
    ("vault/oauth/a.h", '#include "vault/store/database.h"', "vault/oauth may not include"),
    ("vault/refresh/a.cpp", '#include "vault/tools/executor.h"', "vault/refresh may not include"),
    ("vault/events/a.cpp", '#include "vault/refresh/plan.h"', "vault/events may not include"),
    ("vault/engine/a.cpp", '#include "vault/api/api.h"', "vault/engine may not include"),
    ("vault/api/v3/a.cpp", '#include "vault/vault.h"', "vault/api may not include"),
    ("vault/a.h", '#include "vault/engine/engine.h"', "a public header may not include"),
    ("mockprovider/a.cpp", '#include "vault/oauth/token_client.h"', "mockprovider may not include"),
    ("vault/net/a.cpp", '#include "elsewhere/a.h"', "in no folder"),
    ("vault/tools/a.cpp", "#include <httplib.h>", "belongs to vault/net alone"),
    ("vault/base/a.h", "#include <sodium.h>", "source files only"),
    ("vault/tools/a.cpp", "# include <curl/curl.h>", "belongs to vault/net alone"),
    ("cli/commands/a.cpp", "#include <SQLiteCpp/Database.h>", "belongs to vault/store alone"),
    ("vault/net/a.cpp", "#include <sodium.h>", "belongs to vault/base"),
    ("vault/model/a.h", "#include <nlohmann/json.hpp>", "source files only"),
    ("vault/engine/a.cpp", '#include "vault/net/curl_handle.h"', 'may not leave vault/net'),
    ("vault/net/a.cpp", '#include "vault/net/curl_handle.h"', None),
    ("vault/vault.cpp", '#include "vault/engine/engine.h"', None),
    ("vault/tools/a.cpp", '#include "vault/connect/connector.h"', None),
    ("vault/model/a.h", "#include <nlohmann/json_fwd.hpp>", None),
    ("vault/api/v3/a.cpp", '#include "vault/api/wire/envelope.h"', None),
    ("cli/commands/a.cpp", '#include "mockprovider/provider.h"', None),
]


def self_test():
    for path, line, expected in SELF_TEST:
        with tempfile.TemporaryDirectory() as directory:
            root = pathlib.Path(directory)
            (root / path).parent.mkdir(parents=True)
            (root / path).write_text("#pragma once\n" + line + "\n")
            (root / "vault/net").mkdir(parents=True, exist_ok=True)
            (root / "vault/net/curl_handle.h").write_text("#include <curl/curl.h>\n")
            _, faults = check_tree(root)
        wanted = [] if expected is None else [f"{path}:2: "]
        fits = len(faults) == len(wanted) and all(f.startswith(w) and expected in f for f, w in zip(faults, wanted))
        if not fits:
            sys.exit(f"self-test: {path}: {line}: got {faults}")
    print(f"include rules: self-test of {len(SELF_TEST)} cases passed")


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent)
    count, faults = check_tree(root)
    print("\n".join(faults) if faults else f"include rules: {count} files, no violation")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
