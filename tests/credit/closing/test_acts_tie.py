"""Whatever is done to a loan, the night after it sub-ledger and general ledger say the same."""

from datetime import date, timedelta
from decimal import Decimal

from tests.credit.closing.conftest import Bank

from heliu.credit.engine.api import (
    Charge,
    EventKind,
    Extension,
    InterestPause,
    RateChange,
    Reschedule,
    Restructure,
)

LOAN, LINE, REVOLVING = "instalment-equal-instalment", "working-capital", "credit-line"
FEB = date(2026, 2, 5)
LATE = date(2026, 2, 16)


def test_acts_of_every_kind_tie_the_night_after(bank: Bank) -> None:
    bank.release("working_capital", "instalment_equal_instalment", "credit_line")
    loans = [bank.lend(LINE, 1_000_000) for _ in range(8)]
    line = bank.lend(REVOLVING, 500_000)
    bank.close(FEB)
    bank.sound(FEB)
    fee = Charge(due_on=LATE, is_penalty=False, name="survey")
    bank.act(loans[0], EventKind.ADD_CHARGE, LATE, 300_00, detail=fee)
    bank.act(loans[1], EventKind.RATE_CHANGE, LATE, detail=RateChange(Decimal("0.055")))
    bank.act(loans[2], EventKind.EXTEND, LATE, detail=Extension(3))
    new = Restructure(12, Decimal("0.045"), date(2027, 3, 1))
    bank.act(loans[3], EventKind.RESTRUCTURE, LATE, detail=new)
    bank.act(loans[4], EventKind.INTEREST_PAUSE, LATE, detail=InterestPause(date(2026, 2, 20)))
    moved = Reschedule(date(2026, 3, 5), date(2026, 3, 15))
    bank.act(loans[5], EventKind.RESCHEDULE, LATE, detail=moved)
    bank.act(loans[6], EventKind.WRITE_OFF, LATE)
    bank.act(loans[7], EventKind.REPAY, LATE, 2_000_000_00)
    bank.act(line, EventKind.REPAY, LATE, 200_000_00)
    for closed in bank.close(LATE + timedelta(days=1))[-2:]:
        bank.sound(closed.business_date)
    bank.act(loans[6], EventKind.RECOVER, LATE + timedelta(days=2), 50_000_00)
    bank.act(line, EventKind.DISBURSE, LATE + timedelta(days=2), 100_000_00)
    for closed in bank.close(date(2026, 3, 17))[-28:]:
        bank.sound(closed.business_date)
