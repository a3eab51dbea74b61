"""Use case: contracts on which nothing was drawn end; what they hold on to is let go."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from heliu.books.evidence.api import record
from heliu.credit.collateral.api import Release, Released, release, securities, shipped_book
from heliu.credit.engine.api import Status
from heliu.credit.lending import errors, facts, store, store_end
from heliu.credit.lending.domain.contract import Cancel, Moment
from heliu.credit.lending.domain.deciding import Life
from heliu.credit.lending.encoding import digest
from heliu.credit.lending.loading import load_lives
from heliu.credit.products.api import Part
from heliu.flows.screening.api import release as release_claims
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.ids import derived_id
from heliu.ground.money import Money

_SHORTEST: Final = 2
_LONGEST: Final = 500


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The contract of a command ended; `again`: by the same command before."""

    contract_id: UUID
    again: bool = False


def cancel(
    tx: Tx, actor: Actor, commands: Sequence[Cancel], at: Moment
) -> list[Cancelled | Refusal]:
    """End undrawn contracts, in order; a refusal refuses only its own command.

    Invoices are free to be lent on by others, pledged goods are released and their custodians told,
    and nothing counts against the borrower any more. A draw that was reversed is none. For ever:
    a new financing is a new contract. The same key again answers as before.
    """
    if not commands:
        return []
    known = store_end.known_ends(tx, [command.key for command in commands])
    lives, _ = load_lives(tx, store.lock(tx, [command.contract_id for command in commands]))
    said = dict(known)
    ended: dict[UUID, tuple[Cancel, Life]] = {}
    outcomes: list[Cancelled | Refusal] = []
    for command in commands:
        mark = digest(command)
        if command.key in said:
            same = said[command.key][0] == mark
            again = Cancelled(command.contract_id, again=True)
            outcomes.append(again if same else errors.key_reused())
            continue
        life = lives.get(command.contract_id)
        refusal = _fault(command, life, ended)
        if refusal is not None:
            outcomes.append(refusal)
            continue
        assert life is not None, "what is unknown was refused"
        said[command.key] = mark, command.contract_id
        ended[command.contract_id] = command, life
        outcomes.append(Cancelled(command.contract_id))
    _save(tx, actor, list(ended.values()), at)
    return outcomes


def _fault(
    command: Cancel, life: Life | None, ended: dict[UUID, tuple[Cancel, Life]]
) -> Refusal | None:
    if life is None:
        return errors.contract_unknown()
    if life.cancelled or command.contract_id in ended:
        return errors.contract_cancelled()
    if not _SHORTEST <= len(command.because.strip()) <= len(command.because) <= _LONGEST:
        return errors.reason_needed()
    if life.booked.get(Part.PRINCIPAL_DISBURSED, 0):
        return errors.drawn_already()
    return errors.charges_stand() if life.booked else None


def _save(tx: Tx, actor: Actor, ended: Sequence[tuple[Cancel, Life]], at: Moment) -> None:
    if not ended:
        return
    store.set_states(tx, [_state(life) for _, life in ended])
    store_end.add_ends(
        tx,
        [
            store_end.NewEnd(life.contract.no, command.key, digest(command), command.because)
            for command, life in ended
        ],
        actor,
        at,
    )
    release_claims(tx, [life.contract.id for _, life in ended], at.now)
    _free_goods(tx, actor, ended, at)
    facts.tell_cancelled(tx, [(c.key, life.contract) for c, life in ended], at.now)
    record(tx, [facts.proof_of_end(c.key, life.contract, at.business_date) for c, life in ended])


def _state(life: Life) -> store.NewState:
    last = max((event.on for event in life.events), default=None)
    return store.NewState(
        *(life.contract.no, Status.CANCELLED, len(life.events), last, 0, 0, {}, ())
    )


def _free_goods(tx: Tx, actor: Actor, ended: Sequence[tuple[Cancel, Life]], at: Moment) -> None:
    secured = securities(tx, [life.contract.id for _, life in ended])
    commands = [
        Release(
            key=derived_id("release on cancelling", command.key.hex),
            contract_id=life.contract.id,
            paid=(nothing := Money(0, secured[life.contract.id].financed.currency)),
            debt=nothing,
            on=at.business_date,
        )
        for command, life in ended
        if life.contract.id in secured
    ]
    answers = release(tx, actor, commands, shipped_book(), at.now)
    assert all(isinstance(answer, Released) for answer in answers), "nothing is owed: all goes"
