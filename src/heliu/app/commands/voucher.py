"""Commands on digital receivable vouchers: issue, move, finance, redeem, show and prove them."""

from collections.abc import Sequence
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Final
from uuid import UUID

import typer
from rich.table import Table

from heliu.app.bank import open_bank, open_database
from heliu.app.commands.voucher_file import digest_of, money, read_issue
from heliu.app.options import AsJson, AsOption, acting
from heliu.app.say import json_document, out, plain, two
from heliu.app.settings import settings
from heliu.books.vouchers.api import (
    Accept,
    Approve,
    Done,
    Finance,
    FinancingKind,
    Freeze,
    Redeem,
    Release,
    Split,
    TenorRule,
    TitleCommand,
    Transfer,
    Unfreeze,
    View,
    Void,
    carry_out,
    currency_of,
    disclose,
    redeem,
    view,
)
from heliu.credit.regulation.api import Profile, in_force
from heliu.ground.clock import SystemClock
from heliu.ground.errors import Refusal
from heliu.ground.ids import uuid7
from heliu.ground.money import Money

_DAY: Final = ["%Y-%m-%d"]
VoucherId = Annotated[UUID, typer.Argument(help="The voucher.")]
FragmentId = Annotated[UUID, typer.Argument(help="The fragment, as `voucher show` lists it.")]
By = Annotated[str, typer.Option("--by", help="The party in whose name (USCC).")]
Deed = Annotated[str, typer.Option(help="What the parties signed: a file, or its SHA-256.")]
Basis = Annotated[str, typer.Option(help="The contract or invoice behind it: file or SHA-256.")]
Order = Annotated[str, typer.Option(help="The authority's order: a file, or its SHA-256.")]
On = Annotated[datetime | None, typer.Option(formats=_DAY, help="Business date; default: today.")]
Key = Annotated[
    UUID | None, typer.Option(help="Idempotency key; the same one again changes nothing.")
]

voucher = typer.Typer(
    help="Digital receivable vouchers (应收账款电子凭证), held by title and paid to the fen.",
    no_args_is_help=True,
)


def register(app: typer.Typer) -> None:
    """Add this family's commands to the command line."""
    app.add_typer(voucher, name="voucher")


@voucher.command("issue")
def issue(
    file: Annotated[Path, typer.Argument(help="The voucher (YAML): parties, amount, invoices.")],
    *,
    on: On = None,
    key: Key = None,
    named: AsOption = None,
    as_json: AsJson = False,
) -> None:
    """Draft a voucher on a payable; it binds once a second person of the issuer approves it."""
    day = _day(on)
    command = read_issue(file, _key(key), day, _tenor(day))
    _carry_out(command, named, as_json=as_json)


@voucher.command("approve")
def approve(
    of: VoucherId,
    *,
    by: By,
    on: On = None,
    key: Key = None,
    named: AsOption = None,
    as_json: AsJson = False,
) -> None:
    """Confirm the payable as a second person of the issuer."""
    _carry_out(Approve(key=_key(key), on=_day(on), by=by, voucher=of), named, as_json=as_json)


