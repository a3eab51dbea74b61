"""Tenor, invoices and events: the small pure parts of a voucher."""

from dataclasses import replace
from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.books.vouchers.house import CHIEF, NOON, TENOR, digest, issue, key, transfer, whole

from heliu.books.evidence.api import canonical_json
from heliu.books.vouchers.domain.decide import decide
from heliu.books.vouchers.domain.event import VoucherEvent, read_event, sealed
from heliu.books.vouchers.domain.invoice import Backing, basis_of
from heliu.books.vouchers.domain.register import Register
from heliu.books.vouchers.domain.tenor import months_after

days = st.dates(date(2000, 1, 1), date(2090, 1, 1))


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 3, 2), 6, date(2026, 9, 2)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 6, 30), 6, date(2026, 12, 30)),
    ],
)
def test_a_tenor_of_months_ends_on_the_same_day_or_the_months_last(
    day: date, months: int, later: date
) -> None:
    assert months_after(day, months) == later


@given(day=days, months=st.integers(0, 24))
def test_a_longer_tenor_never_ends_before_a_shorter_one(day: date, months: int) -> None:
    assert day <= months_after(day, months) <= months_after(day, months + 1)
    assert months_after(day, months).day <= day.day


def test_due_on_the_last_day_is_usual_and_a_day_later_is_not() -> None:
    assert TENOR.is_usual(date(2026, 3, 2), date(2026, 9, 2))
    assert not TENOR.is_usual(date(2026, 3, 2), date(2026, 9, 3))


@pytest.mark.parametrize(
    ("code", "number"),
    [
        ("3100223130", "08812345"),
        ("3100-223-130", " 0881 2345"),
        ("３１００２２３１３０", "0881_2345"),
        ("3100223130", "0881:2345"),
    ],
)
def test_one_invoice_is_one_however_it_is_written(code: str, number: str) -> None:
    assert Backing(code, number, "", 5, 5, digest("a")).key == "3100223130:08812345"


@pytest.mark.parametrize(
    ("code", "number"), [("3100223130", "08812346"), ("310022313", "008812345"), ("", "08812345")]
)
def test_another_code_or_number_is_another_invoice(code: str, number: str) -> None:
    assert Backing(code, number, "", 5, 5, digest("a")).key != "3100223130:08812345"


def test_the_basis_of_a_voucher_is_its_document_or_one_digest_of_all_in_any_order() -> None:
    one, other = (Backing("", n, "", 5, 5, digest(n)) for n in ("1", "2"))
    assert basis_of((one,)) == digest("1")
    assert basis_of((one, other)) == basis_of((other, one)) != basis_of((one, one))


def event() -> VoucherEvent:
    body = decide(Register(), issue(), CHIEF)
    return VoucherEvent(whole(), 1, key("V"), date(2026, 3, 2), "issuer", "clerk", NOON, body)


def test_an_event_is_read_back_from_its_canonical_text() -> None:
    assert read_event(event().payload()) == event()
    assert event().payload() == canonical_json(msgspec.json.decode(event().payload()))


def test_an_unknown_kind_of_event_is_not_read() -> None:
    with pytest.raises(KeyError):
        read_event(event().payload().replace(b'"drafted"', b'"dreamt"'))


def test_a_leaf_tells_nothing_without_the_salt_and_changes_with_every_bit() -> None:
    payload, salt, other = event().payload(), b"s" * 32, b"t" * 32
    assert sealed(salt, payload) != sealed(other, payload)
    assert sealed(salt, payload) != sealed(salt, payload + b" ")
    with pytest.raises(AssertionError):
        sealed(salt[:-1], salt[-1:] + payload)


def test_the_same_command_has_one_digest_and_another_content_another() -> None:
    asked = transfer(whole(), "MINE")
    assert asked.digest() == replace(asked).digest()
    assert asked.digest() != replace(asked, to="MILL").digest()
