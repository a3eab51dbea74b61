"""What pages of the portal read: an enterprise's payables with all that stands beside them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from heliu.channels.pages.api import unknown
from heliu.channels.portal import store
from heliu.channels.portal.payables import Known, Lent, Payable, payable_of
from heliu.channels.portal.proposals import Proposal
from heliu.credit.applications.api import Receivable, find_receivables, payables_of
from heliu.credit.loans.api import debt_on, events_of, loans_of
from heliu.credit.products.api import Programme, programmes
from heliu.flows.verification.api import Presence
from heliu.ground.db import Tx
from heliu.ground.text import Text
from heliu.parties.identity.api import Person, persons

MOST: Final = 5000


def programmes_of(tx: Tx, firm: str) -> list[Programme]:
    """The programmes in force in which `firm` (USCC) is the buyer."""
    return [one for one in programmes(tx) if one.buyer_uscc == firm]


def names_of(of: Sequence[Programme]) -> dict[str, Text]:
    """Names of the enrolled suppliers, by USCC."""
    return {supplier.uscc: supplier.name for one in of for supplier in one.suppliers}


def payables(tx: Tx, firm: str, on: date) -> list[Payable]:
    """What the firm owes, what is due last first; at most MOST."""
    return _seen(tx, firm, payables_of(tx, firm, MOST), on)


def these(tx: Tx, firm: str, ids: Sequence[UUID], on: date) -> list[Payable]:
    """Those of `ids` that the firm owes, in that order; another's are left out."""
    found = find_receivables(tx, list(dict.fromkeys(ids)))
    return _seen(tx, firm, [one for one in found.values() if one.buyer == firm], on)


def payable(tx: Tx, firm: str, id_: UUID, on: date) -> Payable:
    """One payable of the firm's. Raises Refusal `page.unknown` for anybody else's."""
    found = these(tx, firm, [id_], on)
    if not found:
        raise unknown()
    return found[0]


def proposal(tx: Tx, firm: str, id_: UUID) -> Proposal:
    """One proposal of the firm's. Raises Refusal `page.unknown` for anybody else's."""
    found = store.find(tx, firm, id_)
    if found is None:
        raise unknown()
    return found


def people_of(tx: Tx, proposals: Sequence[Proposal]) -> Mapping[UUID, Person]:
    """Who proposed and ruled, by id."""
    ids = {one.by for one in proposals} | {one.ruling.by for one in proposals if one.ruling}
    return {person.id: person for person in persons(tx, list(ids)).values()}


def _seen(tx: Tx, firm: str, owed: Sequence[Receivable], on: date) -> list[Payable]:
    of = programmes_of(tx, firm)
    names, asked = names_of(of), {one.code: one.requirements.approval for one in of}
    ids = [one.id for one in owed]
    lent, said = _lent(tx, ids, on), store.said_of(tx, firm, ids)
    return [
        payable_of(
            one,
            Known(
                supplier=names.get(one.supplier, Text(one.supplier, one.supplier)),
                lent=lent.get(one.id, Lent.NOT),
                said=said.get(one.id),
                required=asked.get(one.programme) is Presence.REQUIRED,
            ),
        )
        for one in owed
    ]


def _lent(tx: Tx, ids: Sequence[UUID], on: date) -> dict[UUID, Lent]:
    loans = loans_of(tx, ids)
    events = events_of(tx, [loan.id for loan in loans.values()])
    found = {}
    for receivable, loan in loans.items():
        debt = debt_on(loan, [booked.event for booked in events[loan.id]], on)
        owed = debt.principal.minor + debt.interest.minor
        found[receivable] = Lent.OPEN if owed > 0 else Lent.REPAID
    return found
