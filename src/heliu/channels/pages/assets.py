"""Static files: from this package, named by their hash, compressed once, kept for ever by browsers.

What is vendored stands in `static/VENDORED.toml` with version, licence and hash.
"""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

import brotli

KINDS: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
_COMPRESSED: Final = frozenset({".css", ".js", ".svg"})
_FOREVER: Final = "public, max-age=31536000, immutable"
_A_DAY: Final = "public, max-age=86400"
_SHELL: Final = ("app.css", "app.js", "htmx.js", "icons.svg")
_FOUND_AGAIN: Final = "no-cache"


@dataclass(frozen=True, slots=True)
class Asset:
    """One static file: media type, bytes as they are and compressed, and its hash."""

    kind: str
    hash: str
    encodings: Mapping[str, bytes]
    lasting: str = _FOREVER

    def answer(self, accepts: str, *, lasting: bool) -> tuple[list[tuple[str, str]], bytes]:
        """Headers and body for a browser that accepts these encodings.

        What was asked by its hash is `lasting`; by its bare name it may change in a day.
        """
        encoding = next((e for e in ("br", "gzip") if e in accepts and e in self.encodings), "")
        headers = [
            ("content-type", self.kind),
            ("cache-control", self.lasting if lasting else _A_DAY),
            ("vary", "accept-encoding"),
        ]
        if encoding:
            headers.append(("content-encoding", encoding))
        return headers, self.encodings[encoding]


def asset(kind: str, body: bytes, *, compressed: bool, lasting: str = _FOREVER) -> Asset:
    """An asset of these bytes."""
    encodings = {"": body}
    if compressed:
        encodings["br"] = brotli.compress(body, quality=11)
        encodings["gzip"] = gzip.compress(body, 9, mtime=0)
    return Asset(kind, hashlib.sha256(body).hexdigest()[:12], encodings, lasting)


@cache
def static() -> Mapping[str, Asset]:
    """Every static file by its name."""
    root = Path(str(files(__package__))) / "static"
    return {
        path.name: asset(
            KINDS[path.suffix], path.read_bytes(), compressed=path.suffix in _COMPRESSED
        )
        for path in sorted(root.iterdir())
        if path.suffix in KINDS and path.name != "sw.js"
    }


def url(name: str) -> str:
    """Where the browser finds the static file `name`, until it changes."""
    return f"/s/{name}?{static()[name].hash}"


@cache
def service_worker() -> Asset:
    """The service worker: it knows which files make the shell, by their hashes."""
    source = (Path(str(files(__package__))) / "static" / "sw.js").read_text(encoding="utf-8")
    shell = ",".join(f'"{url(name)}"' for name in _SHELL)
    version = hashlib.sha256((source + shell).encode()).hexdigest()[:12]
    body = source.replace("__SHELL__", shell).replace("__VERSION__", version).encode()
    return asset(KINDS[".js"], body, compressed=True, lasting=_FOUND_AGAIN)
