"""Acts of servicing on real books: once by key, each alone, guarded by the database."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import LiteralString
from uuid import UUID

import psycopg
import pytest
from tests.credit.loans.receivables import (
    DISCOUNT,
    DUE,
    LATE,
    OFFICER,
    OPENED,
    OUTRIGHT,
    SECOND,
    Receivables,
    at,
    opened,
)

from heliu.books.evidence.api import prove_inclusion
from heliu.books.ledger.api import Ledger
from heliu.credit.loans.api import (
    ActKind,
    CaseKind,
    EventKind,
    LoanAct,
    Serviced,
    Source,
    journal_of,
    loan_file,
    waiting,
)
from heliu.decisions.verdicts.api import Profile
from heliu.ground.clock import FixedClock
from heliu.ground.db import Database
from heliu.ground.errors import Refusal
from heliu.ground.ids import derived_id
from heliu.ground.money import Money

DAY = timedelta(1)
NOBODY = UUID(int=404)


@pytest.fixture(scope="module")
def bank(told: Database) -> Iterator[Receivables]:
    clock = FixedClock(at(OPENED, 1))
    with Ledger.open(told, clock) as ledger:
        yield opened(told, ledger, clock)


def act(name: str, loan: UUID, kind: ActKind, **said: object) -> LoanAct:
    return LoanAct(derived_id("test act", name), loan, kind, "agreed", **said)  # type: ignore[arg-type]


def codes(outcomes: object) -> list[str]:
    assert isinstance(outcomes, list)
    return [one.code if isinstance(one, Refusal) else one.event.kind.value for one in outcomes]


def test_a_batch_answers_each_act_in_order_and_a_refusal_refuses_only_its_own(
    bank: Receivables,
) -> None:
    one, two = bank.lend(DISCOUNT), bank.lend(OUTRIGHT)
    off = act("off", one.id, ActKind.WRITE_OFF, proposed_by=OFFICER.id)
    back = act("back", one.id, ActKind.RECOVER, source=Source.NOSTRO, amount=Money(7))
    asked = [
        act("nobody", NOBODY, ActKind.BUY_BACK, source=Source.NOSTRO),
        off,
        act("outright", two.id, ActKind.BUY_BACK, source=Source.NOSTRO),
        back,
        off,
        replace(off, reason="another"),
        act("alone", two.id, ActKind.WRITE_OFF),
    ]
    answered = [
        *("loans.loan_unknown", "written_off", "loans.without_recourse", "recovered"),
        *("written_off", "loans.key_reused", "loans.second_person"),
    ]
    first = bank.does(LATE, *asked)
    again = bank.does(LATE + 9 * DAY, *asked)
    assert codes(first) == codes(again) == answered
    assert [one.again for one in again if isinstance(one, Serviced)] == [True] * 3
    assert bank.does(LATE) == []
    bank.sound()
    with bank.database.transaction() as tx:
        file = loan_file(tx, one.id)
        for key in (off.key, back.key):
            assert prove_inclusion(tx, key).leaf.kind == "loan_event"
        told = tx.rows(
            "SELECT body ->> 'kind' FROM ground.fact WHERE kind = 'credit.loan_serviced.v1'"
        )
    assert [file.acts[no].proposed_by for no in (2, 3)] == [OFFICER.id, None]
    assert sorted(kind for (kind,) in told) == ["recovered", "written_off"]


def test_a_supplier_without_money_on_his_account_cannot_be_set_off(bank: Receivables) -> None:
    loan = bank.lend(3)
    buy = act("poor", loan.id, ActKind.BUY_BACK, source=Source.DEPOSIT)
    (refused,) = bank.does(LATE, buy)
    assert isinstance(refused, Refusal)
    assert refused.code.startswith("ledger.")
    assert codes(bank.does(LATE, buy)) == [refused.code]
    bank.sound()


def test_the_suppliers_residuals_on_his_account_pay_his_buy_back(bank: Receivables) -> None:
    paid, bought = bank.lend(1), bank.lend(7)
    assert paid.supplier_uscc == bought.supplier_uscc
    residual = bank.receives(DUE, paid, 1_000_000).repaid[0].allocation.residual
    assert residual.minor > 0
    bank.receives(DUE, bought, 800_000)
    used = bank.in_use(bought)
    debt = bank.debt(bought, LATE).total
    buy = act("set off", bought.id, ActKind.BUY_BACK, source=Source.DEPOSIT)
    (done,) = bank.does(LATE, buy, by=OFFICER)
    assert isinstance(done, Serviced), done
    assert done.event.principal + done.event.interest == debt.minor
    assert bank.in_use(bought) == used - done.event.principal
    with bank.database.transaction() as tx:
        lines = journal_of(tx, done.transfers)
    assert {line.debit.split(":")[0] for line in lines} == {"interest_receivable", "supplier"}
    bank.sound()


def test_a_receipt_in_suspense_pays_a_buy_back_once(bank: Receivables) -> None:
    loan, other = bank.lend(4), bank.lend(10)
    settled = bank.receives(LATE, loan, 950_000, payer="THE SUPPLIER'S BANK")
    assert [case.kind for case in settled.cases] == [CaseKind.WRONG_PAYER]
    receipt = settled.cash.id
    said = {"source": Source.RECEIPT, "receipt": receipt}
    asked = [act("first", loan.id, ActKind.BUY_BACK, **said)]
    asked += [act("second", other.id, ActKind.BUY_BACK, **said)]
    asked += [act("none", other.id, ActKind.BUY_BACK, source=Source.RECEIPT, receipt=NOBODY)]
    done = bank.does(LATE, *asked)
    assert codes(done) == ["bought_back", "loans.receipt_short", "loans.receipt_short"]
    assert codes(bank.does(LATE, asked[1])) == ["loans.receipt_short"]
    debt = Money(
        sum((e.event.principal + e.event.interest) for e in done if isinstance(e, Serviced))
    )
    with bank.database.transaction() as tx:
        left = {one.id: one.left for one in waiting(tx)}
    assert left[receipt] == Money(950_000) - debt
    bank.sound()


def test_cash_of_the_buyer_after_the_write_off_is_a_recovery_with_its_own_proof(
    bank: Receivables,
) -> None:
    loan = bank.lend(5)
    used = bank.in_use(loan)
    off = act("then paid", loan.id, ActKind.WRITE_OFF, proposed_by=OFFICER.id)
    assert codes(bank.does(LATE, off)) == ["written_off"]
    assert bank.in_use(loan) == used
    lost = bank.debt(loan, LATE).lost
    settled = bank.receives(LATE + 2 * DAY, loan, 1_000_000)
    (repaid,) = settled.repaid
    assert repaid.event.kind is EventKind.RECOVERED
    assert repaid.allocation.residual == Money(1_000_000) - lost
    assert bank.debt(loan, LATE + 2 * DAY).lost == Money(0)
    assert bank.in_use(loan) == used - loan.principal.minor
    bank.sound()


def test_unread_rules_refuse_an_extension_in_production_and_nothing_else(
    bank: Receivables,
) -> None:
    loan = bank.lend(9)
    strict = replace(bank, profile=Profile.PRODUCTION)
    extend = act("strict", loan.id, ActKind.EXTEND, until=DUE + 30 * DAY)
    buy = act("strict buy", loan.id, ActKind.BUY_BACK, source=Source.NOSTRO)
    assert codes(strict.does(DUE, extend, buy)) == ["regulation.unverified", "bought_back"]


EVENT: LiteralString = """
INSERT INTO credit.loan_event
  (loan_id, no, kind, business_date, principal, interest, claim_change, cause_id, transfers,
   recorded_at)
