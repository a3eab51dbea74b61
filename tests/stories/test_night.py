"""A whole night: goods are valued, warnings watched, the day closed; and the same night again."""

from datetime import date, timedelta

from tests.stories.test_inventory_finance import DRAWN, EXCHANGE, LOT, secured
from tests.stories.test_post_loan_goods_in_pledge import FALLEN
from tests.stories.trade_papers import Bank

from heliu.app.bank import Bank as AppBank
from heliu.app.laws import examine_laws
from heliu.app.night import Night, nights
from heliu.ground.actor import SYSTEM
from heliu.oversight.monitoring.api import standing


def lived(bank: Bank, until: date) -> list[Night]:
    """The nights up to `until`, run on the morning after."""
    bank.clock.advance(timedelta(days=(until - bank.clock.today()).days + 1))
    house = AppBank(bank.database, bank.ledger, bank.clock, SYSTEM)
    return list(nights(house, until, lambda *_: None))


def test_a_night_values_watches_and_closes_and_may_be_run_again(bank: Bank) -> None:
    borrower, yard = secured(bank)
    yard.pledges(DRAWN, borrower, "280000.00", LOT)
    borrower.draws(DRAWN, "280000.00")
    (first,) = lived(bank, DRAWN)
    assert (first.appraised, first.watched.raised, first.closed.loans) == (1, 0, 1)
    yard.prices(FALLEN, EXCHANGE, "STEEL-HRC", "TNE", "3500.00")
    later = lived(bank, FALLEN)
    assert [night.closed.business_date for night in later][-1] == FALLEN
    assert sum(night.watched.raised for night in later) == 2
    with bank.database.transaction() as tx:
        assert {one.rule for one in standing(tx)} == {"price_fall", "margin_call"}
    house = AppBank(bank.database, bank.ledger, bank.clock, SYSTEM)
    (again,) = nights(house, FALLEN, lambda *_: None)
    assert again.closed.again
    assert again.closed.digest == later[-1].closed.digest
    assert again.watched.again
    with bank.database.transaction() as tx:
        assert [law.code for law in examine_laws(tx) if law.broken] == []
