"""Making a proposal of payables: what may be said anything of becomes its items, once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from heliu.channels.portal import errors, store
from heliu.channels.portal.payables import Payable, State
from heliu.channels.portal.proposals import Act, Proposal, items_of
from heliu.ground.db import Tx
from heliu.ground.money import Money


@dataclass(frozen=True, slots=True)
class Propose:
    """What `by` proposes to say; `key` names the proposal: the same key is one.

    `amounts` are what is confirmed of payables that are not confirmed whole.
    """

    key: UUID
    party: str
    act: Act
    reason: str
    by: UUID
    amounts: Mapping[UUID, Money] = field(default_factory=dict)


def propose(tx: Tx, wanted: Propose, payables: Sequence[Payable], at: datetime) -> None:
    """Keep the proposal; what is being checked or settled is left out of it.

    The caller has taken the enterprise's turn before he read `payables`. Raises Refusal
    `proposal.nothing_open` if nothing is left.
    """
    if store.find(tx, wanted.party, wanted.key) is not None:
        return
    items = items_of([one for one in payables if _may(one, wanted.act)], wanted.amounts)
    if not items:
        raise errors.nothing_open()
    reason = wanted.reason if wanted.act is Act.DISPUTE else ""
    said = (wanted.key, wanted.party, wanted.act, reason, items, wanted.by, at)
    store.add(tx, Proposal(*said))


def _may(one: Payable, act: Act) -> bool:
    """What waits may be confirmed or disputed; what is confirmed, or in dispute, the other way."""
    if act is Act.CONFIRM:
        return one.open
    return one.state in {State.WAITING, State.CONFIRMED} and not one.financed
