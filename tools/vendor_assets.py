"""Builds the vendored assets of the pages: htmx, its SSE extension, icon sprites, digits.

Run by hand when a version or an icon changes; what it writes is committed with the hashes in
VENDORED.toml, and a test checks them. Needs npm, fonttools and brotli:
`uv run --with fonttools --with brotli python tools/vendor_assets.py`.
"""
# ruff: noqa: INP001 - a script run by hand, not a package

import hashlib
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

STATIC = Path(__file__).parent.parent / "src/heliu/channels/pages/static"
PACKAGES = {
    "htmx.org": ("4.0.1", "0BSD"),
    "@phosphor-icons/core": ("2.1.1", "MIT"),
    "@fontsource-variable/inter": ("5.3.0", "OFL-1.1"),
}
SPRITES = tomllib.loads((Path(__file__).parent / "icons.toml").read_text())
# Space, %, parentheses, plus to colon (all digits), the yuan sign and the minus sign.
DIGITS = "U+0020,U+0025,U+0028,U+0029,U+002B-003A,U+00A5,U+2212"


def tenth(number: str) -> str:
    """`0.4721` as `.5`: a tenth of a unit of 256 is a hundredth of a pixel at 24 pixels."""
    return f"{float(number):.1f}".removesuffix(".0").removeprefix("0") or "0"


def script(file: Path) -> str:
    """A minified script without the address of its source map."""
    return file.read_text().split("//# sourceMappingURL")[0].rstrip() + "\n"


def sprite(icons: Path, sets: dict[str, dict[str, str]]) -> str:
    """The named icons as one SVG of symbols (`d-house`), coordinates to a tenth."""
    symbols = []
    for letter, icon_set in sets.items():
        weight = icon_set["weight"]
        suffix = "" if weight == "regular" else f"-{weight}"
        for name in icon_set["names"].split():
            text = (icons / weight / f"{name}{suffix}.svg").read_text()
            body = re.sub(r"^.*?<svg[^>]*>|</svg>.*$", "", text, flags=re.DOTALL)
            body = re.sub(r"\d*\.\d+", lambda number: tenth(number[0]), body)
            symbols.append(f'<symbol id="{letter}-{name}" viewBox="0 0 256 256">{body}</symbol>')
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>\n'


def main() -> None:
    """Install the pinned packages in a temporary folder and write the four assets."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = [f"{name}@{version}" for name, (version, _) in PACKAGES.items()]
        subprocess.run(  # noqa: S603 - fixed arguments
            ["npm", "install", "--prefix", folder, "--ignore-scripts", "--no-audit", *wanted],  # noqa: S607
            check=True,
        )
        modules = Path(folder) / "node_modules"
        dist = modules / "htmx.org/dist"
        (STATIC / "htmx.js").write_text(script(dist / "htmx.min.js"))
        # In one file: deferred one after the other, htmx may look at the page before the stream's
        # extension stands, and then never connects it.
        (STATIC / "live.js").write_text(
            script(dist / "htmx.min.js") + script(dist / "ext/hx-sse.min.js")
        )
        for asset, sets in SPRITES.items():
            icons = modules / "@phosphor-icons/core/assets"
            (STATIC / asset).write_text(sprite(icons, sets))
        digits = modules / "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2"
        subprocess.run(  # noqa: S603 - fixed arguments
            [
                *(sys.executable, "-m", "fontTools.subset", str(digits)),
                *(f"--unicodes={DIGITS}", "--layout-features=kern,tnum", "--flavor=woff2"),
                f"--output-file={STATIC / 'num.woff2'}",
            ],
            check=True,
        )
    assets = {
        "htmx.js": ("htmx.org", "dist/htmx.min.js"),
        "live.js": ("htmx.org", "dist/htmx.min.js, dist/ext/hx-sse.min.js"),
        **dict.fromkeys(SPRITES, ("@phosphor-icons/core", "assets, the icons the tool names")),
        "num.woff2": ("@fontsource-variable/inter", "files/inter-latin-wght-normal.woff2, subset"),
    }
    lines = ["# Written by tools/vendor_assets.py; a test checks every hash."]
    for asset, (package, source) in assets.items():
        version, licence = PACKAGES[package]
        digest = hashlib.sha256((STATIC / asset).read_bytes()).hexdigest()
        lines += [
            f'\n["{asset}"]',
            f'package = "{package}"',
            f'version = "{version}"',
            f'licence = "{licence}"',
            f'source = "{source}"',
            f'sha256 = "{digest}"',
        ]
    (STATIC / "VENDORED.toml").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
