"""Floating rates are set once a contract and day, from that day on, and never by halves."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid5

import pytest

from heliu.books.ledger.api import Ledger
from heliu.credit.benchmarks.api import Moment as Taking
from heliu.credit.benchmarks.api import Publication, take_in
from heliu.credit.engine.api import EventKind, Restructure, Reversal
from heliu.credit.lending.api import (
    Act,
    Done,
    Funds,
    Moment,
    Open,
    Opened,
    book,
    lending_violations,
    open_contracts,
    standing,
)
from heliu.credit.limits.api import Axis, LineKey, set_limits
from heliu.credit.products.api import (
    CATALOGUE,
    propose_loan_product,
    read_loan_product,
    release_loan_product,
)
from heliu.credit.regulation.api import Profile
from heliu.credit.repricing.api import (
    Day,
    Repriced,
    Why,
    may_be_due,
    reprice,
    set_last,
    still_due,
)
from heliu.ground.actor import Actor
from heliu.ground.clock import FixedClock
from heliu.ground.db import Database
from heliu.ground.errors import Refusal
from heliu.ground.money import Money
from heliu.ground.text import Text
from heliu.parties.party.api import complete_uscc

BORROWER = complete_uscc("9112010112345678")
CLERK, OFFICER, NIGHT = Actor("clerk"), Actor("officer"), Actor("night")
OPENED, APR, JUL = date(2026, 2, 10), date(2026, 4, 1), date(2026, 7, 1)
FACTS = "SELECT kind, body FROM ground.fact WHERE kind LIKE 'credit.%repric%' ORDER BY position"


class House:
    """A bank with one floating product, and loans on it."""

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self.database, self.ledger = database, ledger
        with database.transaction() as tx:
            product, body = read_loan_product(CATALOGUE / "working_capital_floating.yaml")
            propose_loan_product(tx, CLERK, body, at(OPENED).now)
            release_loan_product(tx, OFFICER, product.code, product.version, at(OPENED).now)
            set_limits(tx, [(LineKey(Axis.SUPPLIER, BORROWER, "CNY"), Money(10**12))])

    def publishes(self, on: date, rate: str) -> None:
        one = Publication("LPR", on, {"1Y": Decimal(rate)}, Text("公告", "Publication"), None)
        with self.database.transaction() as tx:
            taking = Taking(date(2027, 1, 1), at(on).now, Profile.STANDARD)
            take_in(tx, CLERK, [one], taking)

    def opens(self, name: str, rate: str = "0.04", periods: int = 12) -> UUID | Refusal:
        command = Open(
            key=a_key(name),
            product="working-capital-floating",
            borrower_uscc=BORROWER,
            principal=Money(120_000_000),
            annual_rate=Decimal(rate),
            on=OPENED,
            periods=periods,
            inputs={"months_trading": 24, "purpose_stated": True},
        )
        with self.database.transaction() as tx:
            (opened,) = open_contracts(tx, CLERK, [command], at(OPENED))
        return opened.contract_id if isinstance(opened, Opened) else opened

    def lends(self, name: str = "loan") -> UUID:
        contract = self.opens(name)
        assert isinstance(contract, UUID), contract
        self.acts(contract, EventKind.DISBURSE, OPENED, 120_000_000)
        return contract

    def acts(
        self, contract: UUID, kind: EventKind, on: date, amount: int | None, **said: object
    ) -> Done:
        funds = Funds.DEPOSIT if kind is EventKind.DISBURSE else Funds.NOSTRO
        money = None if amount is None else Money(amount)
        key = a_key(f"{contract} {kind} {on} {amount} {said}")
        act = Act(key, contract, kind, on, money, funds=funds, **said)  # type: ignore[arg-type]
        with self.database.transaction() as tx:
            (done,) = book(tx, self.ledger, CLERK, [act], at(on))
        assert isinstance(done, Done), done
        return done

    def night(self, on: date, profile: Profile = Profile.STANDARD) -> Repriced:
        with self.database.transaction() as tx:
            numbers = may_be_due(tx, on)
            return reprice(tx, self.ledger, NIGHT, numbers, Day(on, at(on).now, profile))

    def interest(self, contract: UUID, on: date) -> list[int]:
        with self.database.transaction() as tx:
            (found,) = standing(tx, on, ids=[contract])
        return [row.interest for row in found.state.instalments]

    def facts(self) -> list[tuple[str, dict[str, object]]]:
        with self.database.transaction() as tx:
            return [(kind, body) for kind, body in tx.rows(FACTS)]

    def sound(self) -> None:
        with self.database.transaction() as tx:
            assert lending_violations(tx) == []


def at(on: date) -> Moment:
    return Moment(on, datetime(on.year, on.month, on.day, 2, tzinfo=UTC))


def a_key(name: str) -> UUID:
    return uuid5(UUID(int=7), name)


@pytest.fixture
def house(fresh: Database) -> Iterator[House]:
    with Ledger.open(fresh, FixedClock(at(OPENED).now)) as ledger:
        made = House(fresh, ledger)
        made.publishes(date(2026, 1, 20), "0.0310")
        yield made


def test_a_contract_is_priced_from_the_quote_of_the_day_it_is_opened(house: House) -> None:
    contract = house.lends()
    with house.database.transaction() as tx:
        (found,) = standing(tx, OPENED, ids=[contract])
    agreed = found.contract.terms.repricing
    assert agreed is not None
    assert (agreed.benchmark, agreed.tenor, agreed.spread) == ("LPR", "1Y", Decimal("0.009"))


@pytest.mark.parametrize(("rate", "field"), [("0.0259", "spread"), ("0.0811", "spread")])
def test_a_spread_beyond_the_product_is_refused(house: House, rate: str, field: str) -> None:
    refused = house.opens("loan", rate)
    assert isinstance(refused, Refusal)
    assert (refused.code, refused.facts["field"]) == ("lending.out_of_bounds", field)


def test_without_a_quote_nothing_is_priced_from_it(fresh: Database) -> None:
    with Ledger.open(fresh, FixedClock(at(OPENED).now)) as ledger:
        refused = House(fresh, ledger).opens("loan")
    assert isinstance(refused, Refusal)
    assert refused.code == "lending.no_quote"


def test_on_its_day_a_rate_is_set_and_the_borrower_is_told_what_is_due(house: House) -> None:
    contract = house.lends()
    house.publishes(date(2026, 3, 20), "0.0300")
    assert house.night(date(2026, 3, 31)) == Repriced((), ())
    (change,) = house.night(APR).changes
    assert (change.due.on, change.rate) == (APR, Decimal("0.039"))
    # 22 days at 4.00 %, 9 at 3.90 %; then 30 and 31 days at 3.90 % of 1,200,000.00
    assert house.interest(contract, APR)[:4] == [373_333, 410_333, 390_000, 403_000]
    ((kind, body),) = house.facts()
    assert (kind, body["rate_before"], body["rate"], body["parties"]) == (
        *("credit.contract_repriced.v1", "0.04", "0.039", [BORROWER]),
    )
    told = body["instalments"]
    assert isinstance(told, list)
    assert told[0] == {"due_on": "2026-04-10", "principal": 0, "interest": 410_333}
    assert len(told) == 11
    house.sound()


def test_the_same_day_again_sets_nothing(house: House) -> None:
    house.lends()
    house.publishes(date(2026, 3, 20), "0.0300")
    assert len(house.night(APR).changes) == 1
    assert house.night(APR) == Repriced((), ())
    assert house.night(date(2026, 6, 30)) == Repriced((), ())
    with house.database.transaction() as tx:
        assert [one.rate for one in set_last(tx, 10)] == [Decimal("0.039")]


def test_a_missing_quote_is_told_once_and_set_from_its_day_when_it_comes(house: House) -> None:
    contract = house.lends()
    (missed,) = house.night(APR).missed
    assert (missed.due.on, missed.why) == (APR, Why.NO_QUOTE)
    assert house.interest(contract, APR)[1] == 413_333
    house.night(APR + timedelta(days=1))
    assert [kind for kind, _ in house.facts()] == ["credit.repricing_missed.v1"]
    with house.database.transaction() as tx:
        assert [due.on for due in still_due(tx, APR)] == [APR]
    house.publishes(date(2026, 3, 20), "0.0300")
    assert len(house.night(APR + timedelta(days=2)).changes) == 1
    assert house.interest(contract, APR + timedelta(days=2))[1] == 410_333
    house.sound()


def test_production_sets_no_rate_by_a_quote_that_nobody_checked(house: House) -> None:
    house.lends()
    house.publishes(date(2026, 3, 20), "0.0300")
    (missed,) = house.night(APR, Profile.PRODUCTION).missed
    assert missed.why is Why.UNVERIFIED


def test_what_was_paid_since_the_day_stays_paid(house: House) -> None:
    contract = house.lends()
    house.publishes(date(2026, 3, 20), "0.0300")
    house.acts(contract, EventKind.REPAY, date(2026, 3, 10), 373_333)
    house.acts(contract, EventKind.REPAY, date(2026, 4, 2), 20_000_000)
    assert len(house.night(APR).changes) == 1
    with house.database.transaction() as tx:
        (found,) = standing(tx, date(2026, 4, 2), ids=[contract])
    paid = found.state.transactions[-1]
    # earned in 22 days at 4.00 % and one at 3.90 %
    assert (paid.interest, paid.amount) == (306_333, 20_000_000)
    house.sound()


def test_two_days_that_were_left_out_are_set_in_order(house: House) -> None:
    contract = house.lends()
    house.publishes(date(2026, 3, 20), "0.0300")
    house.publishes(date(2026, 6, 22), "0.0295")
    changes = house.night(JUL).changes
    assert [(one.due.on, one.rate) for one in changes] == [
        *((APR, Decimal("0.039")), (JUL, Decimal("0.0385")))
    ]
    with house.database.transaction() as tx:
        assert [one.rate_before for one in set_last(tx, 10)] == [Decimal("0.039"), Decimal("0.04")]
    assert house.interest(contract, JUL)[4] == 388_500


def test_a_loan_agreed_anew_floats_no_more_unless_that_is_taken_back(house: House) -> None:
    contract = house.lends()
    house.publishes(date(2026, 3, 20), "0.0300")
    detail = Restructure(12, Decimal("0.03"), date(2027, 4, 1))
    done = house.acts(contract, EventKind.RESTRUCTURE, date(2026, 3, 25), None, detail=detail)
    assert house.night(APR) == Repriced((), ())
    undo = Reversal(done.event_no)
    house.acts(contract, EventKind.REVERSE, date(2026, 3, 26), None, detail=undo)
    assert len(house.night(APR).changes) == 1


def test_a_loan_that_is_closed_is_left_alone(house: House) -> None:
    contract = house.lends()
    house.publishes(date(2026, 3, 20), "0.0300")
    house.acts(contract, EventKind.REPAY, date(2026, 3, 30), 130_000_000)
    assert house.night(APR) == Repriced((), ())


def test_one_night_sets_the_rates_of_all_that_are_due(house: House) -> None:
    for name in ("one", "two", "three"):
        house.lends(name)
    house.publishes(date(2026, 3, 20), "0.0300")
    assert len(house.night(APR).changes) == 3
