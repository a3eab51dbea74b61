"""What a bank clerk does in the stories of products: agree, draw, repay, and keep collateral."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from tests.stories.trade_papers import Bank, an_id, at, deposit, filed, place, priced, stored

from heliu.app.samples.firms import Firm
from heliu.credit.collateral.api import (
    Answer,
    CoverTerms,
    GoodsBook,
    Instruction,
    InstructionKind,
    Lot,
    Offer,
    Pledge,
    Stored,
    Verify,
    answer,
    instructions,
    offer,
    pledge,
    price_of,
    take_prices,
    verify,
    violations,
)
from heliu.credit.collateral.events import Pledged
from heliu.credit.discounting.api import violations as discount_violations
from heliu.credit.engine.api import EventKind, quote
from heliu.credit.lending.api import (
    Act,
    Done,
    Entered,
    EnterStage,
    Funds,
    Moment,
    Open,
    Opened,
    Standing,
    book,
    contract_id,
    enter_stages,
    lending_violations,
    open_contracts,
    standing,
)
from heliu.credit.limits.api import Axis, LineKey, set_limits
from heliu.ground.actor import Actor
from heliu.ground.errors import Refusal
from heliu.ground.money import Money

CLERK, OFFICER = Actor("clerk"), Actor("officer")


@dataclass(slots=True)
class Borrower:
    """One borrower's contract on one product of the catalogue."""

    bank: Bank
    firm: Firm
    product: str
    name: str

    @property
    def contract(self) -> UUID:
        """The contract's id, known before it is opened: collateral is pledged for it."""
        return contract_id(an_id(self.name))

    def may_owe(self, amount: str) -> None:
        """The borrower's own limit."""
        with self.bank.on(self.bank.clock.today()) as tx:
            key = LineKey(Axis.SUPPLIER, self.firm.uscc, "CNY")
            set_limits(tx, [(key, Money.of(amount))])

    def opens(self, on: date, principal: str, rate: str, **said: Any) -> Opened | Refusal:
        """Agree the contract."""
        command = Open(
            an_id(self.name),
            self.product,
            self.firm.uscc,
            Money.of(principal),
            Decimal(rate),
            on,
            **said,
        )
        with self.bank.on(on) as tx:
            (opened,) = open_contracts(tx, CLERK, [command], Moment(on, at(on)))
        return opened

    def acts(self, on: date, kind: EventKind, amount: str | None, **said: Any) -> Done | Refusal:
        """Book one act of the day."""
        key = an_id(f"{self.name} {kind} {on} {amount}")
        money = Money.of(amount) if amount else None
        act = Act(key, self.contract, kind, on, money, **said)
        with self.bank.on(on) as tx:
            (done,) = book(tx, self.bank.ledger, CLERK, [act], Moment(on, at(on)))
        return done

    def draws(self, on: date, amount: str, **said: Any) -> Done | Refusal:
        """Draw."""
        return self.acts(on, EventKind.DISBURSE, amount, **said)

    def repays(
        self, on: date, amount: str, funds: Funds = Funds.DEPOSIT, *, lots: tuple[UUID, ...] = ()
    ) -> Done | Refusal:
        """Repay from the borrower's account, or with money that came from outside."""
        return self.acts(on, EventKind.REPAY, amount, funds=funds, lots=lots)

    def enters(self, on: date, stage: str, base: str | None = None, **papers: UUID) -> Entered:
        """The papers move on."""
        command = EnterStage(
            an_id(f"{self.name} {stage}"),
            self.contract,
            stage,
            on,
            {kind: (paper,) for kind, paper in papers.items()},
            Money.of(base) if base else None,
        )
        with self.bank.on(on) as tx:
            (entered,) = enter_stages(tx, CLERK, [command], Moment(on, at(on)))
        assert isinstance(entered, Entered), entered
        return entered

    def standing(self, on: date) -> Standing:
        """Where the contract stands at the end of a day."""
        with self.bank.on(on) as tx:
            (found,) = standing(tx, on, ids=[self.contract])
        return found

    def moved(self) -> dict[tuple[str, str], Money]:
        """What the journal moved in all from credit role to debit role; `own` is his account."""
        sums: dict[tuple[str, str], int] = defaultdict(int)
        for debit, credit, amount in self.bank.journal():
            sums[self._role(debit), self._role(credit)] += amount
        return {sides: Money(amount) for sides, amount in sums.items()}

    def _role(self, account: str) -> str:
        if account == deposit(self.firm):
            return "own"
        return account.removesuffix(":CNY").rsplit(":", 1)[-1]

    def owes(self, on: date) -> Money:
        """What closes the contract on a day."""
        found = self.standing(on)
        closing = quote(found.contract.terms, found.events, on).total
        return Money(closing, found.contract.currency)


