"""Takes the pictures of the READMEs from the demonstration: `python -m tests.browser.shots OUT`.

Run by hand.
"""

import io
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image
from tests.browser.driving import Look, chromium_or_skip, started
from tests.browser.entering import alone, let_in
from tests.browser.house import NOBODY, House, lived

from heliu.ground.db import Database
from heliu.ground.migrate import migrate
from heliu.ground.postgres import embedded

MOST_BYTES: Final = 150_000
COLOURS: Final = 256


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: its name, who looks at which page, and how."""

    name: str
    who: str
    path: str
    look: Look


SHOTS: Final = (
    Shot("people-front", NOBODY, "/", Look(width=1280)),
    Shot("people-mobile", "supplier", "/m", Look()),
    Shot("people-care", "elder", "/care", Look(edition="care")),
    Shot("people-console", "operations", "/console?days=7", Look(width=1280)),
)


@contextmanager
def standing() -> Iterator[House]:
    """The house on a server of its own, which goes away with it."""
    home = Path(tempfile.mkdtemp(prefix="heliu-shots-"))
    server = embedded(home)
    server.start()
    database = Database(server.url)
    try:
        migrate(database)
        with lived(database, home / "bank") as house:
            yield house
    finally:
        database.close()
        server.stop()
        shutil.rmtree(home, ignore_errors=True)


def take(out: Path) -> None:
    """Take every picture into `out`, no heavier than a README may show."""
    out.mkdir(parents=True, exist_ok=True)
    with started(chromium_or_skip()) as browser, standing() as house:
        for shot in SHOTS:
            with alone(browser, house, shot.look) as page:
                if shot.who:
                    let_in(page.context, house, shot.who)
                page.goto(house.url + shot.path, wait_until="load")
                file = out / f"{shot.name}.png"
                _keep(page.screenshot(animations="disabled"), file)
            assert file.stat().st_size < MOST_BYTES, f"{file} is too heavy"


def _keep(png: bytes, file: Path) -> None:
    """The picture with as many colours as a palette holds: a third of the weight."""
    taken = Image.open(io.BytesIO(png)).convert("RGB")
    taken.quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)


if __name__ == "__main__":
    take(Path(sys.argv[1]))
