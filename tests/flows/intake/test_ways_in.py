"""Files, folders and the watched inbox: everything is told, nothing escapes, nothing is lost."""

import gzip
import hashlib
import os
import zipfile
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from heliu.flows.intake import ways_in
from heliu.flows.intake.api import (
    Blob,
    Inbox,
    Outcome,
    Status,
    Unreadable,
    batches,
    blobs_from,
    poll,
    refusal,
    watch,
)


def put(path: Path, data: bytes = b"x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def told(folder: Path, *paths: Path) -> list[tuple[str, bytes | str]]:
    """(path below `folder`, bytes or the code of the refusal) of everything found."""
    return [
        (
            item.file.removeprefix(f"{folder.as_posix()}/"),
            item.data if isinstance(item, Blob) else item.complaint.code,
        )
        for item in blobs_from(paths or [folder])
    ]


def test_a_folder_is_walked_in_order_and_hidden_or_unfinished_files_are_left(
    tmp_path: Path,
) -> None:
    for name in ("b.xml", "a.xml", ".hidden", ".git/c.xml", "d.xml.part", "e.tmp", "z/y.xml"):
        put(tmp_path / name)
    assert [name for name, _ in told(tmp_path)] == ["a.xml", "b.xml", "z/y.xml"]
    assert told(tmp_path, tmp_path / ".hidden") == [(".hidden", b"x")]


def test_a_blob_knows_its_way_its_file_and_its_hash(tmp_path: Path) -> None:
    file = put(tmp_path / "a.xml", b"<a/>")
    digest = hashlib.sha256(b"<a/>").hexdigest()
    assert list(blobs_from([str(file)], "cli")) == [Blob("cli", file.as_posix(), digest, b"<a/>")]


def test_archives_in_folders_are_opened(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "june.zip", "w") as archive:
        archive.writestr("a/b.xml", b"b")
    put(tmp_path / "t.csv.gz", gzip.compress(b"1;2"))
    assert told(tmp_path) == [("june.zip!a/b.xml", b"b"), ("t.csv.gz!t.csv", b"1;2")]


def test_a_gigabyte_of_nothing_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "nothing.xml").open("wb") as sparse:
        sparse.truncate(2**30)
    put(tmp_path / "something.xml")
    assert told(tmp_path) == [("nothing.xml", "file.too_large"), ("something.xml", b"x")]


def test_links_may_not_leave_the_folder_nor_lead_in_circles(tmp_path: Path) -> None:
    secret, folder = put(tmp_path / "secret", b"key"), tmp_path / "in"
    put(folder / "a.xml")
    (folder / "b.xml").symlink_to("a.xml")
    (folder / "loop").symlink_to(folder)
    (folder / "me").symlink_to("me")
    (folder / "out").symlink_to(secret)
    (folder / "gone").symlink_to("nowhere")
    assert told(folder) == [
        ("a.xml", b"x"),
        ("b.xml", b"x"),
        ("gone", "file.unreadable"),
        ("me", "file.unreadable"),
        ("out", "file.outside"),
    ]


def test_what_is_not_a_regular_file_is_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert told(tmp_path) == [("pipe", "file.not_regular")]
    assert told(tmp_path, tmp_path / "missing") == [("missing", "file.unreadable")]


def test_a_folder_that_cannot_be_listed_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "shut" / "a.xml")
    put(tmp_path / "z.xml")
    listing = Path.iterdir

    def refuse(path: Path) -> object:
        if path.name == "shut":
            raise PermissionError(13, "Permission denied")
        return listing(path)

    monkeypatch.setattr(Path, "iterdir", refuse)
    assert told(tmp_path) == [("z.xml", b"x"), ("shut", "file.not_regular")]


def test_a_name_that_is_not_utf8_can_still_be_told(tmp_path: Path) -> None:
    with open(os.fsencode(tmp_path) + b"/\xff.xml", "wb") as odd:  # noqa: PTH123 - a bytes path
        odd.write(b"x")
    assert told(tmp_path) == [("\\xff.xml", b"x")]


def test_batches_are_bounded_in_number_and_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ways_in, "BATCH_BLOBS", 3)
    monkeypatch.setattr(ways_in, "BATCH_BYTES", 10)
    items: list[Blob | Unreadable] = [Blob("s", str(n), "", b"x" * n) for n in (1, 1, 1, 1, 9, 30)]
    items.append(Unreadable("s", "u", refusal("x", "/", "x", "x").complaints[0]))
    found = [[item.file for item in batch] for batch in batches(items)]
    assert found == [["1", "1", "1"], ["1", "9"], ["30"], ["u"]]
    assert list(batches([])) == []