@dataclass(slots=True)
class Yard:
    """A keeper's warehouse, as the bank sees it."""

    bank: Bank
    keeper: Firm
    book: GoodsBook

    def keeps(self, on: date, *lots: Lot) -> list[Stored]:
        """The keeper's events say that lots went into store; offered and verified by two people."""
        with self.bank.on(on) as tx:
            papers = filed(
                tx,
                on,
                *(
                    stored(
                        self.keeper, lot.receipt_no, lot.item, lot.quantity_milli // 1000,
                        lot.unit, on,
                    )
                    for lot in lots
                ),
            )  # fmt: skip
            offer(tx, CLERK, [Offer(lot, on) for lot in lots], self.book, at(on))
            commands = [
                Verify(lot.id, paper, self.keeper.uscc, on)
                for lot, paper in zip(lots, papers, strict=True)
            ]
            answers = verify(tx, OFFICER, commands, at(on))
        assert all(isinstance(found, Stored) for found in answers), answers
        return [found for found in answers if isinstance(found, Stored)]

    def pledges(self, on: date, borrower: Borrower, financed: str, *lots: Lot) -> None:
        """Lots are pledged for the borrower's contract, and the keeper acknowledges."""
        terms = CoverTerms(required_bp=10_000, trigger_bp=9_500, stop_bp=9_000, cure_days=3)
        command = Pledge(
            an_id(f"pledge {borrower.name} {on}"),
            borrower.contract,
            borrower.firm.uscc,
            Money.of(financed),
            terms,
            tuple(lot.id for lot in lots),
            on,
        )
        with self.bank.on(on) as tx:
            (pledged,) = pledge(tx, CLERK, [command], at(on))
            assert isinstance(pledged, Pledged), pledged
        for hold in self.told(borrower, InstructionKind.HOLD):
            self.answers(on, hold)

    def answers(self, on: date, told: Instruction) -> None:
        """The keeper carries an instruction out."""
        said = Answer(told.id, self.keeper.uscc, accepted=True,
                      quantity_milli=told.quantity_milli, on=on)  # fmt: skip
        with self.bank.on(on) as tx:
            assert not isinstance(answer(tx, CLERK, [said], at(on))[0], Refusal)

    def told(self, borrower: Borrower, kind: InstructionKind) -> list[Instruction]:
        """What the keeper was told to do, of one kind."""
        with self.bank.on(self.bank.clock.today()) as tx:
            found = instructions(tx, contracts=[borrower.contract]).values()
        return [told for told in found if told.kind is kind]

    def prices(self, on: date, source: Firm, goods: str, unit: str, price: str) -> None:
        """The price of a day, as its source's message says it."""
        with self.bank.on(on) as tx:
            (document,) = filed(tx, on, priced(source, goods, unit, price, on))
            take_prices(tx, [price_of(document.document)], self.book, on, at(on))


def a_lot(owner: Firm, keeper: Firm, on: date, **said: Any) -> Lot:
    """A lot in the keeper's store."""
    return Lot(
        owner_uscc=owner.uscc,
        custodian_uscc=keeper.uscc,
        place=place(keeper),
        receipt_line=1,
        currency="CNY",
        stored_on=on,
        **said,
    )


def assert_sound(bank: Bank) -> None:
    """Every law of the desks the stories walk through holds."""
    with bank.on(bank.clock.today() + timedelta(0)) as tx:
        assert violations(tx) == []
        assert discount_violations(tx) == []
        assert lending_violations(tx) == []
