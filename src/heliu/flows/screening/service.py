"""Use cases of the screening desk: claim a receivable, release it, screen what has arrived."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from heliu.flows.intake.api import Filed
from heliu.flows.screening import store
from heliu.flows.screening.domain.arrival import findings_of, party_ids, related_findings
from heliu.flows.screening.domain.registry import (
    ClaimCommand,
    ClaimOutcome,
    ClaimStatus,
    met,
)
from heliu.flows.screening.errors import already_claimed, possible_renumbered_duplicate
from heliu.flows.verification.api import Finding
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Outage
from heliu.ground.ids import derived_id, uuid7
from heliu.parties.party.api import related_pairs

# A claim that lost to one released in the same instant tries again; thrice in a row is no accident.
_TRIES: Final = 3


def claim(tx: Tx, actor: Actor, commands: Sequence[ClaimCommand]) -> list[ClaimOutcome]:
    """Claim receivables before any financing; one outcome per command, in order.

    One standing claim per receivable under any concurrency (unique index); an unwaived claim also
    yields to any standing one of its fingerprint. A holder that claims again gets its own claim
    again. Two transactions that claim one receivable follow each other: the second waits.
    Raises Outage if claims keep being released between two looks.
    """
    outcomes: dict[int, ClaimOutcome] = {}
    waiting = dict(enumerate(commands))
    for _ in range(_TRIES):
        if not waiting:
            break
        outcomes |= _tried(tx, actor, waiting)
        waiting = {i: c for i, c in waiting.items() if i not in outcomes}
    if waiting:
        raise Outage("claims were released while they were being met: try again")
    return [outcomes[i] for i in range(len(commands))]


def release(tx: Tx, holders: Sequence[UUID], at: datetime) -> int:
    """Release all standing claims of these holders; returns how many stood. Again: nothing."""
    return store.release(tx, holders, at)


def claim_violations(tx: Tx) -> list[str]:
    """Receivables that stand claimed more than once: always empty while the guards hold."""
    return store.violations(tx)


def screen(
    tx: Tx, invoices: Sequence[Filed], candidates: Sequence[Filed], on: date
) -> Mapping[UUID, Sequence[Finding]]:
    """Findings for `invoices` by document id, screened among `candidates` (invoices, credit notes).

    Only documents issued on or before `on` count, so a screening can be done again later.
    Related parties are read from the party register.
    """
    known = {filed.id: filed for filed in (*candidates, *invoices)}
    past = [f for f in known.values() if f.document.issued_on and f.document.issued_on <= on]
    wanted = [filed for filed in invoices if filed.id in {f.id for f in past}]
    found = findings_of(wanted, past)
    pairs = related_pairs(tx, party_ids(wanted))
    for id_, finding in related_findings(wanted, pairs):
        found.setdefault(id_, []).append(finding)
    return found


def _tried(tx: Tx, actor: Actor, waiting: Mapping[int, ClaimCommand]) -> dict[int, ClaimOutcome]:
    ids = {i: uuid7(command.at) for i, command in waiting.items()}
    entered = store.claim(tx, actor, {ids[i]: command for i, command in waiting.items()})
    outcomes = {i: ClaimOutcome(id_, ClaimStatus.WON) for i, id_ in ids.items() if id_ in entered}
    left = {i: command for i, command in waiting.items() if i not in outcomes}
    if not left:
        return outcomes
    standing = store.standing(tx, [c.receivable.fingerprint for c in left.values()])
    refused = {}
    for i, command in left.items():
        meeting = met(command, standing.get(command.receivable.fingerprint, []))
        if meeting is None:
            continue
        status, other = meeting
        if status is ClaimStatus.WON:
            outcomes[i] = ClaimOutcome(other.id, status)
            continue
        attempt = derived_id("refused", *map(str, (*command.key, other.id, status.value)))
        refused[attempt] = command, status, other.id
        outcomes[i] = _refused(attempt, status, other.id)
    store.refuse(tx, actor, refused)
    return outcomes


def _refused(attempt: UUID, status: ClaimStatus, other: UUID) -> ClaimOutcome:
    say = already_claimed if status is ClaimStatus.TAKEN else possible_renumbered_duplicate
    return ClaimOutcome(attempt, status, other, say(attempt, other))
