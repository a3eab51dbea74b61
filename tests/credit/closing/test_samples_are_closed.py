"""The sample folder, financed as it came in and closed day by day: what stands in it ties."""

from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path

import pytest
from tests.credit.closing.conftest import Bank

from heliu.app.bank import Bank as MoneyBank
from heliu.app.finance.run import finance
from heliu.credit.products.api import read_programme
from heliu.ground.actor import SYSTEM

FOLDER = Path(str(files("heliu") / "samples" / "trade"))


@pytest.mark.prove
def test_receivables_that_are_bought_paid_short_late_or_not_at_all_tie_every_day(
    bank: Bank,
) -> None:
    programmes = [read_programme(path) for path in sorted((FOLDER / "programmes").glob("*.yaml"))]
    money = MoneyBank(bank.database, bank.house.ledger, bank.clock, SYSTEM)
    day, before = date(2026, 5, 10), list[date]()
    while day < date(2026, 7, 5):
        bank.at(day)
        finance(money, [FOLDER / "documents"], programmes, day, lambda *_: None)
        # What was booked meanwhile does not change a day that is closed.
        assert all(closed.again for last in before for closed in bank.close(last))
        for closed in bank.close(day):
            bank.sound(closed.business_date)
        day, before = day + timedelta(days=8), [day]
    assert {row[0] for row in bank.positions(day - timedelta(days=8), "tier")} == {1, 2}
