"""Reading back: acts as they were answered, receivables with what may be asked of them now."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

import msgspec

from heliu.credit.applications.api import (
    Receivable,
    applications,
    find_receivables,
    receivables_of,
    requested,
)
from heliu.credit.instants import store
from heliu.credit.instants.bodies import findings_body, major
from heliu.credit.instants.domain import ActKind
from heliu.credit.loans.api import Loan, loans_of
from heliu.credit.products.api import Programme, in_force
from heliu.flows.confluence.api import findings_of
from heliu.ground.db import Tx
from heliu.ground.money import Money

_MEMBER: Final = {
    ActKind.CREDIT_DECISION: "credit_decision",
    ActKind.DRAWDOWN: "drawdown",
    ActKind.PAYMENT: "payment",
}


def read_act(tx: Tx, kind: ActKind, id_: UUID, party: str | None) -> bytes | None:
    """The act of that kind and id as it was answered; None if there is none that `party` may see.

    A decision, drawdown or payment that was made by a financing is read by its own id, too.
    """
    if kind is ActKind.FINANCING:
        found = [act for act in store.acts(tx, [id_]).values() if act.kind is kind]
    else:
        found = store.by_result(tx, [id_], [kind]) or _inside_financing(tx, kind, id_)
    for act in found:
        if party not in (None, act.party) or act.refused:
            continue
        body: dict[str, Any] = msgspec.json.decode(act.body)
        body |= {"id": str(id_), "kind": kind.value}
        return msgspec.json.encode(body)
    return None


def read_receivables(
    tx: Tx, party: str | None, after: UUID | None, limit: int, on: date
) -> list[tuple[UUID, bytes]]:
    """Up to `limit` receivables that `party` is owed or owes (None: all), by id behind `after`."""
    found = receivables_of(tx, party, after, limit)
    return list(zip([r.id for r in found], _views(tx, found, on), strict=True))


def read_receivable(tx: Tx, id_: UUID, party: str | None, on: date) -> bytes | None:
    """One receivable with what verification found; None if there is none `party` may see."""
    found = [
        receivable
        for receivable in find_receivables(tx, [id_]).values()
        if party in (None, receivable.supplier, receivable.buyer)
    ]
    if not found:
        return None
    view = msgspec.json.decode(_views(tx, found, on)[0])
    told = findings_of(tx, [found[0].verification_id]).get(found[0].verification_id, [])
    return msgspec.json.encode(view | {"findings": findings_body(told)})


def _inside_financing(tx: Tx, kind: ActKind, id_: UUID) -> list[store.Act]:
    """The financing that made this decision, loan or payment."""
    if kind is ActKind.CREDIT_DECISION:
        made = applications(tx, [id_]).get(id_)
        acts = store.by_subject(tx, made.receivable_id, [ActKind.FINANCING]) if made else []
    elif kind is ActKind.DRAWDOWN:
        acts = store.by_result(tx, [id_], [ActKind.FINANCING])
    else:
        acts = store.by_payment(tx, id_)
    member = _MEMBER[kind]
    return [act for act in acts if msgspec.json.decode(act.body).get(member) == str(id_)]


def _views(tx: Tx, receivables: Sequence[Receivable], on: date) -> list[bytes]:
    loans = loans_of(tx, [receivable.id for receivable in receivables])
    programmes = in_force(tx, sorted({r.programme for r in receivables}), on)
    return [
        msgspec.json.encode(_view(r, programmes.get(r.programme), loans.get(r.id)))
        for r in receivables
    ]


def _view(
    receivable: Receivable, programme: Programme | None, loan: Loan | None
) -> dict[str, object]:
    nothing = Money(0, receivable.eligible.currency)
    free = programme is not None and loan is None
    available = requested(programme, receivable) if programme and free else nothing
    return {
        "id": receivable.id,
        "invoice_no": receivable.invoice_no,
        "supplier": receivable.supplier,
        "buyer": receivable.buyer,
        "programme": receivable.programme,
        "currency": receivable.eligible.currency,
        "eligible": major(receivable.eligible),
        "available": major(available),
        "issued_on": receivable.issued_on,
        "due_on": receivable.due_on,
        "verified_on": receivable.verified_on,
        "drawdown": loan.id if loan else None,
    }
