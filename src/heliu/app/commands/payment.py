"""Commands on payments that need a person: see the cases, rule, release a ruling, close a case."""

from collections.abc import Mapping
from typing import Annotated, Any, Final
from uuid import UUID

import typer
from rich.table import Table

from heliu.app.bank import open_bank, open_database
from heliu.app.options import AsJson, AsOption, acting
from heliu.app.say import json_document, out, plain, two, word
from heliu.ground.clock import SystemClock
from heliu.payments.orders.api import (
    PaymentCase,
    PaymentOrder,
    Ruling,
    State,
    close_case,
    open_cases,
    orders_by_id,
    propose_ruling,
    release_ruling,
    rulings_on,
)

Because = Annotated[str, typer.Option(help="What it rests on: a statement, a bank's reply.")]
payment: Final = typer.Typer(
    help="Payments that need a person: rule on what the rail left open, and close cases.",
    no_args_is_help=True,
)


def register(app: typer.Typer) -> None:
    """Add this family's commands to the command line."""
    app.add_typer(payment, name="payment")


@payment.command()
def cases(*, as_json: AsJson = False) -> None:
    """List what a person must look at, oldest first, with rulings that wait for release."""
    with open_database() as database, database.transaction() as tx:
        found = open_cases(tx)
        ids = [case.order_id for case in found if case.order_id]
        orders = orders_by_id(tx, ids)
        waiting = {r.order_id: r for r in rulings_on(tx, ids) if r.released_by is None}
    rows = [_case(case, orders, waiting) for case in found]
    if as_json:
        json_document({"cases": rows})
        return
    _show(found, rows)


@payment.command()
def rule(
    payment_id: Annotated[UUID, typer.Argument(metavar="PAYMENT")],
    verdict: Annotated[State, typer.Argument(metavar="settled|rejected")],
    *,
    because: Because,
    person: AsOption = None,
) -> None:
    """Say what became of a payment that the rail left open; a second person releases it."""
    if verdict not in (State.SETTLED, State.REJECTED):
        raise typer.BadParameter(two("只能是 settled 或 rejected", "either settled or rejected"))
    with open_database() as database, database.transaction() as tx:
        now = SystemClock().now()
        ruling = propose_ruling(tx, acting(person), payment_id, verdict, because, now)
    out.print(
        two(
            f"已提出裁定 {ruling.id}; 请另一人放行: heliu payment release {ruling.id}",
            f"ruling {ruling.id} is proposed; "
            f"a second person releases it: heliu payment release {ruling.id}",
        )
    )


@payment.command()
def release(ruling: UUID, *, person: AsOption = None) -> None:
    """Let a ruling count, as another person than who proposed it: the money moves now."""
    actor = acting(person)
    with open_bank() as bank, bank.database.transaction() as tx:
        done = release_ruling(tx, bank.ledger, actor, ruling, bank.clock.now())
    out.print(
        two(
            f"付款 {done.order_id} 裁定为 {done.verdict}",
            f"payment {done.order_id} is {done.verdict}",
        )
    )


@payment.command()
def close(case: UUID, *, because: Because, person: AsOption = None) -> None:
    """Close a case that moves no money, with what was found."""
    with open_database() as database, database.transaction() as tx:
        close_case(tx, acting(person), case, because, SystemClock().now())
    out.print(two(f"已结案 {case}", f"case {case} is closed"))


def _case(
    case: PaymentCase, orders: Mapping[UUID, PaymentOrder], waiting: Mapping[UUID, Ruling]
) -> dict[str, Any]:
    order = orders[case.order_id] if case.order_id else None
    ruling = waiting.get(case.order_id) if case.order_id else None
    amount = order.order.amount if order else None
    return {
        "case": str(case.id),
        "code": case.code.value,
        "opened_on": case.opened_on.isoformat(),
        "payment": str(case.order_id) if case.order_id else None,
        "state": order.state.value if order else None,
        "amount": str(amount.amount) if amount else None,
        "currency": amount.currency if amount else None,
        "reason": case.reason.en,
        "reason_zh": case.reason.zh,
        "cure": case.cure.en,
        "cure_zh": case.cure.zh,
        "ruling": str(ruling.id) if ruling else None,
    }


def _show(found: list[PaymentCase], rows: list[dict[str, Any]]) -> None:
    if not rows:
        out.print(two("没有待处理的付款差错", "no payment needs a person"))
        return
    table = Table(
        "case", "payment", two("状态", "state"), two("金额", "amount"), two("事由", "why")
    )
    for case, row in zip(found, rows, strict=True):
        why = f"{word(case.reason)} — {word(case.cure)}"
        if row["ruling"]:
            why += two(f" (裁定 {row['ruling']} 待放行)", f" (ruling {row['ruling']} waits)")
        amount = f"{row['amount']} {row['currency']}" if row["amount"] else "-"
        shown = (row["case"], row["payment"] or "-", row["state"] or "-", amount, plain(why))
        table.add_row(*shown)
    out.print(table)