SELECT %(loan)s, 2, x.kind, '2026-09-09', x.principal, 0, 0, %(loan)s, '{}', now() FROM """
ACT: LiteralString = """
INSERT INTO credit.loan_act
  (key, digest, loan_id, event_no, kind, source, cash_id, amount, reason, proposed_by, recorded_at,
   recorded_by)
SELECT '00000000-0000-0000-0000-000000000001', sha256(''), %(loan)s, 1, x.kind, x.source,
  %(receipt)s, 1, 'x', x.proposed_by, now(), 'me' FROM """
BREACHES: list[tuple[LiteralString, str]] = [
    (EVENT + "(VALUES ('written_off', 900000000)) AS x (kind, principal)", "beyond what is open"),
    (EVENT + "(VALUES ('recovered', 1)) AS x (kind, principal)", "beyond what is open"),
    (EVENT + "(VALUES ('bought_back', 1)) AS x (kind, principal)", "without recourse"),
    (EVENT + "(VALUES ('extended', 0)) AS x (kind, principal)", "loan_event_extended"),
    (EVENT + "(VALUES ('write_off_reversed', 0)) AS x (kind, principal)", "loan_event_undone"),
    (
        ACT + "(VALUES ('write_off', NULL, NULL)) AS x (kind, source, proposed_by)",
        "loan_act_proposed",
    ),
    (
        ACT + "(VALUES ('write_off', NULL, 'me')) AS x (kind, source, proposed_by)",
        "loan_act_two_persons",
    ),
]


@pytest.mark.parametrize(("breach", "law"), BREACHES)
def test_the_database_itself_refuses_what_breaks_a_law(
    bank: Receivables, breach: LiteralString, law: str
) -> None:
    loan = bank.lend(11)
    with (
        pytest.raises(psycopg.errors.IntegrityError, match=law),
        bank.database.transaction() as tx,
    ):
        tx.run(breach, {"loan": loan.id, "receipt": None})
        tx.run("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_database_lets_no_receipt_be_used_beyond_what_waits(bank: Receivables) -> None:
    loan = bank.lend(8)
    receipt = bank.receives(DUE, loan, 4_000, payer="SUPPLIER").cash.id
    off = act("guard off", loan.id, ActKind.WRITE_OFF, proposed_by=OFFICER.id)
    said = {"source": Source.RECEIPT, "receipt": receipt, "amount": Money(4_000)}
    back = act("guard back", loan.id, ActKind.RECOVER, **said)
    assert codes(bank.does(LATE, off, back, by=SECOND)) == ["written_off", "recovered"]
    more = ACT + "(VALUES ('recover', 'receipt', NULL)) AS x (kind, source, proposed_by)"
    with (
        pytest.raises(psycopg.errors.CheckViolation, match="beyond what waits"),
        bank.database.transaction() as tx,
    ):
        tx.run(more, {"loan": loan.id, "receipt": receipt})
        tx.run("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_loan_nobody_knows_has_no_file(bank: Receivables) -> None:
    with (
        pytest.raises(Refusal, match=r"loans\.loan_unknown|no such loan"),
        bank.database.transaction() as tx,
    ):
        loan_file(tx, NOBODY)
