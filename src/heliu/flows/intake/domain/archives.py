"""ZIP and gzip opened without trust: bounded in size, ratio, members and depth, written nowhere.

Declared sizes are checked before a byte is expanded, and what is expanded is counted, because
declarations lie (CWE-409, improper handling of highly compressed data). Member names are labels
only: they are never a path on this machine (CWE-22).
"""

import gzip
import hashlib
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Final

from heliu.flows.intake.domain.reading import Blob, Complaint
from heliu.ground.text import Text

# A document or table of more is refused unread; 50 MB is a year of a small firm's invoices.
MAX_FILE_BYTES: Final = 50 * 2**20
MAX_ARCHIVE_BYTES: Final = 200 * 2**20
MAX_EXPANDED_BYTES: Final = 1024 * 2**20  # of all members of one file on disk, nested ones too
MAX_MEMBERS: Final = 20_000
MAX_DEPTH: Final = 2
# Trade XML compresses 10 to 40 times; a small file of blanks may do more without any harm.
MAX_RATIO: Final = 100
_RATIO_FREE_BYTES: Final = 2**20
_CHUNK: Final = 2**18
_ENTRY_BYTES: Final = 300  # a generous directory entry: 46 bytes and the name
_END: Final = struct.Struct("<4s4H2LH")
_END64: Final = struct.Struct("<4sQ2H2L4Q")
# Everything zipfile, zlib, bz2 and lzma are known to raise on damaged or exotic archives.
_DAMAGE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    struct.error,
    IndexError,
    OverflowError,
)
_UTF8_NAME: Final = 0x800
_ENCRYPTED: Final = 0x1
# ZIP files by construction, but documents by intent: no connector looks inside.
_ZIP_DOCUMENTS: Final = (".xlsx", ".docx", ".pptx", ".ods", ".odt", ".ofd", ".jar")
_SKIPPED_ENDINGS: Final = (".part", ".tmp", ".filepart", ".crdownload")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file or archive member whose bytes cannot be had, and why."""

    source: str
    file: str
    complaint: Complaint


@dataclass(slots=True)
class _Budget:
    """What one file on disk may still expand to."""

    bytes: int = MAX_EXPANDED_BYTES
    members: int = MAX_MEMBERS


@dataclass(frozen=True, slots=True)
class _Place:
    source: str
    file: str
    depth: int
    budget: _Budget = field(repr=False)

    def inside(self, name: str) -> "_Place":
        return _Place(self.source, f"{self.file}!{name}", self.depth + 1, self.budget)

    def no(self, code: str, zh: str, en: str) -> Unreadable:
        return Unreadable(self.source, self.file, Complaint(code, "/", Text(zh, en)))


class _Lie(Exception):
    """An archive holds more than it may."""


def wanted(name: str) -> bool:
    """Whether a file of this name is taken: hidden and unfinished ones are left alone."""
    return not name.startswith((".", "~$")) and not name.lower().endswith(_SKIPPED_ENDINGS)


def is_archive(start: bytes, name: str) -> bool:
    """Whether a file with these first bytes is opened as ZIP or gzip rather than read."""
    zipped = start[:4] in {b"PK\x03\x04", b"PK\x05\x06"}
    return start[:2] == b"\x1f\x8b" or (zipped and not name.lower().endswith(_ZIP_DOCUMENTS))


def expand(stream: io.BufferedIOBase, source: str, file: str) -> Iterator[Blob | Unreadable]:
    """The blobs of one seekable stream: itself, or what its archive holds, one at a time.

    At most one member (and its nested archive) is in memory. Never raises on bad archives.
    """
    yield from _expand(stream, _Place(source, file, 0, _Budget()))


def too_large(size: int, limit: int) -> Complaint:
    """The complaint about a file of `size` bytes where `limit` is allowed."""
    zh = f"文件 {size} 字节，超过上限 {limit}"
    return Complaint("file.too_large", "/", Text(zh, f"{size} bytes, the limit is {limit}"))


def _expand(stream: io.BufferedIOBase, place: _Place) -> Iterator[Blob | Unreadable]:
    start = stream.read(4)
    stream.seek(0)
    if not is_archive(start, place.file):
        yield _whole(stream, place)
    elif place.depth >= MAX_DEPTH:
        zh, en = f"压缩包嵌套超过 {MAX_DEPTH} 层", f"archives nested deeper than {MAX_DEPTH}"
        yield place.no("archive.too_deep", zh, en)
    elif start[:2] == b"\x1f\x8b":
        yield from _gunzip(stream, place)
    else:
        yield from _unzip(stream, place)


def _whole(stream: io.BufferedIOBase, place: _Place) -> Blob | Unreadable:
    data = stream.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        return Unreadable(place.source, place.file, too_large(len(data), MAX_FILE_BYTES))
    return Blob(place.source, place.file, hashlib.sha256(data).hexdigest(), data)


def _gunzip(stream: io.BufferedIOBase, place: _Place) -> Iterator[Blob | Unreadable]:
    name = PurePosixPath(place.file.rsplit("!", 1)[-1]).name
    inner = name[:-3] if name.lower().endswith(".gz") else name
    try:
        with gzip.GzipFile(fileobj=stream) as expanded:
            data = _bounded(expanded.read, stream.tell, place.budget)
    except _Lie:
        yield _bomb(place)
    except (OSError, EOFError, zlib.error) as error:
        yield place.no("archive.damaged", f"gzip 已损坏: {error}", f"damaged gzip: {error}")
    else:
        yield from _expand(io.BytesIO(data), place.inside(inner or "content"))


def _unzip(stream: io.BufferedIOBase, place: _Place) -> Iterator[Blob | Unreadable]:
    if _directory_bytes(stream) > MAX_MEMBERS * _ENTRY_BYTES:
        yield _too_many(place)
        return
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            members = archive.infolist()
            place.budget.members -= len(members)
            if place.budget.members < 0:
                yield _too_many(place)
                return
            for member in sorted(members, key=_label):
                if not member.is_dir() and wanted(PurePosixPath(_label(member)).name):
                    yield from _member(archive, member, place.inside(_label(member)))
    except _DAMAGE as error:
        yield place.no("archive.damaged", f"ZIP 已损坏: {error}", f"damaged ZIP: {error}")


def _member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, place: _Place
) -> Iterator[Blob | Unreadable]:
    if member.flag_bits & _ENCRYPTED:
        zh, en = "压缩包成员已加密", "the archive member is encrypted"
        yield place.no("archive.encrypted", zh, en)
        return
    # The directory's own word first: an honest bomb is refused without expanding a byte of it.
    limit = (
        MAX_ARCHIVE_BYTES if member.filename.lower().endswith((".zip", ".gz")) else MAX_FILE_BYTES
    )
    if member.file_size > limit:
        yield Unreadable(place.source, place.file, too_large(member.file_size, limit))
        return
    try:
        _allow(member.compress_size, member.file_size, place.budget)
        with archive.open(member) as expanded:
            data = _bounded(expanded.read, lambda: member.compress_size, place.budget)
    except _Lie:
        yield _bomb(place)
    except _DAMAGE as error:
        zh, en = f"压缩包成员已损坏: {error}", f"damaged archive member: {error}"
        yield place.no("archive.damaged", zh, en)
    else:
        yield from _expand(io.BytesIO(data), place)


def _bounded(read: Callable[[int], bytes], taken: Callable[[], int], budget: _Budget) -> bytes:
    """All that `read` gives, or _Lie as soon as it is more than `taken` compressed bytes may be."""
    parts: list[bytes] = []
    made = 0
    while part := read(_CHUNK):
        made += len(part)
        _allow(taken(), made, budget)
        parts.append(part)
    budget.bytes -= made
    return b"".join(parts)


def _allow(taken: int, made: int, budget: _Budget) -> None:
    if made > budget.bytes or made > max(taken * MAX_RATIO, _RATIO_FREE_BYTES):
        raise _Lie


def _directory_bytes(stream: io.BufferedIOBase) -> int:
    """What the end record says of the central directory's size, before it is loaded (0: none)."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - 2**16 - _END.size))
    tail = stream.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END.size:
        return 0
    declared = int(_END.unpack_from(tail, at)[5])
    at64 = tail.rfind(b"PK\x06\x06", 0, at)
    if at64 >= 0 and len(tail) - at64 >= _END64.size:
        declared = max(declared if declared != 2**32 - 1 else 0, _END64.unpack_from(tail, at64)[8])
    return declared


def _label(member: zipfile.ZipInfo) -> str:
    """The member's name as a label: Chinese names decoded, no root, no parent, no control."""
    name = member.filename
    if not member.flag_bits & _UTF8_NAME:
        try:
            name = name.encode("cp437").decode("gb18030")
        except UnicodeError:
            name = member.filename
    parts = [part for part in name.replace("\\", "/").split("/") if part not in {"", ".", ".."}]
    label = "/".join(parts).replace("!", "_")
    return "".join(c if c.isprintable() else "_" for c in label) or "_"


def _bomb(place: _Place) -> Unreadable:
    zh = f"压缩比超过 {MAX_RATIO} 或展开后过大"
    return place.no("archive.bomb", zh, f"expands more than {MAX_RATIO} times or beyond its cap")


def _too_many(place: _Place) -> Unreadable:
    zh, en = f"压缩包成员超过 {MAX_MEMBERS} 个", f"more than {MAX_MEMBERS} archive members"
    return place.no("archive.too_many_members", zh, en)