@voucher.command("accept")
def accept(
    of: VoucherId,
    *,
    by: By,
    deed: Deed,
    on: On = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Take an approved voucher as its payee."""
    said = Accept(key=_key(key), on=_day(on), by=by, voucher=of, deed=digest_of(deed))
    _carry_out(said, as_json=as_json)


@voucher.command("split")
def split(
    fragment: FragmentId,
    amounts: Annotated[list[str], typer.Argument(help="Parts that sum to it: 600.00 400.00.")],
    *,
    by: By,
    on: On = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Divide a fragment; its children are the same holder's."""
    currency = _currency(fragment)
    parts = tuple(money(amount, currency).minor for amount in amounts)
    said = Split(key=_key(key), on=_day(on), by=by, fragment=fragment, amounts=parts)
    _carry_out(said, as_json=as_json)


@voucher.command("transfer")
def transfer(  # noqa: PLR0913 - each an option of the command line
    fragment: FragmentId,
    to: Annotated[str, typer.Option(help="Who takes it (USCC).")],
    *,
    by: By,
    deed: Deed,
    basis: Basis,
    on: On = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Pass title to another party, on the basis of an invoice or contract."""
    papers = {"deed": digest_of(deed), "basis": digest_of(basis)}
    said = Transfer(key=_key(key), on=_day(on), by=by, fragment=fragment, to=to, **papers)
    _carry_out(said, as_json=as_json)


@voucher.command("finance")
def finance(  # noqa: PLR0913 - each an option of the command line
    fragment: FragmentId,
    financier: Annotated[str, typer.Option(help="Who finances it (USCC).")],
    amount: Annotated[str, typer.Option(help="Secured or paid, such as 300000.00.")],
    registry_no: Annotated[str, typer.Option(help="Number in the movable-asset registry.")],
    *,
    by: By,
    kind: Annotated[FinancingKind, typer.Option(help="pledge keeps title; assignment passes it.")],
    deed: Deed,
    basis: Basis,
    on: On = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Pledge or assign a fragment to a financier: once, until it is released."""
    said = Finance(
        key=_key(key),
        on=_day(on),
        by=by,
        fragment=fragment,
        financier=financier,
        kind=kind,
        amount=money(amount, _currency(fragment)).minor,
        registry_no=registry_no,
        deed=digest_of(deed),
        basis=digest_of(basis),
    )
    _carry_out(said, as_json=as_json)


@voucher.command("release")
def release(
    fragment: FragmentId,
    *,
    by: By,
    deed: Deed,
    on: On = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """End a financing as its financier; an assigned fragment goes back to who sold it."""
    said = Release(key=_key(key), on=_day(on), by=by, fragment=fragment, deed=digest_of(deed))
    _carry_out(said, as_json=as_json)


@voucher.command("freeze")
def freeze(  # noqa: PLR0913 - each an option of the command line
    fragment: FragmentId,
    *,
    by: By,
    order: Order,
    lift: Annotated[bool, typer.Option("--lift", help="Lift the freeze by this order.")] = False,
    on: On = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Hold a fragment where it is by an authority's order, or let it go again."""
    act = Unfreeze if lift else Freeze
    said = act(key=_key(key), on=_day(on), by=by, fragment=fragment, order=digest_of(order))
    _carry_out(said, as_json=as_json)


@voucher.command("void")
def void(
    of: VoucherId,
    *,
    by: By,
    reason: Annotated[str, typer.Option(help="Why it ends unpaid.")],
    on: On = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """End a voucher unpaid: before acceptance, or by who holds all of it."""
    said = Void(key=_key(key), on=_day(on), by=by, voucher=of, reason=reason)
    _carry_out(said, as_json=as_json)


@voucher.command("redeem")
def redeem_voucher(
    of: VoucherId,
    *,
    cash: Annotated[
        str | None, typer.Option(help="What the issuer pays; default: all that is open.")
    ] = None,
    on: On = None,
    key: Key = None,
    named: AsOption = None,
    as_json: AsJson = False,
) -> None:
    """Pay the holders of record out of the issuer's deposit account, at or after maturity."""
    with open_bank() as bank, bank.database.transaction() as tx:
        seen = view(tx, of).voucher
        left = Money(seen.amount - seen.paid, seen.currency)
        paid = left if cash is None else money(cash, seen.currency)
        said = Redeem(key=_key(key), on=_day(on), by=seen.issuer, voucher=of, cash=paid)
        answers = redeem(tx, bank.ledger, acting(named), [said], bank.clock.now())
        done = _done(answers)
    _show_done(done, as_json=as_json, currency=seen.currency)


@voucher.command("show")
def show(of: VoucherId, *, on: On = None, as_json: AsJson = False) -> None:
    """A voucher, its fragments and holders, and everything that happened to it."""
    with open_database() as database, database.transaction() as tx:
        seen = view(tx, of)
    day = _day(on)
    if as_json:
        json_document(_told(seen, day))
        return
    v = seen.voucher
    title = f"{v.issuer} → {v.payee}  {Money(v.amount, v.currency)}  {v.status}  {v.due_on}"
    drawn = Table("fragment", "of", "amount", "paid", "holder", "state", title=plain(title))
    for one in seen.fragments:
        amounts = str(Money(one.amount, v.currency)), str(Money(one.paid, v.currency))
        parent = str(one.parent)[:8] if one.parent else ""
        drawn.add_row(*(str(one.id), parent, *amounts, plain(one.holder), seen.condition(one, day)))
    out.print(drawn)
    for event in seen.events:
        out.print(f"{event.no:>3} {event.on} {event.kind:<11} {plain(event.by)}", soft_wrap=True)


@voucher.command("prove")
def prove(of: VoucherId) -> None:
    """Print every event with its salt, payload and inclusion proof (JSON); for its parties only."""
    with open_database() as database, database.transaction() as tx:
        shown = disclose(tx, of)
    for one in shown:
        sealed = sha256(one.salt + one.payload).hexdigest()
        assert sealed in one.proof.leaf.data.decode(), "the payload opens its leaf"
    json_document([one.to_json() for one in shown])


def _carry_out(command: TitleCommand, named: str | None = None, *, as_json: bool) -> None:
    with open_database() as database, database.transaction() as tx:
        done = _done(carry_out(tx, acting(named), [command], SystemClock().now()))
    _show_done(done, as_json=as_json)


def _done(answers: Sequence[Done | Refusal]) -> Done:
    [answer] = answers
    if isinstance(answer, Refusal):
        raise answer
    return answer


def _show_done(done: Done, *, as_json: bool, currency: str = "") -> None:
    event = done.event
    fragments = [str(one) for one in done.fragments]
    if as_json:
        json_document(
            {
                "voucher": event.voucher,
                "no": event.no,
                "event": event.id,
                "kind": event.kind,
                "repeated": done.repeated,
                "fragments": fragments,
                "marked": [text.plain() for text in done.marks],
                "payouts": [
                    {"fragment": p.fragment, "payee": p.payee, "amount_minor": p.amount}
                    for p in done.payouts
                ],
            }
        )
        return
    again = two(" (此前已办理)", " (done before)") if done.repeated else ""
    out.print(f"{event.voucher} #{event.no} {event.kind}{again}", soft_wrap=True)
    for text in done.marks:
        out.print(f"  [yellow]{plain(two(text.zh, text.en))}[/]", soft_wrap=True)
    for fragment in fragments:
        out.print(f"  {two('份额', 'fragment')} {fragment}", soft_wrap=True)
    for payout in done.payouts:
        out.print(f"  {plain(payout.payee)} {Money(payout.amount, currency)}", soft_wrap=True)


def _told(seen: View, day: date) -> dict[str, Any]:
    v = seen.voucher
    return {
        "voucher": v.id,
        "issuer": v.issuer,
        "payee": v.payee,
        "currency": v.currency,
        "amount_minor": v.amount,
        "paid_minor": v.paid,
        "issued_on": v.issued_on,
        "due_on": v.due_on,
        "status": v.status,
        "fragments": [
            {
                "id": one.id,
                "parent": one.parent,
                "amount_minor": one.amount,
                "paid_minor": one.paid,
                "holder": one.holder,
                "state": seen.condition(one, day),
            }
            for one in seen.fragments
        ],
        "title": [
            {
                "fragment": hop.fragment,
                "no": hop.no,
                "from": hop.transferor,
                "to": hop.transferee,
                "deed_sha256": hop.deed,
                "basis_sha256": hop.basis,
                "on": hop.passed_on,
            }
            for hop in seen.titles
        ],
        "events": [
            {"no": e.no, "kind": e.kind, "on": e.on, "by": e.by, "actor": e.actor}
            for e in seen.events
        ],
    }


def _tenor(day: date) -> TenorRule:
    rules = in_force(day, Profile(settings().profile))
    longest = rules.get("voucher.tenor_max")
    usual = rules.whole("voucher.tenor_usual")
    return TenorRule(usual, rules.whole(longest.id), longest.source)


def _currency(fragment: UUID) -> str:
    with open_database() as database, database.transaction() as tx:
        return currency_of(tx, fragment)


def _key(key: UUID | None) -> UUID:
    return key or uuid7(SystemClock().now())


def _day(on: datetime | None) -> date:
    return on.date() if on else SystemClock().today()
