"""Ways in: files, folders and archives become blobs, in a fixed order, one at a time.

What cannot be read becomes an `Unreadable` with its reason and hides nothing else. Symbolic
links are followed only where they stay inside the folder that was given.
"""

import io
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from heliu.flows.intake.domain.archives import (
    MAX_ARCHIVE_BYTES,
    MAX_FILE_BYTES,
    Unreadable,
    expand,
    is_archive,
    too_large,
    wanted,
)
from heliu.flows.intake.domain.reading import Blob, Complaint
from heliu.ground.text import Text

# One transaction's worth: enough to amortise a round trip, little enough to hold in memory.
BATCH_BLOBS: Final = 512
BATCH_BYTES: Final = 32 * 2**20


def blobs_from(paths: Iterable[Path | str], source: str = "folder") -> Iterator[Blob | Unreadable]:
    """The blobs of files and folders (recursive, sorted by path), archives opened, lazily.

    Hidden and unfinished files (.part, .tmp, ...) inside folders are left alone; a path that is
    named is always taken. `file` of a blob is the path as walked. Never raises on bad input.
    """
    for path in map(Path, paths):
        for file, root in files_under(path):
            yield from read_file(file, root, source)


def batches(items: Iterable[Blob | Unreadable]) -> Iterator[list[Blob | Unreadable]]:
    """`items` in order, in batches of at most BATCH_BLOBS or (but for one blob) BATCH_BYTES."""
    batch: list[Blob | Unreadable] = []
    held = 0
    for item in items:
        size = len(item.data) if isinstance(item, Blob) else 0
        if batch and (len(batch) >= BATCH_BLOBS or held + size > BATCH_BYTES):
            yield batch
            batch, held = [], 0
        batch.append(item)
        held += size
    if batch:
        yield batch


def files_under(path: Path) -> Iterator[tuple[Path, Path]]:
    """(file, the folder it may not leave) for a file or, sorted, everything below a folder."""
    if not path.is_dir():
        yield path, path.parent
        return
    for file in _walk(path):
        if wanted(file.name):
            yield file, path


def read_file(file: Path, root: Path, source: str) -> Iterator[Blob | Unreadable]:
    """The blobs of one file; refused unread if it is too large or not a regular file."""
    # A name that is not UTF-8 keeps its odd bytes visibly, as \xNN.
    label = file.as_posix().encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    try:
        if file.is_symlink() and not file.resolve().is_relative_to(root.resolve()):
            zh, en = "符号链接指向目录之外", "a symbolic link that leaves the folder"
            yield _no(source, label, Complaint("file.outside", "/", Text(zh, en)))
            return
        found = file.stat()
        if not stat.S_ISREG(found.st_mode):
            zh, en = "不是普通文件", "not a regular file"
            yield _no(source, label, Complaint("file.not_regular", "/", Text(zh, en)))
            return
        with file.open("rb") as stream:
            yield from _open(stream, found.st_size, source, label)
    except (OSError, RuntimeError) as error:
        what = getattr(error, "strerror", None) or type(error).__name__
        text = Text(f"文件无法读取: {what}", f"the file cannot be read: {what}")
        yield _no(source, label, Complaint("file.unreadable", "/", text))


def _open(
    stream: io.BufferedReader, size: int, source: str, label: str
) -> Iterator[Blob | Unreadable]:
    start = stream.peek(4)[:4]
    limit = MAX_ARCHIVE_BYTES if is_archive(start, label) else MAX_FILE_BYTES
    if size > limit:
        yield _no(source, label, too_large(size, limit))
    else:
        yield from expand(stream, source, label)


def _walk(root: Path) -> Iterator[Path]:
    """Files below `root`, a folder's own before its folders'; linked folders are not entered."""
    waiting = [root]
    while waiting:
        folder = waiting.pop()
        try:
            entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
        except OSError:
            yield folder  # told as not readable when its turn comes
            continue
        below = []
        for entry in entries:
            if not entry.is_dir():
                yield entry
            elif not entry.is_symlink() and wanted(entry.name):
                below.append(entry)
        waiting.extend(reversed(below))


def _no(source: str, label: str, complaint: Complaint) -> Unreadable:
    return Unreadable(source, label, complaint)
