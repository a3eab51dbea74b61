"""Use cases of a borrower's own limit: one person proposes it, a second one lets it count.

Terms of programmes come with their own two persons (credit/products); what a single borrower may
owe decides as much.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from heliu.credit.limits import errors, store_proposal
from heliu.credit.limits.domain import Axis, LineKey
from heliu.credit.limits.service import set_limits
from heliu.credit.limits.store_proposal import LimitProposal
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.ids import derived_id
from heliu.ground.money import Money
from heliu.ground.outbox import Fact, tell
from heliu.parties.party.api import uscc_fault

_SHORTEST: Final = 2
_LONGEST: Final = 500


@dataclass(frozen=True, slots=True)
class ProposeLimit:
    """What a borrower may owe in a currency (>= 0), and why; `key` is the proposal's id."""

    key: UUID
    borrower_uscc: str
    amount: Money
    because: str


def propose_limits(
    tx: Tx, actor: Actor, commands: Sequence[ProposeLimit], now: datetime
) -> list[LimitProposal | Refusal]:
    """Record proposals, in order; none counts before a second person releases it."""
    faults = {place: _fault(command) for place, command in enumerate(commands)}
    sound = [command for place, command in enumerate(commands) if faults[place] is None]
    rows = [(c.key, c.borrower_uscc, c.amount, c.because) for c in sound]
    store_proposal.add(tx, rows, actor.id, now)
    known = store_proposal.by_id(tx, [command.key for command in sound])
    return [
        faults[place] or _answer(command, known[command.key])
        for place, command in enumerate(commands)
    ]


def release_limits(
    tx: Tx, actor: Actor, proposals: Sequence[UUID], now: datetime
) -> list[LimitProposal | Refusal]:
    """Let proposals count, in order; by anybody but who proposed. Again changes nothing.

    Refused: an older proposal than one of the same borrower and currency that counts already.
    """
    known = store_proposal.locked(tx, proposals)
    newest: dict[tuple[str, str], LimitProposal] = {}
    for one in known.values():
        if one.released_by is not None:
            newest[_line(one)] = one
    released: dict[UUID, LimitProposal] = {}
    outcomes: list[LimitProposal | Refusal] = []
    for id_ in proposals:
        proposal = known.get(id_)
        if proposal is None:
            outcomes.append(errors.proposal_unknown(id_))
            continue
        if proposal.released_by is None and id_ not in released:
            refusal = _release_fault(proposal, newest.get(_line(proposal)), actor)
            if refusal is not None:
                outcomes.append(refusal)
                continue
            newest[_line(proposal)] = released[id_] = proposal
        outcomes.append(proposal)
    _save(tx, actor, list(released.values()), now)
    after = store_proposal.by_id(tx, list(released))
    return [after.get(one.id, one) if isinstance(one, LimitProposal) else one for one in outcomes]


def _fault(command: ProposeLimit) -> Refusal | None:
    if uscc_fault(command.borrower_uscc) is not None:
        return errors.borrower_invalid()
    if command.amount.minor < 0:
        return errors.amount_negative()
    said = command.because
    if not _SHORTEST <= len(said.strip()) <= len(said) <= _LONGEST:
        return errors.reason_needed()
    return None


def _answer(command: ProposeLimit, known: LimitProposal) -> LimitProposal | Refusal:
    said = (command.borrower_uscc, command.amount, command.because)
    same = said == (known.borrower_uscc, known.amount, known.because)
    return known if same else errors.key_reused()


def _release_fault(
    proposal: LimitProposal, counts: LimitProposal | None, actor: Actor
) -> Refusal | None:
    if proposal.proposed_by == actor.id:
        return errors.same_person(proposal.id)
    if counts is not None and counts.place > proposal.place:
        return errors.superseded(proposal.id, counts.amount)
    return None


def _line(proposal: LimitProposal) -> tuple[str, str]:
    return proposal.borrower_uscc, proposal.amount.currency


def _save(tx: Tx, actor: Actor, released: Sequence[LimitProposal], now: datetime) -> None:
    store_proposal.release(tx, released, actor.id, now)
    last = {_line(one): one for one in released}
    set_limits(
        tx,
        [
            (LineKey(Axis.SUPPLIER, one.borrower_uscc, one.amount.currency), one.amount)
            for one in last.values()
        ],
    )
    tell(
        tx,
        [
            Fact(
                derived_id("fact", "borrower limit released", one.id.hex),
                "credit.borrower_limit_released.v1",
                {
                    "proposal_id": str(one.id),
                    "borrower": one.borrower_uscc,
                    "amount": one.amount.minor,
                    "currency": one.amount.currency,
                    "parties": [],
                },
                now,
            )
            for one in released
        ],
    )
