"""`heliu collateral`: goods that secure loans - acts from a file, what flows say, what stands."""

from itertools import groupby
from pathlib import Path
from typing import Annotated, Final
from uuid import UUID

import typer
from rich.table import Table

from heliu.app.bank import open_database
from heliu.app.collateral_acts import carried_out
from heliu.app.collateral_file import read_acts
from heliu.app.collateral_view import line_of, plain_of, stored_of
from heliu.app.options import AsJson, AsOption, acting, cli_actor
from heliu.app.say import json_document, out, plain, refuse, two, word
from heliu.credit.collateral.api import (
    GoodsBook,
    cases,
    instructions,
    lots_of_contracts,
    margin_states,
    price_of,
    shipped_book,
    take_prices,
    watch,
)
from heliu.flows.intake.api import Filed, Kind, documents_since
from heliu.ground.clock import SystemClock
from heliu.ground.errors import Refusal

_PAGE: Final = 1000

collateral = typer.Typer(
    help="Goods that secure loans: lots, custodians, prices, coverage, releases.",
    no_args_is_help=True,
)


def register(app: typer.Typer) -> None:
    """Add this family's commands to the command line."""
    app.add_typer(collateral, name="collateral")


@collateral.command("goods")
def goods(*, as_json: AsJson = False) -> None:
    """The goods the bank lends on, and how far."""
    book = shipped_book()
    if as_json:
        json_document({"version": book.version, "goods": list(book.policies.values())})
        return
    columns = ("code", two("货物", "goods"), two("单位", "unit"), two("折扣", "haircuts"))
    drawn = Table(
        *columns, title=two(f"货物目录第 {book.version} 版", f"goods book {book.version}")
    )
    for policy in book.policies.values():
        cuts = ", ".join(f"<{cut.under_days}d {cut.rate_bp / 100:g} %" for cut in policy.haircuts)
        drawn.add_row(policy.code, plain(word(policy.name)), policy.unit, cuts)
    out.print(drawn)


@collateral.command("book")
def book_file(
    file: Annotated[Path, typer.Argument(help="YAML or JSON: one act, or a list of them.")],
    *,
    person: AsOption = None,
    as_json: AsJson = False,
) -> None:
    """Book the acts a file lists, in order: a refusal refuses only its own act."""
    acts = read_acts(file)
    actor = acting(person)
    outcomes: list[object] = []
    with open_database() as database, database.transaction() as tx:
        for shape, group in groupby(acts, type):
            outcomes += carried_out(tx, actor, shape, list(group))
    if as_json:
        json_document([plain_of(outcome) for outcome in outcomes])
    else:
        for outcome in outcomes:
            if isinstance(outcome, Refusal):
                refuse(outcome)
            else:
                out.print(plain(line_of(outcome)), soft_wrap=True)
    if any(isinstance(outcome, Refusal) for outcome in outcomes):
        raise typer.Exit(1)


@collateral.command("watch")
def watch_flows(
    *,
    since: Annotated[int, typer.Option(help="Only what was filed after this position.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Read what the flows filed: prices of the book's goods, events at places of pledged goods."""
    today, now, book = SystemClock().today(), SystemClock().now(), shipped_book()
    taken, opened, position = 0, [], since
    with open_database() as database:
        while True:
            with database.transaction() as tx:
                page = documents_since(tx, position, _PAGE)
                if not page:
                    break
                position = page[-1][0]
                filed = [found for _, found in page]
                prices = [price_of(f.document) for f in filed if _prices(f, book)]
                judged = take_prices(tx, prices, book, today, now)
                taken += sum(not isinstance(one, Refusal) for one in judged)
                events = [f for f in filed if f.document.kind is Kind.LOGISTICS_EVENT]
                seen = watch(tx, cli_actor(), events, today, now)
                opened += [case for found in seen for case in found]
    if as_json:
        json_document(
            {"position": position, "prices": taken, "cases": [plain_of(c) for c in opened]}
        )
        return
    for case in opened:
        out.print(plain(f"{case.kind.value}: {case.said} ({case.lot_id})"), soft_wrap=True)
    out.print(two(f"价格 {taken} 条, 新警示 {len(opened)} 条, 位置 {position}",
                  f"{taken} prices, {len(opened)} new cases, position {position}"))  # fmt: skip


@collateral.command("show")
def show(contract: UUID, *, as_json: AsJson = False) -> None:
    """What secures a contract: lots, where each stands, calls, and what custodians were told."""
    with open_database() as database, database.transaction() as tx:
        lots = lots_of_contracts(tx, [contract])
        no, margin = margin_states(tx, [contract])[contract]
        told = list(instructions(tx, contracts=[contract]).values())
    if as_json:
        said = {"lots": [stored_of(s) for s in lots], "margin": {"events": no, **plain_of(margin)}}
        json_document(said | {"instructions": [plain_of(one) for one in told]})
        return
    names = ("receipt", "goods", "status", "pledged", "released", "seized", "remaining", "held")
    drawn = Table(*names, title=str(contract))
    for stored in lots:
        drawn.add_row(*(plain(value) for value in stored_of(stored, *names).values()))
    out.print(drawn)
    call = margin.cure_by or two("无", "none")
    out.print(
        two(f"追加保证: {call}, 指令 {len(told)} 条", f"call: {call}, {len(told)} instructions")
    )


@collateral.command("cases")
def show_cases(*, as_json: AsJson = False) -> None:
    """Everything a person must look at."""
    with open_database() as database, database.transaction() as tx:
        found = cases(tx)
    if as_json:
        json_document([plain_of(case) for case in found])
        return
    drawn = Table("kind", "on", "goods", "lot", "said")
    for case in found:
        row = (case.kind.value, case.on, case.goods or "", case.lot_id or "", case.said)
        drawn.add_row(*map(plain, row))
    out.print(drawn)


def _prices(filed: Filed, book: GoodsBook) -> bool:
    document = filed.document
    return document.kind is Kind.PRICE and document.lines[0].item_keys["standard"] in book.policies
