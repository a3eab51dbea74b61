"""The folder link: what a bank's direct connection does, with two folders written atomically.

`out/` holds what the rail has not taken yet, `in/` what the bank has not kept yet, `done/` what it
has. A file appears under its name only when it is whole and on disk. Names beginning with a dot
and anything that is no plain file are left alone.
"""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from heliu.ground.errors import Outage
from heliu.payments.rails.domain.writing import Profile
from heliu.payments.rails.rail import Incoming, Outgoing

# A message of one payment has a few kilobytes; the reader refuses what was cut here.
MOST_BYTES: Final = 16 * 1024 * 1024


class FileRail:
    """A rail behind the folders `out/`, `in/` and `done/` below `folder`."""

    def __init__(self, folder: Path, profile: Profile | None = None) -> None:
        self.profile = profile or Profile()
        self._out, self._in, self._done = (folder / name for name in ("out", "in", "done"))
        make_folders(self._out, self._in, self._done)

    def send(self, messages: Sequence[Outgoing]) -> None:
        """Write every message into `out/`, named by its id."""
        write_files(self._out, [(f"{m.id}.xml", m.body) for m in messages])

    def receive(self, limit: int) -> list[Incoming]:
        """The first `limit` files of `in/`, by name."""
        return [Incoming(name, read(self._in / name)) for name in listed(self._in)[:limit]]

    def acknowledge(self, messages: Sequence[Incoming]) -> None:
        """Move these files from `in/` to `done/`."""
        move_files(self._in, self._done, [message.name for message in messages])


def make_folders(*folders: Path) -> None:
    """Have the folders exist. Raises Outage."""
    try:
        for folder in folders:
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Outage(f"the rail's folder cannot be used: {error}") from error


def listed(folder: Path) -> list[str]:
    """The plain files of a folder that are whole, by name. Raises Outage."""
    try:
        with os.scandir(folder) as entries:
            plain = [e.name for e in entries if e.is_file(follow_symlinks=False)]
    except OSError as error:
        raise Outage(f"the rail's folder cannot be read: {error}") from error
    return sorted(name for name in plain if not name.startswith("."))


def read(path: Path) -> bytes:
    """The file's content up to a byte beyond the most a message may have. Raises Outage."""
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise Outage(f"a message of the rail cannot be read: {error}") from error


def write_files(folder: Path, files: Sequence[tuple[str, bytes]], *, durable: bool = True) -> None:
    """Write files so that each is seen whole or not at all; durable: on disk when it returns.

    Raises Outage.
    """
    if not files:
        return
    try:
        hidden = [(folder / f".{name}.tmp", folder / name) for name, _ in files]
        for (path, _), (_, body) in zip(hidden, files, strict=True):
            path.write_bytes(body)
        # All are written before the first is waited for: the disk then has one long turn.
        for path, _ in hidden if durable else ():
            _sync(path)
        for path, name in hidden:
            path.replace(name)
        if durable:
            _sync(folder)
    except OSError as error:
        raise Outage(f"the rail takes no message: {error}") from error


def move_files(source: Path, target: Path, names: Iterable[str]) -> None:
    """Move files; one that has gone already was moved before a crash. Raises Outage."""
    try:
        for name in names:
            if (source / name).exists():
                (source / name).replace(target / name)
    except OSError as error:
        raise Outage(f"a message of the rail cannot be put away: {error}") from error


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
