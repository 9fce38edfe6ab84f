"""Searches files for credentials in the forms in which they could leak: raw, URL-encoded, hex, base64."""
import base64
import re
import urllib.parse

SHORTEST = 12  # shorter values occur by chance


# What kind of credential it is says nothing about it: the rest alone betrays it.
PREFIX = re.compile(r"(cfr|lk|whsec)_")


def spellings(secret):
    """Every byte string that betrays the secret, text or bytes, wherever it stands inside a longer text."""
    data = secret if isinstance(secret, bytes) else PREFIX.sub("", secret, count=1).encode()
    quoted = urllib.parse.quote(data, safe="")
    small = re.sub("%[0-9A-F]{2}", lambda escape: escape[0].lower(), quoted)
    found = {data, data.replace(b"/", b"\\/"), quoted.encode(), small.encode(), data.hex().encode(), data.hex().upper().encode()}
    for shift in range(3):
        # The first and last characters of base64 depend on the neighbours: only those between are certain.
        encoded = base64.b64encode(b"\0" * shift + data).rstrip(b"=")
        core = encoded[(0, 2, 3)[shift]:len(encoded) if (len(data) + shift) % 3 == 0 else -1]
        found |= {core, core.replace(b"+", b"-").replace(b"/", b"_")}
    return found


def shaped_like(prefix):
    """A pattern for any credential that begins so, for those whose value nobody outside ever sees."""
    raw = prefix.encode()
    patterns = [re.escape(raw) + rb"[A-Za-z0-9._~-]{20}",
                re.escape(urllib.parse.quote(prefix, safe="").encode()) + rb"[A-Za-z0-9._~-]{20}",
                raw.hex().encode() + rb"[0-9a-f]{40}", raw.hex().upper().encode() + rb"[0-9A-F]{40}"]
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + raw)
        core = encoded[(0, 2, 3)[shift]:(len(raw) + shift) // 3 * 4]
        if len(core) >= 4:
            patterns.append(re.escape(core) + rb"[A-Za-z0-9+/_-]{26}")
    return re.compile(b"|".join(patterns))


class Scanner:
    def __init__(self):
        self.secrets = {}   # name -> spellings
        self.patterns = {}  # name -> compiled pattern

    def add(self, name, secret):
        if not secret or len(secret) < SHORTEST:
            raise ValueError(f"{name} is too short to search for")
        self.secrets[name] = spellings(secret)

    def add_shape(self, name, prefix):
        self.patterns[name] = shaped_like(prefix)

    def leaks_in(self, data):
        for name, forms in self.secrets.items():
            if any(form in data for form in forms):
                yield name
        for name, pattern in self.patterns.items():
            if pattern.search(data):
                yield name

    def leaks_below(self, directory, exempt=()):
        """(file, credential) pairs; `exempt` holds (file, credential) pairs that are meant to be."""
        found = []
        for path in sorted(directory.rglob("*")):
            if path.is_file():
                relative = path.relative_to(directory).as_posix()
                found += [(relative, name) for name in self.leaks_in(path.read_bytes())]
        return [pair for pair in found if pair not in exempt]
