"""The watched inbox (an SFTP drop): settled files are taken, then moved to done/ or refused/.

Crash-safe without a journal: a file is moved only after it is filed, and filing the same bytes
again changes nothing, so a crash in between costs one repeated reading.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec

from heliu.flows.intake.domain.archives import Unreadable
from heliu.flows.intake.domain.filing import Outcome, Status
from heliu.flows.intake.domain.reading import Blob
from heliu.flows.intake.ways_in import batches, files_under, read_file

DONE: Final = "done"
REFUSED: Final = "refused"

Take = Callable[[Sequence[Blob | Unreadable]], Sequence[Outcome]]
"""Files one batch durably (its own transaction) and says what became of each item."""


@dataclass(slots=True)
class Inbox:
    """A drop folder and what its files looked like at the last look (size, mtime in ns)."""

    folder: Path
    source: str = "inbox"
    seen: dict[Path, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Taken:
    """One file of the inbox after its turn: where it lies now, and what became of its blobs."""

    file: Path
    moved_to: Path
    outcomes: tuple[Outcome, ...]


def watch(
    inbox: Inbox, take: Take, *, sleep: Callable[[float], None], every: float = 2.0
) -> Iterator[list[Taken]]:
    """Look again and again, `every` seconds apart, yielding what each look took; ends never.

    The caller ends it by leaving the loop. `sleep` is time.sleep, or a test's own.
    """
    while True:
        yield poll(inbox, take)
        sleep(every)


def poll(inbox: Inbox, take: Take) -> list[Taken]:
    """One look: take every file whose size and time did not change since the look before."""
    now = dict(_waiting(inbox.folder))
    settled = sorted(file for file, look in now.items() if inbox.seen.get(file) == look)
    taken = [_take(inbox, file, now[file], take) for file in settled]
    moved = {one.file for one in taken if one is not None}
    inbox.seen = {file: look for file, look in now.items() if file not in moved}
    return [one for one in taken if one is not None]


def _take(inbox: Inbox, file: Path, look: tuple[int, int], take: Take) -> Taken | None:
    outcomes: list[Outcome] = []
    for batch in batches(read_file(file, inbox.folder, inbox.source)):
        outcomes.extend(take(batch))
    if _look(file) != look:
        return None  # it grew while it was read: what was read is filed, the rest comes next time
    refused = [o for o in outcomes if o.status is Status.REFUSED]
    try:
        target = _move(inbox.folder, file, REFUSED if refused else DONE)
    except FileNotFoundError:
        return None  # its sender took it back
    if refused:
        target.with_name(target.name + ".why.json").write_bytes(_reasons(refused))
    return Taken(file, target, tuple(outcomes))


def _waiting(folder: Path) -> Iterator[tuple[Path, tuple[int, int]]]:
    for file, _ in files_under(folder):
        if file.relative_to(folder).parts[0] not in {DONE, REFUSED}:
            look = _look(file)
            if look is not None:
                yield file, look


def _look(file: Path) -> tuple[int, int] | None:
    try:
        found = file.lstat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns


def _move(folder: Path, file: Path, where: str) -> Path:
    """Rename `file` into `where` (same file system, so it is atomic); never over another file."""
    target = folder / where / file.relative_to(folder)
    target.parent.mkdir(parents=True, exist_ok=True)
    free, number = target, 1
    while os.path.lexists(free):
        number += 1
        free = target.with_name(f"{target.stem}.{number}{target.suffix}")
    file.rename(free)
    return free


def _reasons(refused: Sequence[Outcome]) -> bytes:
    listed = [
        {
            "file": outcome.file,
            "code": complaint.code,
            "place": complaint.place,
            "zh": complaint.message.zh,
            "en": complaint.message.en,
        }
        for outcome in refused
        for complaint in outcome.complaints
    ]
    return msgspec.json.format(msgspec.json.encode(listed), indent=2) + b"\n"
