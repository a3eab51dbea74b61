"""Canonical documents survive the body column to the last digit."""

from datetime import UTC
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.flows.intake.api import (
    Cash,
    Complaint,
    Kind,
    Line,
    Observation,
    PartyRef,
    Severity,
    Totals,
    TradeDocument,
    decode_document,
    encode_document,
)
from heliu.flows.intake.domain.codec import decode_complaints, encode_complaints, encode_facts
from heliu.ground.text import Text

words = st.text(max_size=12)
maybe = st.none() | words
decimals = st.decimals(allow_nan=False, allow_infinity=False)
parties = st.builds(PartyRef, maybe, maybe, maybe, maybe, maybe)
mappings = st.dictionaries(words, words, max_size=3)
lines = st.builds(
    Line,
    id=words,
    place=words,
    item_keys=mappings,
    unit=maybe,
    quantity=st.none() | decimals,
    short=st.none() | decimals,
    rejected=st.none() | decimals,
    oversupplied=st.none() | decimals,
    price=st.none() | decimals,
    price_base=decimals,
    net=st.none() | decimals,
    tax=st.none() | decimals,
    tax_rate=st.none() | decimals,
    order_id=maybe,
    order_line=maybe,
)
totals = st.builds(Totals, *[st.none() | decimals] * 8)
cash = st.builds(
    Cash,
    decimals,
    st.booleans(),
    st.booleans(),
    reversal=st.booleans(),
    account=maybe,
    debtor=parties,
    creditor=parties,
    end_to_end_id=maybe,
    bank_reference=maybe,
    remittance=maybe,
    value_on=st.none() | st.dates(),
    status=maybe,
    reason=maybe,
)
observations = st.builds(
    Observation,
    st.datetimes(timezones=st.just(UTC)),
    words,
    *[maybe] * 5,
    sensor_alarms=st.lists(words, max_size=2).map(tuple),
)
documents = st.builds(
    TradeDocument,
    kind=st.sampled_from(Kind),
    number=words,
    place=words,
    issued_on=st.none() | st.dates(),
    currency=maybe,
    seller=parties,
    buyer=parties,
    due_on=st.none() | st.dates(),
    void=st.booleans(),
    accepted=st.none() | st.booleans(),
    code=maybe,
    references=st.dictionaries(words, st.lists(words, max_size=2).map(tuple), max_size=3),
    lines=st.lists(lines, max_size=3).map(tuple),
    totals=totals,
    cash=st.none() | cash,
    observation=st.none() | observations,
    attributes=mappings,
)


@given(document=documents)
def test_a_document_comes_back_as_it_was_filed(document: TradeDocument) -> None:
    again = decode_document(encode_document(document))
    assert again == document
    # Equal decimals may be written differently; what was written is kept: 10.50 stays 10.50.
    assert [repr(line.net) for line in again.lines] == [repr(line.net) for line in document.lines]


def test_an_unset_document_comes_back_too() -> None:
    document = TradeDocument(Kind.OTHER, "1", "/", None)
    assert decode_document(encode_document(document).decode()) == document


def test_what_a_document_does_not_say_is_not_written() -> None:
    line = Line("1", "/1", {"name": "coke"}, net=Decimal("10.50"))
    document = TradeDocument(Kind.INVOICE, "7", "/", None, lines=(line,))
    assert msgspec.json.decode(encode_document(document)) == {
        "kind": "invoice",
        "number": "7",
        "place": "/",
        "issued_on": None,
        "seller": {},
        "buyer": {},
        "totals": {},
        "lines": [{"id": "1", "place": "/1", "item_keys": {"name": "coke"}, "net": "10.50"}],
    }


def test_amounts_are_strings_and_dates_iso_in_the_body() -> None:
    body = encode_facts({"net": Decimal("10.50"), "mixed": [Decimal(1)]})
    assert body == b'{"net":"10.50","mixed":["1"]}'


def test_what_is_no_trade_document_is_not_stored() -> None:
    with pytest.raises(NotImplementedError, match="object has no place"):
        encode_facts({"net": object()})
    with pytest.raises(msgspec.DecodeError):
        decode_document(b'{"kind":"spaceship"}')


def test_complaints_come_back_as_they_were() -> None:
    complaints = (
        Complaint("a.b", "/x", Text("坏", "bad")),
        Complaint("c.d", "line 7", Text("警", "odd"), Severity.FLAGGED),
    )
    assert decode_complaints(msgspec.json.decode(encode_complaints(complaints))) == complaints
