"""Files of publications: what is written well is read whole, what is not is refused whole."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from heliu.credit.benchmarks import quote_file
from heliu.credit.benchmarks.quote_file import MOST_BYTES, parse, read_publications
from heliu.ground.errors import Refusal

GOOD = """
benchmark: LPR
source: {zh: 公告, en: Publication}
checked: read on the site
publications:
  - {published_on: 2026-02-24, quotes: {1Y: "0.0300"}}
  - {published_on: 2026-01-20, quotes: {1Y: "0.0310", 5Y: "0.0360"}}
"""
SAMPLE = Path(quote_file.__file__).parent / "feeds" / "sample.yaml"


def test_publications_are_read_by_day() -> None:
    first, second = parse("lpr.yaml", GOOD)
    assert (first.published_on, second.published_on) == (date(2026, 1, 20), date(2026, 2, 24))
    assert first.quotes == {"1Y": Decimal("0.0310"), "5Y": Decimal("0.0360")}
    assert first.verified


def test_the_sample_that_ships_is_read_and_verified_by_nobody() -> None:
    found = read_publications(SAMPLE)
    assert len(found) == 6
    assert not any(one.verified for one in found)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("benchmark: LPR", "benchmark: lpr", "benchmark"),
        ("checked: read on the site", "", "checked"),
        ('"0.0300"', "0.03", "quotes"),
        ('"0.0300"', '"3.00"', "quotes"),
        ('"0.0300"', '"NaN"', "quotes"),
        ("1Y", "one year", "quotes"),
        ("2026-02-24", "2026-02-30", "day is out of range"),
        ("2026-02-24", "2026-01-20", "2026-01-20 is published twice"),
        ("publications:", "published:", "published"),
        ("quotes: {1Y:", "quotes: {{1Y:", "line"),
    ],
)
def test_a_file_with_a_mistake_is_refused_whole(before: str, after: str, told: str) -> None:
    with pytest.raises(Refusal, match=told) as refused:
        parse("lpr.yaml", GOOD.replace(before, after, 1))
    assert refused.value.code == "rates.file_invalid"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.yaml", b""),
        ("latin.yaml", "benchmark: é".encode("latin-1")),
        ("long.yaml", b"#" * (MOST_BYTES + 1)),
        ("deep.yaml", b"[" * 100_000),
    ],
)
def test_what_is_no_file_of_quotes_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Refusal) as refused:
        read_publications(tmp_path / name)
    assert refused.value.code == "rates.file_invalid"


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="No such file"):
        read_publications(tmp_path / "gone.yaml")
