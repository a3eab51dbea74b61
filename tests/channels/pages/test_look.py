"""The look: vendored files are what was vendored, icons exist, weights hold, colours are tokens."""

import hashlib
import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import brotli
import pytest

CHANNELS = Path(str(files("heliu.channels")))
STATIC = CHANNELS / "pages/static"
VENDORED = tomllib.loads((STATIC / "VENDORED.toml").read_text(encoding="utf-8"))
TEMPLATES = sorted(CHANNELS.glob("*/templates/**/*.html"))
BYTES = {
    "app.css": 12_000,
    "app.js": 3_072,
    "htmx.js": 12_500,
    "live.js": 15_000,
    "icons.svg": 8_192,
    "work.svg": 8_192,
}
# An icon in a template or in Python: "d-house", f"f-house", 'w-gauge'. The id of a field is none.
ICON = re.compile(r"""(?<!for=)(?<!id=)["'](?:[dfrw])-[a-z]+(?:-[a-z]+)*["']""")


def symbols(*names: str) -> set[str]:
    return {
        symbol
        for name in names
        for symbol in re.findall(r'<symbol id="([^"]+)"', (STATIC / name).read_text("utf-8"))
    }


def icons_named() -> Iterator[tuple[str, str]]:
    for path in TEMPLATES:
        for found in ICON.findall(path.read_text(encoding="utf-8")):
            yield path.name, found[1:-1]


@pytest.mark.parametrize("name", VENDORED)
def test_a_vendored_file_is_byte_for_byte_what_was_vendored(name: str) -> None:
    told = VENDORED[name]
    assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == told["sha256"]
    assert told["licence"] in {"0BSD", "MIT", "OFL-1.1"}


def test_every_static_file_is_our_own_or_named_as_vendored() -> None:
    ours = {"VENDORED.toml", "app.css", "app.js", "front.css", "sw.js"}
    assert {path.name for path in STATIC.iterdir()} - set(VENDORED) == ours


def test_every_icon_a_template_names_is_in_its_sprite() -> None:
    known = symbols("icons.svg") | symbols("work.svg")
    assert {pair for pair in icons_named() if pair[1] not in known} == set()


def test_a_sprite_holds_only_symbols_of_its_letter() -> None:
    assert {symbol[0] for symbol in symbols("work.svg")} == {"w"}
    assert {symbol[0] for symbol in symbols("icons.svg")} == {"d", "f", "r"}


@pytest.mark.parametrize(("name", "most"), BYTES.items())
def test_a_static_file_keeps_its_weight(name: str, most: int) -> None:
    assert len(brotli.compress((STATIC / name).read_bytes(), quality=11)) <= most


def test_no_part_of_the_style_names_a_colour_of_its_own() -> None:
    css = (STATIC / "app.css").read_text(encoding="utf-8")
    parts = css[css.index("@layer base {") :]
    # Literal colours stand only on the river itself, which is deep in both themes, and on print.
    on_art = re.compile(
        r"\.(hero|ava|dot|tabbar|side|front|lbl|switch|saybar|count|btn|scene)\b|print|#000|#fff"
    )
    stray = [
        line.strip()
        for line in parts.splitlines()
        if re.search(r"#[0-9A-Fa-f]{3,8}\b", line) and not on_art.search(line)
    ]
    assert stray == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parts[-3]}/{path.name}")
def test_a_template_holds_no_inline_style_or_script(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"""\s(?:style|on[a-z]+)=|<style|<script(?![^>]*\ssrc=)|hx-on""", text) == []
