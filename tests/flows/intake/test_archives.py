"""ZIP and gzip from strangers: opened as far as is safe, refused by name where it is not."""

import gzip
import io
import struct
import tracemalloc
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heliu.flows.intake.api import Blob, Unreadable
from heliu.flows.intake.domain import archives
from heliu.flows.intake.domain.archives import expand, is_archive, wanted


def zipped(*members: tuple[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return stream.getvalue()


def opened(data: bytes, name: str = "a.zip") -> list[tuple[str, bytes | str]]:
    """(label, bytes or the code of the refusal) of everything in `data`."""
    return [
        (item.file, item.data if isinstance(item, Blob) else item.complaint.code)
        for item in expand(io.BytesIO(data), "folder", name)
    ]


def test_members_come_sorted_and_labelled_by_their_place_in_the_archive() -> None:
    archive = zipped(("b/2.xml", b"two"), ("a/1.xml", b"one"), ("b/", b""))
    assert opened(archive) == [("a.zip!a/1.xml", b"one"), ("a.zip!b/2.xml", b"two")]


def test_a_gzip_holds_one_file_under_its_own_name() -> None:
    assert opened(gzip.compress(b"n;1"), "a/x.csv.gz") == [("a/x.csv.gz!x.csv", b"n;1")]
    assert opened(gzip.compress(b"1") + gzip.compress(b"2"), "x") == [("x!x", b"12")]


def test_an_archive_in_an_archive_is_opened_and_a_third_is_not() -> None:
    inner = zipped(("x.xml", b"x"))
    middle = zipped(("in.zip", inner), ("y.xml", b"y"))
    assert opened(middle) == [("a.zip!in.zip!x.xml", b"x"), ("a.zip!y.xml", b"y")]
    outer = zipped(("mid.zip", middle), ("z.xml", b"z"))
    assert opened(outer) == [
        ("a.zip!mid.zip!in.zip", "archive.too_deep"),
        ("a.zip!mid.zip!y.xml", b"y"),
        ("a.zip!z.xml", b"z"),
    ]


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("../../etc/passwd", "etc/passwd"),
        ("/etc/passwd", "etc/passwd"),
        ("..\\..\\windows\\x.xml", "windows/x.xml"),
        ("a!b.xml", "a_b.xml"),
        ("a\tb\n.xml", "a_b_.xml"),
        ("..", "_"),
    ],
)
def test_a_member_name_is_a_label_and_never_a_way_out(name: str, label: str) -> None:
    assert opened(zipped((name, b"x"))) == [(f"a.zip!{label}", b"x")]


def test_a_chinese_name_of_an_old_tool_is_legible() -> None:
    archive = zipped(("XXXX.xml", b"x")).replace(b"XXXX", "发票".encode("gb18030"))
    assert opened(archive) == [("a.zip!发票.xml", b"x")]


def test_an_undecodable_name_does_not_hide_its_member() -> None:
    archive = zipped(("XX.xml", b"x")).replace(b"XX", b"\xff\xff")
    assert [data for _, data in opened(archive)] == [b"x"]


def test_hidden_and_unfinished_members_are_left_alone() -> None:
    archive = zipped((".DS_Store", b"x"), ("a.xml.part", b"x"), ("~$a.csv", b"x"), ("a.xml", b"x"))
    assert [label for label, _ in opened(archive)] == ["a.zip!a.xml"]
    assert [wanted(name) for name in ("a.TMP", "a.tmpl")] == [False, True]


def test_an_encrypted_member_is_named_and_hides_nothing() -> None:
    archive = bytearray(zipped(("a.xml", b"secret"), ("b.xml", b"open")))
    archive[archive.index(b"PK\x01\x02") + 8] |= 1
    assert opened(bytes(archive)) == [
        ("a.zip!a.xml", "archive.encrypted"),
        ("a.zip!b.xml", b"open"),
    ]


def test_a_bomb_is_refused_without_filling_memory() -> None:
    nothing = b"\0" * (40 * 2**20)
    bombs = [zipped(("a.xml", nothing), ("b.xml", b"x")), gzip.compress(nothing)]
    tracemalloc.start()
    try:
        found = [opened(bomb) for bomb in bombs]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found == [
        [("a.zip!a.xml", "archive.bomb"), ("a.zip!b.xml", b"x")],
        [("a.zip", "archive.bomb")],
    ]
    assert peak < 16 * 2**20


