"""`heliu loan settle`: files of bank messages repay the loans they name, and the rest is told."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from uuid import UUID

import pytest
import typer
from tests.credit.lending.conftest import CLERK, Bank, moment

from heliu.app.bank import Bank as Open
from heliu.app.finance.day import Day
from heliu.app.finance.day import settle as settle_day
from heliu.app.finance.run import file_items, policy
from heliu.app.laws import examine_laws
from heliu.app.loan_settle import settle_files, tell_settled
from heliu.app.samples.bank import Entry, notification, statement
from heliu.app.samples.firms import FIRMS
from heliu.books.ledger.api import Ledger
from heliu.credit.engine.api import Status
from heliu.credit.lending.api import Done, Refund, glance, refund
from heliu.credit.products.api import read_programme
from heliu.flows.confluence.api import Linker
from heliu.flows.intake.api import blobs_from, documents_since
from heliu.ground.clock import FixedClock
from heliu.ground.db import Database
from heliu.ground.money import Money
from heliu.payments.orders.api import orders_by_id

SAMPLE_PROGRAMME = Path(str(files("heliu") / "samples/trade/programmes/haihe-appliances.yaml"))
CORE, PAYER = FIRMS["HH"], FIRMS["HC"]
NOW = datetime(2026, 2, 5, 9, tzinfo=UTC)
TODAY = NOW.date()


@pytest.fixture
def drawn(fresh: Database) -> Iterator[tuple[Open, UUID]]:
    """An open bank with a loan of 100,000 yuan that falls due today."""
    clock = FixedClock(NOW)
    with Ledger.open(fresh, clock) as ledger:
        with fresh.transaction() as tx:
            small = Bank(tx, ledger)
            small.release("working_capital")
            small.room(10**12)
            loan = small.open("working-capital", principal=Money(100_000_00), periods=1)
            small.draw(loan, 100_000_00)
        yield Open(fresh, ledger, clock, CLERK), loan


def credit(amount: str, text: str) -> Entry:
    return Entry(CORE, PAYER, Decimal(amount), TODAY, text, None)


def test_a_folder_of_bank_messages_repays_what_it_names_and_tells_the_rest(
    drawn: tuple[Open, UUID], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bank, loan = drawn
    entries = [credit("100516.67", f"还款 {loan}"), credit("77.00", "INV 9")]
    (tmp_path / "a.xml").write_bytes(notification(entries))
    (tmp_path / "b.xml").write_bytes(statement(entries, TODAY, TODAY))  # the same money again
    (tmp_path / "c.xml").write_text("<a")
    settled = settle_files(bank, [tmp_path], moment(TODAY))
    with pytest.raises(typer.Exit):
        tell_settled(settled, as_json=True)
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(one["amount"], one["status"], one.get("code")) for one in told] == [
        ("100,516.67 CNY", "booked", None),
        ("77.00 CNY", "refused", "lending.cash_unmatched"),
        (None, "refused", "lending.cash_unusable"),
    ]
    with bank.database.transaction() as tx:
        assert glance(tx, [loan], TODAY)[loan].status is Status.CLOSED
    again = settle_files(bank, [tmp_path / "b.xml"], moment(TODAY))
    with pytest.raises(typer.Exit):
        tell_settled(again, as_json=False)
    assert "(as before)" in capsys.readouterr().out


def test_the_bank_that_lives_through_messages_repays_contracts_by_name_and_books_no_cash_twice(
    drawn: tuple[Open, UUID], tmp_path: Path
) -> None:
    bank, loan = drawn
    programme = read_programme(SAMPLE_PROGRAMME)
    day = Day(bank.ledger, CLERK, Linker([]), {programme.buyer_uscc: programme}, policy())
    (tmp_path / "a.xml").write_bytes(
        notification([credit("100516.67", f"还款 {loan}"), credit("77.00", "INV 9")])
    )
    file_items(bank, list(blobs_from([tmp_path], "folder")))
    for _ in range(2):
        with bank.database.transaction() as tx:
            documents = [filed for _, filed in documents_since(tx, 0)]
            settle_day(tx, day, TODAY, documents, NOW)
    settle_files(bank, [tmp_path], moment(TODAY))
    with bank.database.transaction() as tx:
        assert glance(tx, [loan], TODAY)[loan].status is Status.CLOSED
        assert tx.rows("SELECT amount, unapplied FROM credit.cash") == [(7700, 7700)]
        assert [law.code for law in examine_laws(tx) if law.broken] == []


def test_what_a_payer_sent_too_much_goes_back_to_the_account_his_bank_named(
    drawn: tuple[Open, UUID], tmp_path: Path
) -> None:
    bank, loan = drawn
    (tmp_path / "a.xml").write_bytes(notification([credit("100600.00", f"还款 {loan}")]))
    settle_files(bank, [tmp_path], moment(TODAY))
    with bank.database.transaction() as tx:
        command = Refund(UUID(int=9), loan)
        (done,) = refund(tx, bank.ledger, CLERK, [command], moment(TODAY))
        assert isinstance(done, Done)
        assert done.payment_id is not None
        order = orders_by_id(tx, [done.payment_id])[done.payment_id].order
        assert (order.amount, order.payee.account) == (Money(83_33), PAYER.account)
        assert glance(tx, [loan], TODAY)[loan].status is Status.CLOSED
        assert [law.code for law in examine_laws(tx) if law.broken] == []
