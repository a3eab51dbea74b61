"""One meaning, one sequence of bytes."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.books.evidence.api import NotCanonical, Plain, canonical_json, plain
from heliu.ground.text import Text

BEIJING = timezone(timedelta(hours=8))


class Colour(StrEnum):
    RED = "red"


plains: st.SearchStrategy[Plain] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": None}, '{"a":null,"b":1}'),
        (MappingProxyType({"合": True}), '{"合":true}'),
        (Decimal("0.80"), '"0.8"'),
        (Decimal("1E+2"), '"100"'),
        (Decimal("-0.000"), '"0"'),
        (Decimal("-12.500"), '"-12.5"'),
        (date(2026, 6, 1), '"2026-06-01"'),
        (datetime(2026, 6, 1, 8, tzinfo=BEIJING), '"2026-06-01T00:00:00.000000Z"'),
        (UUID(int=7), '"00000000-0000-0000-0000-000000000007"'),
        (b"\x0f", '"0f"'),
        (Colour.RED, '"red"'),
        ((1, 2**70), "[1,1180591620717411303424]"),
        (Text("是", "yes"), '["是","yes"]'),
        ('\x00\x1f\n"\\/', '"\\u0000\\u001f\\n\\"\\\\/"'),
    ],
)
def test_a_value_has_one_text(value: object, text: str) -> None:
    assert canonical_json(value).decode() == text


@pytest.mark.parametrize(
    "value",
    [
        1.5,
        {"deep": [float("nan")]},
        Decimal("NaN"),
        Decimal("Infinity"),
        Decimal("1E+1000000"),
        Decimal("1E-65"),
        Decimal("1." + "0" * 80 + "1"),
        datetime(2026, 6, 1),  # noqa: DTZ001 - the naive instant is the point
        {1: "a number is no key"},
        "\ud800",
        object(),
        {1, 2},
    ],
)
def test_what_has_no_exact_form_is_a_bug(value: object) -> None:
    with pytest.raises(NotCanonical):
        canonical_json(value)


@given(plains)
def test_canonical_json_is_the_sorted_compact_json_of_everybody(value: Plain) -> None:
    theirs = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    ours = canonical_json(value)
    assert ours == theirs.encode()
    assert plain(json.loads(ours)) == value


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6), st.integers(0, 8))
def test_equal_decimals_have_equal_bytes(value: Decimal, zeros: int) -> None:
    longer = Decimal(f"{value:f}" + "0" * zeros)
    assert canonical_json(value) == canonical_json(longer)
    assert Decimal(json.loads(canonical_json(value))) == value


def test_an_instant_has_the_same_bytes_in_every_zone() -> None:
    at = datetime(2026, 6, 1, tzinfo=UTC)
    assert canonical_json(at) == canonical_json(at.astimezone(BEIJING))