def take(batch: Sequence[Blob | Unreadable]) -> list[Outcome]:
    """A stand-in for filing: whatever contains BAD is refused."""
    no = refusal("slip.bad", "line 1", "坏", "bad").complaints
    return [
        Outcome(item.source, item.file, item.sha256, Status.ACCEPTED, "slips", (), ())
        if isinstance(item, Blob) and b"BAD" not in item.data
        else Outcome(item.source, item.file, "", Status.REFUSED, "", (), no)
        for item in batch
    ]


def below(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def test_a_file_is_taken_once_it_has_settled_and_then_moved(tmp_path: Path) -> None:
    inbox, file = Inbox(tmp_path), put(tmp_path / "sub" / "a.xml")
    assert poll(inbox, take) == []
    put(file, b"it grew")
    assert poll(inbox, take) == []
    (taken,) = poll(inbox, take)
    assert (taken.file, taken.moved_to) == (file, tmp_path / "done" / "sub" / "a.xml")
    assert [o.source for o in taken.outcomes] == ["inbox"]
    assert below(tmp_path) == ["done/sub/a.xml"]
    assert poll(inbox, take) == []


def test_a_refused_file_lies_in_refused_with_its_reasons(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "mixed.zip", "w") as archive:
        archive.writestr("bad.xml", b"BAD")
        archive.writestr("good.xml", b"good")
    inbox = Inbox(tmp_path)
    poll(inbox, take)
    (taken,) = poll(inbox, take)
    assert [o.status.value for o in taken.outcomes] == ["refused", "accepted"]
    assert below(tmp_path) == ["refused/mixed.zip", "refused/mixed.zip.why.json"]
    (why,) = msgspec.json.decode((tmp_path / "refused/mixed.zip.why.json").read_bytes())
    assert (why["code"], why["place"], why["zh"]) == ("slip.bad", "line 1", "坏")


def test_a_name_that_was_there_before_is_not_overwritten(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path)
    for text in (b"first", b"second", b"third"):
        put(tmp_path / "a.xml", text)
        poll(inbox, take)
        poll(inbox, take)
    assert below(tmp_path) == ["done/a.2.xml", "done/a.3.xml", "done/a.xml"]
    assert (tmp_path / "done/a.3.xml").read_bytes() == b"third"


def test_a_file_that_grows_while_it_is_read_waits_for_the_next_look(tmp_path: Path) -> None:
    file, inbox = put(tmp_path / "a.xml"), Inbox(tmp_path)

    def slow(batch: Sequence[Blob | Unreadable]) -> list[Outcome]:
        put(file, b"more and more")
        return take(batch)

    poll(inbox, slow)
    assert poll(inbox, slow) == []
    poll(inbox, take)
    assert [t.moved_to.name for t in poll(inbox, take)] == ["a.xml"]


def test_a_file_its_sender_takes_back_stops_nothing(tmp_path: Path) -> None:
    file, inbox = put(tmp_path / "a.xml"), Inbox(tmp_path)

    def gone(batch: Sequence[Blob | Unreadable]) -> list[Outcome]:
        file.unlink()
        return take(batch)

    poll(inbox, gone)
    assert poll(inbox, gone) == []


def test_a_crash_between_filing_and_moving_only_means_reading_again(tmp_path: Path) -> None:
    put(tmp_path / "a.xml")
    filed: list[str] = []

    def crash(batch: Sequence[Blob | Unreadable]) -> list[Outcome]:
        filed.extend(item.file for item in batch)
        raise KeyboardInterrupt

    inbox = Inbox(tmp_path)
    poll(inbox, crash)
    with pytest.raises(KeyboardInterrupt):
        poll(inbox, crash)
    restarted = Inbox(tmp_path)
    poll(restarted, take)
    assert [t.file.as_posix() for t in poll(restarted, take)] == filed


def test_watching_looks_again_after_each_sleep(tmp_path: Path) -> None:
    put(tmp_path / "a.xml")
    sleeps: list[float] = []
    looks = watch(Inbox(tmp_path), take, sleep=sleeps.append, every=5.0)
    assert next(looks) == []
    assert len(next(looks)) == 1
    assert sleeps == [5.0]
