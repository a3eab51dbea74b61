"""Bank messages that repay loans: files are filed like all papers, their credits booked by name."""

from collections.abc import Sequence
from datetime import date
from itertools import chain
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import typer

from heliu.app.bank import Bank
from heliu.app.finance.money_in import cash_receipts, payer_of
from heliu.app.finance.run import file_items
from heliu.app.loan_view import line, outcome
from heliu.app.say import json_lines, out, plain, two, word
from heliu.credit.lending.api import Done, Moment, Receipt, settle
from heliu.flows.intake.api import Filed, batches, blobs_from, find_documents
from heliu.ground.errors import Refusal
from heliu.ground.money import Money
from heliu.ground.text import Text


class Settled(NamedTuple):
    """An entry of the bank by its document (or a file that was refused), and what became of it.

    No amount: it cannot be booked at all.
    """

    name: UUID | str
    amount: Money | None
    outcome: Done | Refusal


def settle_files(bank: Bank, paths: Sequence[Path], at: Moment) -> list[Settled]:
    """File what is under `paths`, and repay by every booked credit in it; in order of filing."""
    filed = [
        outcome
        for batch in batches(blobs_from(paths, "folder"))
        for outcome in file_items(bank, batch)
    ]
    ids = list(dict.fromkeys(chain.from_iterable(one.documents for one in filed)))
    with bank.database.transaction() as tx:
        known = find_documents(tx, ids)
        documents = [known[one] for one in ids]
        currencies = {one.document.currency or "" for one in documents}
        money, aside = cash_receipts(documents, currencies, at.business_date)
        receipts = [
            Receipt(
                one.id,
                one.amount,
                _value_date(known[one.document_id], at),
                one.remittance,
                payer_of(known[one.document_id]),
            )
            for one in money
        ]
        outcomes = settle(tx, bank.ledger, bank.actor, receipts, at)
    return [
        *(Settled(m.document_id, m.amount, o) for m, o in zip(money, outcomes, strict=True)),
        *(Settled(one.filed.id, None, _not_booked(one.reason)) for one in aside),
        *(
            Settled(one.file, None, _not_booked(one.refusal.message))
            for one in filed
            if one.refusal
        ),
    ]


def tell_settled(settled: Sequence[Settled], *, as_json: bool) -> None:
    """What became of each entry; exit 1 if one is left for a person."""
    if as_json:
        json_lines(
            {
                "name": one.name,
                "amount": None if one.amount is None else str(one.amount),
                **outcome(one.outcome),
            }
            for one in settled
        )
    else:
        for one in settled:
            out.print(f"{plain(one.name)} {one.amount or '-'}: {_said(one)}", soft_wrap=True)
        done = sum(isinstance(one.outcome, Done) for one in settled)
        out.print(two(f"{done}/{len(settled)} 笔入账", f"{done} of {len(settled)} entries booked"))
    if any(isinstance(one.outcome, Refusal) for one in settled):
        raise typer.Exit(1)


def _said(one: Settled) -> str:
    if isinstance(one.outcome, Done):
        return line(one.outcome)
    refusal = one.outcome
    return f"{plain(word(refusal.reason))} — {plain(word(refusal.cure))} ({refusal.code})"


def _value_date(filed: Filed, at: Moment) -> date:
    cash = filed.document.cash
    said = cash.value_on if cash else None
    return said or filed.document.issued_on or at.business_date


def _not_booked(reason: Text) -> Refusal:
    return Refusal(
        "lending.cash_unusable", reason, Text("由信贷员核实", "have a credit officer look at it")
    )
