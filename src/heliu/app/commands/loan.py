"""Commands on loans: products as data, contracts on them, what happens to them, what stands."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.table import Table

from heliu.app.bank import Bank, open_bank, open_database
from heliu.app.commands.loan_limit import limit
from heliu.app.commands.loan_product import product
from heliu.app.loan_file import (
    invalid,
    money_of,
    papers_of,
    read_acts,
    read_opens,
    read_stages,
)
from heliu.app.loan_settle import settle_files, tell_settled
from heliu.app.loan_sweep import sweep_files, tell_swept
from heliu.app.loan_view import amount as shown
from heliu.app.loan_view import draw, lines, tell, told
from heliu.app.options import AsJson
from heliu.app.say import json_document, out
from heliu.credit.engine.api import EventKind, Reversal
from heliu.credit.lending.api import (
    Act,
    Cancel,
    Funds,
    Moment,
    OpenApplied,
    Refund,
    agreed_payees,
    book,
    cancel,
    contract_unknown,
    enter_stages,
    glance,
    journal,
    listed,
    open_applied,
    open_contracts,
    refund,
)
from heliu.ground.clock import SystemClock
from heliu.ground.errors import Refusal
from heliu.ground.ids import uuid7
from heliu.ground.money import Money
from heliu.payments.orders.api import Payee

loan = typer.Typer(
    help="Loans: products as data, contracts, and what happens to them.", no_args_is_help=True
)
loan.add_typer(product, name="product")
loan.add_typer(limit, name="limit")

Key = Annotated[
    UUID | None, typer.Option(help="Makes the command happen once; default: a new one.")
]
On = Annotated[
    datetime | None,
    typer.Option("--on", formats=["%Y-%m-%d"], help="The day it counts from; default: today."),
]
Contract = Annotated[UUID, typer.Argument(help="The contract's id.")]
Amount = Annotated[str, typer.Argument(help="In major units, such as 1000.00.")]
From = Annotated[Funds, typer.Option("--from", help="Where the money comes from.")]
File = Annotated[Path, typer.Argument(help="YAML or JSON: one command, or a list of them.")]


def register(app: typer.Typer) -> None:
    """Add this family's commands to the command line."""
    app.add_typer(loan, name="loan")


