"""Use cases of the party desk: record what is said of enterprises, find them, relate them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Final

from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.parties.party import store
from heliu.parties.party.domain.enterprise import AsOf, Party, Profile, Recorded, RecordParty
from heliu.parties.party.domain.group import group_ids, named_by, reach
from heliu.parties.party.domain.history import History
from heliu.parties.party.domain.relatedness import RelatedPair, related
from heliu.parties.party.errors import invalid

_EVER: Final = datetime.max.replace(tzinfo=UTC)


def record_parties(
    tx: Tx, actor: Actor, commands: Sequence[RecordParty]
) -> list[Recorded | Refusal]:
    """Record each profile as a new version from its effective date; one outcome each, in order.

    Saying again what is already so on that date changes nothing. Two transactions that speak of
    one enterprise follow each other (its row is locked, in order of USCC).
    """
    refusals = [invalid(command.profile) for command in commands]
    accepted = [c for c, refusal in zip(commands, refusals, strict=True) if refusal is None]
    store.lock(tx, {c.profile.uscc: c.recorded_at for c in reversed(accepted)})
    history = History(store.versions(tx, [c.profile.uscc for c in accepted]))
    outcomes = [
        history.record(command) if refusal is None else refusal
        for command, refusal in zip(commands, refusals, strict=True)
    ]
    store.append(tx, actor, [o.party for o in outcomes if isinstance(o, Recorded) and o.changed])
    return outcomes


def find_parties(tx: Tx, tax_ids: Sequence[str], as_of: AsOf | None = None) -> dict[str, Party]:
    """The versions in force of those of `tax_ids` the bank knows, by USCC.

    Without `as_of`: the version with the latest effective date.
    """
    return {party.uscc: party for party in store.in_force(tx, tax_ids, as_of)}


def related_pairs(tx: Tx, tax_ids: Sequence[str], as_of: AsOf | None = None) -> list[RelatedPair]:
    """The related pairs among `tax_ids` and what they share; unknown parties relate to none."""
    return related(party.profile for party in store.in_force(tx, tax_ids, as_of))


def group_of(tx: Tx, usccs: Sequence[str], on: date) -> dict[str, str]:
    """The group of connected customers each of `usccs` belongs to on `on`: its smallest USCC.

    Follows control and guarantees through enterprises that were not asked for, so the answer is
    the same from whichever member one starts. Who stands alone, or is unknown, is his own group.
    """
    as_of, asked = AsOf(on, _EVER), set(usccs)
    profiles: dict[str, Profile] = {}
    looked_up: set[str] = set()
    followed: set[str] = set()
    found = asked
    while True:
        new = found - looked_up
        looked_up |= new
        profiles |= {p.uscc: p.profile for p in store.in_force(tx, sorted(new), as_of)}
        groups = group_ids(profiles)
        wanted = {groups[code] for code in asked if code in groups}
        found = {code for code, group in groups.items() if group in wanted} | asked
        if not found <= looked_up:
            continue  # a controller named by a member is looked at before it is followed
        frontier = found - followed
        if not frontier:
            return {code: groups.get(code, code) for code in usccs}
        followed |= frontier
        codes, names = named_by(frontier, profiles)
        found = codes | store.neighbours(tx, reach(frontier, profiles), names)
