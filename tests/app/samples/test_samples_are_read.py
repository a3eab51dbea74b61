"""The sample documents through every connector of the house: only what is broken is refused."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest

from heliu.app.samples.folder import documents, write_folder
from heliu.app.samples.plan import told
from heliu.app.samples.register import rows
from heliu.flows.confluence.api import CONNECTORS
from heliu.flows.intake.api import Blob, Kind, Reading, TradeDocument, blobs_from, read_blob

REGISTER = {row.number: row for row in rows()}
TRADES = {one.trade.invoice_no: one.trade for one in told()}


class Read(NamedTuple):
    """One file (or archive member) and what the connectors made of it."""

    path: str
    reading: Reading


@pytest.fixture(scope="module")
def readings(tmp_path_factory: pytest.TempPathFactory) -> list[Read]:
    """Every document of the samples, read; a member of an archive has its archive's path."""
    root = tmp_path_factory.mktemp("samples")
    write_folder(root)
    return [
        Read(_path(blob.file, root), read_blob(CONNECTORS, blob)[1])
        for blob in blobs_from([root / "documents"])
        if isinstance(blob, Blob)
    ]


def _path(file: str, root: Path) -> str:
    return file.split("!", maxsplit=1)[0].removeprefix(f"{root}/documents/")


def _documents(readings: Sequence[Read], kind: Kind) -> list[TradeDocument]:
    return [d for read in readings for d in read.reading.documents if d.kind is kind]


def _invoices(readings: Sequence[Read]) -> dict[str, TradeDocument]:
    """The invoices of the trades, without the rows of the register."""
    invoices = {d.number: d for d in _documents(readings, Kind.INVOICE)}
    return {number: d for number, d in invoices.items() if number not in REGISTER}


def test_exactly_the_planted_files_are_refused_and_by_their_defect(readings: list[Read]) -> None:
    refused = {
        read.path: read.reading.complaints[0].code for read in readings if read.reading.refused
    }
    planted = {file.path: file.refused for file in documents(told()) if file.refused}
    assert refused == planted


def test_nothing_else_is_even_complained_about(readings: list[Read]) -> None:
    complained = {read.path for read in readings if read.reading.complaints}
    assert complained == {file.path for file in documents(told()) if file.refused}


def test_every_trade_is_understood_as_its_invoice_says(readings: list[Read]) -> None:
    invoices = _invoices(readings)
    assert set(invoices) == set(TRADES)
    understood = {
        number: (d.totals.payable, d.seller.tax_id, d.buyer.tax_id, d.due_on, d.issued_on)
        for number, d in invoices.items()
    }
    assert understood == {
        number: (t.gross, t.supplier.uscc, t.buyer.uscc, t.due_on, t.invoice_date)
        for number, t in TRADES.items()
    }
    assert {number for number, d in invoices.items() if d.void} == {
        t.invoice_no for t in TRADES.values() if t.void
    }


def test_every_invoice_that_had_an_order_names_it(readings: list[Read]) -> None:
    named = {number: d.references.get("order", ()) for number, d in _invoices(readings).items()}
    assert named == {
        number: (trade.order_no,) * trade.has_order for number, trade in TRADES.items()
    }


def test_credit_notes_and_the_red_letter_name_the_invoice_they_take_from(
    readings: list[Read],
) -> None:
    credited = {d.references["invoice"][0] for d in _documents(readings, Kind.CREDIT_NOTE)}
    assert credited == {
        number for number, trade in TRADES.items() if trade.credit or trade.red_after is not None
    }


def test_the_kinds_of_all_four_flows_are_there(readings: list[Read]) -> None:
    kinds = Counter(d.kind for read in readings for d in read.reading.documents)
    assert kinds.keys() >= set(Kind) - {Kind.OTHER, Kind.REMITTANCE_ADVICE}


def test_only_the_broken_cold_chain_raises_an_alarm(readings: list[Read]) -> None:
    alarmed = {
        order
        for d in _documents(readings, Kind.LOGISTICS_EVENT)
        if d.observation and d.observation.sensor_alarms
        for order in d.references["order"]
    }
    assert alarmed == {trade.order_no for trade in TRADES.values() if trade.alarm}


def test_cash_comes_from_the_account_it_is_paid_from(readings: list[Read]) -> None:
    quoted = {
        d.cash.end_to_end_id: (d.cash.amount, d.cash.debtor.account)
        for d in _documents(readings, Kind.BANK_ENTRY)
        if d.cash and d.cash.end_to_end_id in TRADES
    }
    wrong = {n for n, (_, account) in quoted.items() if account != TRADES[n].buyer.account}
    assert wrong == {one.trade.invoice_no for one in told() if one.story == "wrong-payer"}
    short = {n for n, (amount, _) in quoted.items() if amount < TRADES[n].gross * Decimal("0.96")}
    assert {one.story for one in told() if one.trade.invoice_no in short} == {
        "short-delivery", "price-above-order", "credit-before", "credit-after", "short-payment",
    }  # fmt: skip


def test_every_row_of_the_register_is_an_invoice(readings: list[Read]) -> None:
    read = {
        d.number: (d.totals.payable, d.seller.tax_id, d.void)
        for d in _documents(readings, Kind.INVOICE)
        if d.number in REGISTER
    }
    assert read == {
        number: (row.net + row.tax, row.seller.uscc, row.void) for number, row in REGISTER.items()
    }
