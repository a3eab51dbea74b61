"""The goods book: what ships is sound, and a bad book says where."""

import pytest
from tests.credit.collateral.yard import BOOK

from heliu.credit.collateral.api import read_book, shipped_book
from heliu.ground.errors import Refusal


def test_the_shipped_book_lends_less_on_older_goods() -> None:
    book = shipped_book()
    assert book.version >= 1
    assert {"STEEL-HRC", "CAR-SEDAN"} <= set(book.policies)
    assert book.policies["STEEL-HRC"].keeps_days == 360


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        (BOOK, "a: [", "/"),
        (BOOK, "goods: {}", "/"),
        (BOOK, "version: 1\ngoods: []", "/goods"),
        ("version: 7", "version: -1", "/version"),
        ("version: 7", "version: true", "/version"),
        ("unit: TNE", "unit: ''", "/goods/STEEL"),
        ("unit: TNE", "weight: TNE", "/goods/STEEL"),
        ("whole_units: true", "whole_units: 1", "/goods/APPLE/whole_units"),
        ("wild_bp: 1000", "wild_bp: 1.5", "/goods/STEEL/wild_bp"),
        ("doubt_bp: 1000", "doubt_bp: 10001", "/goods/STEEL/doubt_bp"),
        ("[{under_days: 30, rate_bp: 4000}]", "[]", "/goods/APPLE/haircuts"),
        ("{under_days: 30, rate_bp: 4000}", "{days: 30}", "/goods/APPLE/haircuts/0"),
        ("rate_bp: 4000", "rate_bp: 10000", "/goods/APPLE/haircuts/0/rate_bp"),
        ("under_days: 180", "under_days: 90", "/goods/STEEL/haircuts/1"),
        ("rate_bp: 5000", "rate_bp: 1999", "/goods/STEEL/haircuts/1"),
    ],
)
def test_a_bad_book_is_refused_with_the_place(old: str, new: str, place: str) -> None:
    assert old in BOOK
    with pytest.raises(Refusal) as refused:
        read_book(BOOK.replace(old, new))
    assert refused.value.facts["place"] == place
