"""One receivable is financed once: the invoices contracts rest on are claimed before anything is.

The registry is the screening desk's, and the receivable book of `credit/loans` claims in it too: an
invoice is lent on by one contract or one loan of either book.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from heliu.credit.lending import errors, store
from heliu.flows.intake.api import Filed, Kind, find_documents
from heliu.flows.screening.api import ClaimCommand, ClaimOutcome, Unclaimable, claim
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal

INVOICE: Final = "invoice"


class Sides(NamedTuple):
    """Whose invoices a contract rests on: who sold, and who owes (both by USCC)."""

    seller: str
    buyer: str


class Rests(NamedTuple):
    """What a command (by its key) rests its contract on: documents by kind of paper.

    `sides` are those of the trade; None: the product lends on no receivable from anybody.
    """

    key: UUID
    contract_id: UUID
    evidence: Mapping[str, Sequence[UUID]]
    sides: Sides | None


def sides_of(borrower: str, obligor: str | None) -> Sides | None:
    """The borrower sold to the obligor, where the contract has one."""
    return None if obligor is None else Sides(borrower, obligor)


def claim_invoices(
    tx: Tx, actor: Actor, commands: Sequence[Rests], now: datetime
) -> dict[UUID, Refusal]:
    """Claim every invoice the commands name, each for its contract; who may not, by key, and why.

    Refused, and nothing of it claimed, where a document is no filed invoice that counts
    (`lending.papers_unknown`), is one of other parties (`lending.papers_of_others`), or one is
    claimed by another: of a batch, the first. A contract that claims again keeps its claim. All are
    claimed in one order: two batches wait but never cross.
    """
    refused: dict[UUID, Refusal] = {}
    waiting = _wanted(tx, commands, now, refused)
    while waiting:
        store.attempt(tx)
        asked = [(key, one) for key, claims in waiting.items() for one in claims]
        answers = claim(tx, actor, [one for _, one in asked])
        found = [(key, answer) for (key, _), answer in zip(asked, answers, strict=True)]
        lost = {key for key, answer in found if answer.refusal is not None}
        refused |= (firm := _firm(found, lost))
        if all(key not in lost for key, answer in found if answer.refusal is None):
            store.keep(tx)
            break
        # Who lost one of several must not keep the others: another may have lost them to him.
        store.undo(tx)
        waiting = {key: claims for key, claims in waiting.items() if key not in firm}
    return refused


def _wanted(
    tx: Tx, commands: Sequence[Rests], now: datetime, refused: dict[UUID, Refusal]
) -> dict[UUID, list[ClaimCommand]]:
    """The claims of each command that names invoices, by its key; `refused` gets who names none."""
    named = {c.key: list(dict.fromkeys(c.evidence.get(INVOICE, ()))) for c in commands}
    ids = [document for documents in named.values() for document in documents]
    filed = find_documents(tx, ids) if ids else {}
    wanted: dict[UUID, list[ClaimCommand]] = {}
    for command in commands:
        documents = named[command.key]
        if (wrong := _papers_fault(documents, filed, command.sides)) is not None:
            refused[command.key] = wrong
            continue
        try:
            claims = [ClaimCommand.of(filed[one], command.contract_id, now) for one in documents]
        except Unclaimable as unclaimable:
            refused[command.key] = unclaimable
            continue
        if claims:
            wanted[command.key] = claims
    return wanted


def refused_invoices(
    tx: Tx, rests: Sequence[tuple[UUID, Sequence[UUID], Sides]]
) -> dict[UUID, Refusal]:
    """Which of these (key, invoices, sides) do not stand as they were claimed, and why, by key."""
    ids = [document for _, documents, _ in rests for document in documents]
    filed = find_documents(tx, ids) if ids else {}
    found = {key: _papers_fault(documents, filed, sides) for key, documents, sides in rests}
    return {key: wrong for key, wrong in found.items() if wrong is not None}


def _papers_fault(
    documents: Sequence[UUID], filed: Mapping[UUID, Filed], sides: Sides | None
) -> Refusal | None:
    if unknown := [one for one in documents if not _is_invoice(filed.get(one))]:
        return errors.papers_unknown(INVOICE, unknown)
    if sides is None:
        return None
    others = [one for one in documents if not _is_between(filed[one], sides)]
    return errors.papers_of_others(INVOICE, others) if others else None


def _is_between(filed: Filed, sides: Sides) -> bool:
    """Whether the invoice says that it is the seller's to the buyer."""
    seller, buyer = filed.document.seller.tax_id, filed.document.buyer.tax_id
    return ((seller or "").upper(), (buyer or "").upper()) == sides


def _is_invoice(filed: Filed | None) -> bool:
    return filed is not None and filed.document.kind is Kind.INVOICE and not filed.document.void


def _firm(found: Sequence[tuple[UUID, ClaimOutcome]], lost: set[UUID]) -> dict[UUID, Refusal]:
    """Who has lost for good: not to a claim of another who has lost himself. One at least."""
    passing = {answer.claim_id: key for key, answer in found if key in lost and not answer.refusal}
    losses = [(key, one.opposed_by, one.refusal) for key, one in found if one.refusal is not None]
    firm: dict[UUID, Refusal] = {}
    for key, met, refusal in losses:
        if met is None or passing.get(met, key) == key:
            firm.setdefault(key, refusal)
    # Of look-alikes that lost to each other, the first goes.
    return firm or {key: refusal for key, _, refusal in losses[:1]}
