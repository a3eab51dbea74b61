"""The sample folder: in step with its writer, sound where it should be, broken where it says."""

import gzip
import io
import json
import re
import zipfile
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from lxml import etree

import heliu
from heliu.app.samples.einvoice import _capital
from heliu.app.samples.firms import FIRMS, GOODS, gs1_check
from heliu.app.samples.folder import folder, write_folder
from heliu.app.samples.plan import told
from heliu.app.samples.story import STORIES
from heliu.parties.party.api import valid_uscc

COMMITTED = Path(heliu.__file__).parent / "samples" / "trade"
CODE = re.compile(r"(?<![0-9A-Z])9[0-9A-Z]{17}(?![0-9A-Z])")


@pytest.fixture(scope="module")
def made() -> dict[str, bytes]:
    """The folder as the writer makes it."""
    return folder()


@pytest.fixture(scope="module")
def stories(made: dict[str, bytes]) -> dict[str, Any]:
    """stories.json."""
    expected: dict[str, Any] = json.loads(made["stories.json"])
    return expected


@pytest.fixture(scope="module")
def opened(made: dict[str, bytes]) -> dict[str, bytes]:
    """All files with archives opened; members after an exclamation mark."""
    found: dict[str, bytes] = {}
    for name, data in made.items():
        found |= members(name, data)
    return found


def members(name: str, data: bytes) -> dict[str, bytes]:
    if name.endswith(".gz"):
        return {name: gzip.decompress(data)}
    if name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {f"{name}!{member}": archive.read(member) for member in archive.namelist()}
    return {name: data}


def parses(name: str, data: bytes) -> bool:
    try:
        if name.rsplit("!", maxsplit=1)[-1].endswith((".json", ".jsonld")):
            json.loads(data)
        elif not name.endswith(".csv"):
            etree.fromstring(data, etree.XMLParser(resolve_entities=False))
    except (ValueError, etree.XMLSyntaxError):
        return False
    return b"<!DOCTYPE" not in data


def test_the_committed_folder_is_what_the_writer_writes_today(
    tmp_path: Path, opened: dict[str, bytes]
) -> None:
    count, size = write_folder(tmp_path)
    assert size < 2_500_000
    committed = {
        str(file.relative_to(COMMITTED)): file.read_bytes()
        for file in COMMITTED.rglob("*")
        if file.is_file()
    }
    assert len(committed) == count
    # Archives are compared by content: compressors differ between machines.
    unpacked: dict[str, bytes] = {}
    for name, data in committed.items():
        unpacked |= members(name, data)
    assert unpacked == opened


def test_every_social_credit_code_in_every_file_is_sound(opened: dict[str, bytes]) -> None:
    text = "\n".join(data.decode("utf-8", "replace") for data in opened.values())
    codes = set(CODE.findall(text))
    assert {firm.uscc for firm in FIRMS.values()} <= codes | {FIRMS["BK"].uscc}
    assert [code for code in codes if not valid_uscc(code)] == []


def test_documents_are_well_formed_but_for_those_planted_broken(
    opened: dict[str, bytes], stories: dict[str, Any]
) -> None:
    broken = {name for name, file in stories["files"].items() if "refused" in file}
    documents = {name: data for name, data in opened.items() if name.startswith("documents/")}
    damaged = {name for name, data in documents.items() if not parses(name, data)}
    assert damaged == broken
    assert Counter(stories["files"][name]["refused"] for name in broken) == {
        "xml.malformed": 2,
        "xml.dtd_forbidden": 1,
        "file.empty": 1,
        "document.unknown_kind": 1,
        "json.malformed": 1,
    }


def test_every_story_is_told_by_files_that_are_there(
    made: dict[str, bytes], stories: dict[str, Any]
) -> None:
    assert set(stories["stories"]) == set(STORIES)
    named = {name for story in stories["stories"].values() for name in story["files"]}
    assert named <= set(made)
    assert [key for key, story in stories["stories"].items() if not story["files"]] == []
    assert set(stories["files"]) == {name for name in made if name.startswith("documents/")}


def test_every_case_is_one_invoice_of_a_programme_with_its_expected_decision(
    stories: dict[str, Any], made: dict[str, bytes]
) -> None:
    decisions = Counter(case["decision"] for case in stories["cases"].values())
    assert decisions["financed"] >= 30
    assert decisions["reduced"] >= 4
    assert decisions["refused"] >= 18
    programmes = [yaml.safe_load(made[n]) for n in made if n.startswith("programmes/")]
    cores = {programme["core_enterprise"]["uscc"] for programme in programmes}
    outside = {c["story"] for c in stories["cases"].values() if c["buyer"] not in cores}
    assert outside == {"ring"}


def test_everything_arrives_between_march_and_the_last_day(stories: dict[str, Any]) -> None:
    arrivals = [file["arrives_on"] for file in stories["files"].values()]
    assert min(arrivals) == "2026-03-01"
    assert max(arrivals) <= stories["last_day"] == "2026-08-31"
    assert arrivals == sorted(arrivals)


def test_invoice_numbers_are_unique_and_every_line_carries_its_tax() -> None:
    trades = [one.trade for one in told()]
    assert len({trade.invoice_no for trade in trades}) == len(trades)
    false = {one.story for one in told() if one.trade.tax != sum(li.tax for li in one.trade.lines)}
    assert false == {"tax-arithmetic"}


def test_the_parts_of_the_split_sum_to_the_original() -> None:
    grosses = {
        story: sum((one.trade.gross for one in told() if one.story == story), Decimal(0))
        for story in ("split-original", "split-sum", "renumbered-original", "renumbered")
    }
    assert grosses["split-sum"] == grosses["split-original"]
    assert grosses["renumbered"] == grosses["renumbered-original"]


def test_the_first_mould_could_draw_more_than_the_limit_at_the_lowest_grade(
    made: dict[str, bytes],
) -> None:
    programme = yaml.safe_load(made["programmes/haihe-appliances.yaml"])
    limits = {s["uscc"]: s.get("limit") for s in programme["suppliers"]}
    (first,) = (one.trade for one in told() if one.story == "limit-first")
    asked = first.gross * Decimal(programme["advance_rate"])
    assert asked * Decimal("0.7") > Decimal(limits[first.supplier.uscc])


@pytest.mark.parametrize("good", GOODS.values(), ids=lambda good: good.code)
def test_a_gtin_has_fourteen_digits_and_its_check_digit(good: Any) -> None:
    assert len(good.gtin) == 14
    assert gs1_check(good.gtin[:-1]) == good.gtin


@pytest.mark.parametrize(
    ("amount", "capital"),
    [
        ("0.05", "圆伍分"),
        ("101826.56", "壹拾万壹仟捌佰贰拾陆圆伍角陆分"),
        ("-20004.00", "(负数)贰万零肆圆整"),
        ("10050000.10", "壹仟零伍万圆壹角"),
        ("1078020.00", "壹佰零柒万捌仟零贰拾圆整"),
    ],
)
def test_an_amount_is_written_in_capital_characters(amount: str, capital: str) -> None:
    assert _capital(Decimal(amount)) == capital