def test_a_bomb_that_lies_about_its_size_is_found_while_it_expands() -> None:
    bomb = zipped(("a.xml", b"\0" * (8 * 2**20)))
    size = struct.pack("<I", 8 * 2**20)
    lie = bomb.replace(size, struct.pack("<I", 1000))
    assert opened(lie)[0][1] in {"archive.damaged", "archive.bomb"}


def test_too_large_a_member_is_refused_by_its_declared_size() -> None:
    archive = zipped(("a.xml", b"x" * 1000), ("b.xml", b"y"))
    size, huge = struct.pack("<II", 1000, 5), struct.pack("<II", 60 * 2**20, 5)
    head = archive.index(b"PK\x01\x02") + 24
    forged = archive[:head] + huge[:4] + archive[head + 4 :]
    assert size[:4] != huge[:4]
    assert opened(forged) == [("a.zip!a.xml", "file.too_large"), ("a.zip!b.xml", b"y")]


def test_members_beyond_the_cap_refuse_the_archive(monkeypatch: pytest.MonkeyPatch) -> None:
    archive = zipped(*((f"{n}.xml", b"x") for n in range(4)))
    monkeypatch.setattr(archives, "_Budget", lambda: archives_budget(members=3))
    assert opened(archive) == [("a.zip", "archive.too_many_members")]
    monkeypatch.setattr(archives, "_ENTRY_BYTES", 0)
    assert opened(archive) == [("a.zip", "archive.too_many_members")]


def archives_budget(**caps: int) -> object:
    budget = type("Budget", (), {})()
    budget.bytes, budget.members = caps.get("bytes", 10**9), caps.get("members", 10**6)
    return budget


def test_all_members_together_may_not_expand_beyond_the_cap(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(archives, "_Budget", lambda: archives_budget(bytes=5))
    archive = zipped(("a.xml", b"1234"), ("b.xml", b"5678"), ("c.xml", b"9"))
    assert [data for _, data in opened(archive)] == [b"1234", "archive.bomb", b"9"]


def test_a_zip64_directory_larger_than_may_be_is_refused_before_it_is_loaded() -> None:
    end64 = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 9, 9, 2**40, 0)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 65535, 65535, 2**32 - 1, 2**32 - 1, 0)
    assert opened(b"PK\x03\x04" + end64 + end) == [("a.zip", "archive.too_many_members")]


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04",
        b"PK\x03\x04" + b"\0" * 100,
        zipped(("a.xml", b"x" * 100))[:60],
        b"\x1f\x8b",
        gzip.compress(b"x" * 1000)[:-9],
        gzip.compress(b"x" * 1000)[:20] + b"????" + gzip.compress(b"x" * 1000)[24:],
    ],
    ids=["signature", "zeros", "cut zip", "two bytes", "cut gzip", "broken gzip"],
)
def test_a_damaged_archive_is_a_complaint(data: bytes) -> None:
    assert opened(data) == [("a.zip", "archive.damaged")]


def test_a_damaged_member_hides_no_other() -> None:
    archive = bytearray(zipped(("a.xml", zlib.compress(b"x" * 99)), ("b.xml", b"y")))
    archive[35] ^= 0xFF
    archive[40] ^= 0xFF
    assert opened(bytes(archive)) == [("a.zip!a.xml", "archive.damaged"), ("a.zip!b.xml", b"y")]


def test_office_files_are_documents_and_not_archives() -> None:
    data = zipped(("sheet.xml", b"x"))
    assert not is_archive(data[:4], "Book.XLSX")
    assert opened(data, "book.xlsx") == [("book.xlsx", data)]


def test_a_plain_stream_is_itself_and_a_giant_one_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert opened(b"", "empty.xml") == [("empty.xml", b"")]
    monkeypatch.setattr(archives, "MAX_FILE_BYTES", 3)
    assert opened(b"1234", "a.xml") == [("a.xml", "file.too_large")]


WHOLE = zipped(
    ("a.xml", b"<a/>" * 50), ("in.zip", zipped(("b.xml", b"<b/>"))), ("c.gz", b"\x1f\x8b")
)


@settings(max_examples=300, deadline=None)
@given(
    at=st.integers(0, len(WHOLE) - 1),
    junk=st.binary(min_size=1, max_size=6),
    cut=st.integers(0, 40),
    base=st.sampled_from([WHOLE, gzip.compress(WHOLE)]),
)
def test_no_damage_to_an_archive_raises(at: int, junk: bytes, cut: int, base: bytes) -> None:
    damaged = base[:at] + junk + base[at + cut :]
    for item in expand(io.BytesIO(damaged), "folder", "a.zip"):
        assert isinstance(item, Blob | Unreadable)
