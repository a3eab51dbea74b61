"""Settlements that repay advances: files are read, each is swept, what became of it is told."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import typer

from heliu.app.bank import Bank
from heliu.app.loan_takings import read_takings
from heliu.app.loan_view import line, outcome
from heliu.app.say import json_lines, out, plain, two, word
from heliu.credit.lending.api import Moment, Swept, Taking, sweep
from heliu.ground.errors import Refusal
from heliu.ground.money import Money


class Told(NamedTuple):
    """A settlement by its name in the file, its amount if it has one, and what became of it."""

    name: str
    amount: Money | None
    outcome: Swept | Refusal


def sweep_files(bank: Bank, paths: Sequence[Path], on: date | None, at: Moment) -> list[Told]:
    """Sweep every settlement of these files, in order; with `on`, those of that day alone."""
    read = read_takings(bank, paths, at.business_date)
    named = [(one.name, one.taking) for one in read]
    if on is not None:
        named = [(n, one) for n, one in named if isinstance(one, Refusal) or one.on == on]
    takings = [one for _, one in named if isinstance(one, Taking)]
    with bank.database.transaction() as tx:
        answers = iter(sweep(tx, bank.ledger, bank.actor, takings, at))
    return [
        Told(name, one.amount, next(answers)) if isinstance(one, Taking) else Told(name, None, one)
        for name, one in named
    ]


def tell_swept(swept: Sequence[Told], *, as_json: bool) -> None:
    """What became of each settlement; exit 1 if one is left for a person."""
    if as_json:
        json_lines(_json(one) for one in swept)
    else:
        for one in swept:
            out.print(f"{plain(one.name)} {one.amount or '-'}: {_said(one)}", soft_wrap=True)
        acts = sum(len(one.outcome.acts) for one in swept if isinstance(one.outcome, Swept))
        out.print(
            two(f"{len(swept)} 笔结算, {acts} 笔还款", f"{len(swept)} settlements, {acts} acts")
        )
    if any(_left(one.outcome) for one in swept):
        raise typer.Exit(1)


def _left(found: Swept | Refusal) -> bool:
    if isinstance(found, Refusal):
        return True
    return any(isinstance(act, Refusal) for act in found.acts)


def _json(one: Told) -> dict[str, Any]:
    head = {"name": one.name, "amount": None if one.amount is None else str(one.amount)}
    if isinstance(one.outcome, Refusal):
        return head | outcome(one.outcome)
    return head | {"status": "swept", "acts": [outcome(act) for act in one.outcome.acts]}


def _said(one: Told) -> str:
    if isinstance(one.outcome, Refusal):
        return _refused(one.outcome)
    acts = [_refused(act) if isinstance(act, Refusal) else line(act) for act in one.outcome.acts]
    return "; ".join(acts) or two("无欠款可还", "nothing is owed")


def _refused(refusal: Refusal) -> str:
    return f"{plain(word(refusal.reason))} — {plain(word(refusal.cure))} ({refusal.code})"