@loan.command("open")
def open_(
    file: Annotated[
        Path | None, typer.Argument(help="YAML or JSON: one contract, or a list of them.")
    ] = None,
    *,
    application: Annotated[
        UUID | None, typer.Option(help="The completed application whose contract is opened.")
    ] = None,
    papers: Annotated[
        list[str] | None, typer.Option("--paper", help="With --application: KIND=DOCUMENT-ID.")
    ] = None,
    programme: Annotated[
        str | None, typer.Option(help="With --application: the programme it draws on.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Agree the contracts a file lists, or the one of an accepted application, as it was signed."""
    if (file is None) == (application is None):
        raise invalid("open", "name a file, or an application with --application")
    with open_bank() as bank:
        at = _moment(bank)
        if application is not None:
            asked = OpenApplied(application, programme, papers_of(papers or []))
            with bank.database.transaction() as tx:
                outcomes = open_applied(tx, bank.actor, [asked], at)
        elif file is not None:
            commands = read_opens(file, at.business_date, at.now)
            with bank.database.transaction() as tx:
                outcomes = open_contracts(tx, bank.actor, commands, at)
    tell(outcomes, as_json=as_json)


@loan.command("book")
def book_file(file: File, *, as_json: AsJson = False) -> None:
    """Book the acts a file lists, in order: a refusal refuses only its own act."""
    with open_bank() as bank:
        at = _moment(bank)
        acts = read_acts(file, at.business_date, at.now)
        with bank.database.transaction() as tx:
            outcomes = book(tx, bank.ledger, bank.actor, acts, at)
    tell(outcomes, as_json=as_json)


@loan.command("stage")
def stage_file(file: File, *, as_json: AsJson = False) -> None:
    """Enter the stages a file lists for the papers of contracts."""
    with open_bank() as bank:
        at = _moment(bank)
        commands = read_stages(file, at.business_date, at.now)
        with bank.database.transaction() as tx:
            outcomes = enter_stages(tx, bank.actor, commands, at)
    tell(outcomes, as_json=as_json)


@loan.command("disburse")
def disburse(
    contract: Contract,
    amount: Amount,
    *,
    on: On = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Draw money to the borrower's account with us; other currencies by a file of acts.

    It goes on to the payee at once where the contract's application agreed on one (受托支付).
    """
    drawn = money_of(amount, "CNY")
    _book(_Ask(contract, EventKind.DISBURSE, on, key, drawn), as_json=as_json)


@loan.command("repay")
def repay(  # noqa: PLR0913 - the fields of an act
    contract: Contract,
    amount: Amount,
    *,
    on: On = None,
    source: From = Funds.DEPOSIT,
    lots: Annotated[
        list[UUID] | None,
        typer.Option("--lot", help="Goods it is paid for, where the payer names what leaves."),
    ] = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Repay what is due, and more in advance; other currencies by a file of acts.

    Pledged goods leave as the product says, and their keeper is told.
    """
    paid = money_of(amount, "CNY")
    ask = _Ask(contract, EventKind.REPAY, on, key, paid, funds=source, lots=tuple(lots or ()))
    _book(ask, as_json=as_json)


@loan.command("pay-off")
def pay_off(
    contract: Contract,
    *,
    on: On = None,
    source: From = Funds.DEPOSIT,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Repay all that closes the loan that day."""
    _book(_Ask(contract, EventKind.PAY_OFF, on, key, funds=source), as_json=as_json)


@loan.command("reverse")
def reverse(
    contract: Contract,
    number: Annotated[int, typer.Argument(help="The number of the act that never happened.")],
    *,
    on: On = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Undo an act: everything after it is as if it had never been."""
    ask = _Ask(contract, EventKind.REVERSE, on, key, detail=Reversal(number))
    _book(ask, as_json=as_json)


@loan.command("refund")
def refund_(
    contract: Contract,
    amount: Annotated[str | None, typer.Argument(help="In CNY; default: all of it.")] = None,
    *,
    name: Annotated[str | None, typer.Option(help="The borrower, as his bank knows him.")] = None,
    account: Annotated[str | None, typer.Option(help="An account of the borrower's.")] = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Pay back what was overpaid: to where the last payment came from, or to --name's --account."""
    if (name is None) != (account is None):
        raise invalid("account", "--name and --account go together")
    to = Payee(name, account) if name is not None and account is not None else None
    money = None if amount is None else money_of(amount, "CNY")
    with open_bank() as bank:
        at = _moment(bank)
        command = Refund(key or uuid7(at.now), contract, money, to)
        with bank.database.transaction() as tx:
            (outcome,) = refund(tx, bank.ledger, bank.actor, [command], at)
    if isinstance(outcome, Refusal):
        raise outcome
    tell([outcome], as_json=as_json)


@loan.command("cancel")
def cancel_(
    contract: Contract,
    *,
    because: Annotated[str, typer.Option(help="Why, in 2 to 500 characters.")],
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """End a contract on which nothing was drawn: its invoices and goods are free again."""
    with open_bank() as bank:
        at = _moment(bank)
        command = Cancel(key or uuid7(at.now), contract, because)
        with bank.database.transaction() as tx:
            (outcome,) = cancel(tx, bank.actor, [command], at)
    if isinstance(outcome, Refusal):
        raise outcome
    tell([outcome], as_json=as_json)


@loan.command("settle")
def settle_(
    messages: Annotated[
        list[Path],
        typer.Argument(help="camt.054 or camt.053 files, or folders of them.", exists=True),
    ],
    *,
    as_json: AsJson = False,
) -> None:
    """Repay loans by the money that came in for them: the bank's entries that name one contract.

    An entry counts once, however often it is told. Exit 1 if one is left for a person.
    """
    with open_bank() as bank:
        settled = settle_files(bank, messages, _moment(bank))
    tell_settled(settled, as_json=as_json)


@loan.command("sweep")
def sweep_(
    takings: Annotated[
        list[Path],
        typer.Argument(help="CSV files of settlements, camt files, or folders.", exists=True),
    ],
    *,
    day: Annotated[
        datetime | None,
        typer.Option("--date", formats=["%Y-%m-%d"], help="Only what was settled on that day."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Repay advances by the agreed share of what merchants took, each settlement once.

    Exit 1 if one is left for a person.
    """
    with open_bank() as bank:
        swept = sweep_files(bank, takings, day.date() if day else None, _moment(bank))
    tell_swept(swept, as_json=as_json)


@loan.command("list")
def list_loans(
    *, most: Annotated[int, typer.Option("--most", min=1)] = 20, as_json: AsJson = False
) -> None:
    """The youngest contracts at a glance."""
    today = SystemClock().today()
    with open_database() as database, database.transaction() as tx:
        found = list(glance(tx, listed(tx, most), today).values())
    if as_json:
        json_document([told(one) for one in found])
        return
    drawn = Table("contract", "product", "status", "outstanding", "overdue", "matures")
    for one in found:
        head = one.head
        drawn.add_row(
            *(str(head.id), head.product, head.status, shown(one, head.outstanding)),
            *(shown(one, one.overdue), str(head.matures_on)),
        )
    out.print(drawn)


@loan.command("show")
def show(contract: Contract, *, on: On = None, as_json: AsJson = False) -> None:
    """One loan: where it stands, its plan, and what was booked of it."""
    day = on.date() if on else SystemClock().today()
    with open_database() as database, database.transaction() as tx:
        found = glance(tx, [contract], day).get(contract)
        rows = journal(tx, contract)
    if found is None:
        raise contract_unknown()
    booked = lines(rows)
    if as_json:
        json_document(told(found) | {"journal": booked})
        return
    draw(found, booked)


class _Ask:
    """One act as the command line asks for it."""

    def __init__(  # noqa: PLR0913 - the fields of an act
        self,
        contract: UUID,
        kind: EventKind,
        on: datetime | None,
        key: UUID | None,
        amount: Money | None = None,
        *,
        funds: Funds = Funds.DEPOSIT,
        detail: Reversal | None = None,
        lots: tuple[UUID, ...] = (),
    ) -> None:
        self.contract, self.kind, self.on, self.key = contract, kind, on, key
        self.amount, self.funds, self.detail, self.lots = amount, funds, detail, lots

    def act(self, at: Moment) -> Act:
        """The act, today unless another day was said."""
        return Act(
            key=self.key or uuid7(at.now),
            contract_id=self.contract,
            kind=self.kind,
            on=self.on.date() if self.on else at.business_date,
            amount=self.amount,
            detail=self.detail,
            funds=self.funds,
            lots=self.lots,
        )


def _book(ask: _Ask, *, as_json: bool) -> None:
    with open_bank() as bank:
        at = _moment(bank)
        with bank.database.transaction() as tx:
            payee = None
            if ask.kind is EventKind.DISBURSE:
                payee = agreed_payees(tx, [ask.contract]).get(ask.contract)
            act = replace(ask.act(at), payee=payee)
            (outcome,) = book(tx, bank.ledger, bank.actor, [act], at)
    if isinstance(outcome, Refusal):
        raise outcome
    tell([outcome], as_json=as_json)


def _moment(bank: Bank) -> Moment:
    return Moment(bank.clock.today(), bank.clock.now())
