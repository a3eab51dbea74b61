"""Use case: book acts on contracts. Decide on the engine, use the limits, post, pay, record, tell.

One transaction of the caller's; a refusal refuses only its own act. Acts on one contract are
taken in order: each round holds at most one act of every contract, so a round is one batch.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from uuid import UUID

from heliu.books.evidence.api import record
from heliu.books.ledger.api import AccountId, Ledger, Transfer
from heliu.credit.collateral.api import Released
from heliu.credit.lending import errors, facts, freeing, onward, postings, store
from heliu.credit.lending.domain.contract import Act, Funds, Moment
from heliu.credit.lending.domain.deciding import Decided, Life, decide
from heliu.credit.lending.domain.exposure import freed, open_reservations
from heliu.credit.lending.encoding import digest
from heliu.credit.lending.loading import load_lives
from heliu.credit.limits.api import LimitExceeded, Move, Reserve, release, reserve
from heliu.credit.loans.api import limit_exceeded
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Fault, Refusal
from heliu.ground.ids import derived_id
from heliu.ground.money import Money
from heliu.ground.rounds import rounds


@dataclass(frozen=True, slots=True)
class Done:
    """An act as it was booked: its event's number, its transfers, and the payment of its payee.

    `released` is what it set free of the pledged goods; `again`: it had been booked before.
    """

    contract_id: UUID
    event_no: int
    transfers: tuple[UUID, ...]
    payment_id: UUID | None = None
    released: Released | None = None
    again: bool = False


@dataclass(slots=True)
class _Batch:
    """The batch as far as it has come: lives by contract id, outcomes by act key."""

    lives: dict[UUID, Life]
    funds: dict[tuple[UUID, int], Funds]
    outcomes: dict[UUID, Done | Refusal] = field(default_factory=dict)
    booked: list[tuple[Decided, list[Transfer]]] = field(default_factory=list)


def book(
    tx: Tx, ledger: Ledger, actor: Actor, acts: Sequence[Act], at: Moment
) -> list[Done | Refusal]:
    """Book each act, in order; one outcome per act.

    A key that is known answers as before if the act says the same, else `lending.key_reused`.
    Takes the ledger, then the contracts by number. Raises Refusal, and books nothing of the batch,
    only if a payee that was found payable cannot be paid after all.
    """
    if not acts:
        return []
    ledger.hold(tx)
    marks = {index: digest(act) for index, act in enumerate(acts)}
    known = store.known_events(tx, [act.key for act in acts])
    said = {key: seen for key, (seen, _, _) in known.items()}
    fresh: list[Act] = []
    for index, act in enumerate(acts):
        if act.key not in said:
            said[act.key] = marks[index]
            fresh.append(act)
    batch = _load(tx, fresh)
    for places in rounds([act.contract_id for act in fresh]):
        _book_round(tx, ledger, actor, (batch, [fresh[place] for place in places]), at)
    _save(tx, actor, batch, at)
    _recall(tx, batch, known)
    return [
        batch.outcomes[act.key] if said[act.key] == marks[index] else errors.key_reused()
        for index, act in enumerate(acts)
    ]


def _load(tx: Tx, acts: Sequence[Act]) -> _Batch:
    lives, funds = load_lives(tx, store.lock(tx, [act.contract_id for act in acts]))
    return _Batch(lives, funds)


def _recall(tx: Tx, batch: _Batch, known: Mapping[UUID, tuple[bytes, UUID, int]]) -> None:
    """The answers of acts that were booked by an earlier batch."""
    freed = freeing.freed_by(tx, list(known)) if known else {}
    for key, (_, contract, no) in known.items():
        transfers = store.transfers_of(tx, contract, no)
        payment = onward.payment_of(tx, key)
        batch.outcomes[key] = Done(contract, no, transfers, payment, freed.get(key), again=True)


def _book_round(
    tx: Tx, ledger: Ledger, actor: Actor, work: tuple[_Batch, Sequence[Act]], at: Moment
) -> None:
    batch, acts = work
    decided: list[Decided] = []
    for act in acts:
        life = batch.lives.get(act.contract_id)
        outcome = errors.contract_unknown() if life is None else decide(life, act, at)
        if isinstance(outcome, Refusal):
            batch.outcomes[act.key] = outcome
        else:
            decided.append(outcome)
    refused = onward.check(tx, decided, at) | freeing.check(tx, decided)
    decided = _kept(batch, decided, refused)
    decided = _kept(batch, decided, _use_limits(tx, decided, at))
    posted = _post(tx, ledger, batch, decided, at)
    _free_limits(tx, [one for one, _ in posted], at)
    paid = onward.pay(tx, ledger, actor, [one for one, _ in posted], at)
    freed = freeing.free_goods(tx, actor, [one for one, _ in posted], at)
    for one, transfers in posted:
        keys = tuple(transfer.key for transfer in transfers)
        contract = one.life.contract.id
        key = one.act.key
        done = Done(contract, one.event.no, keys, paid.get(key), freed.get(key))
        batch.outcomes[one.act.key] = done
        batch.lives[contract] = one.life
        batch.funds[contract, one.event.no] = one.act.funds
        batch.booked.append((one, transfers))


def _kept(
    batch: _Batch, decided: Sequence[Decided], refused: Mapping[UUID, Refusal]
) -> list[Decided]:
    batch.outcomes |= refused
    return [one for one in decided if one.act.key not in refused]


def _use_limits(tx: Tx, decided: Sequence[Decided], at: Moment) -> dict[UUID, Refusal]:
    """Use every line of the contracts whose exposure grows; who finds no room, by act key."""
    growing = [one for one in decided if one.exposure_change > 0 and one.life.contract.limit_lines]
    asked = []
    for one in growing:
        contract = one.life.contract
        amount = Money(one.exposure_change, contract.currency)
        key = _reservation(one.act.key)
        asked.append(Reserve(key, amount, amount, contract.limit_lines, expires_at=None))
    return {
        one.act.key: limit_exceeded(answer)
        for one, answer in zip(growing, reserve(tx, asked, at.now), strict=True)
        if isinstance(answer, LimitExceeded)
    }


def _free_limits(tx: Tx, posted: Sequence[Decided], at: Moment) -> None:
    """Give back what repaid (or lost) principal used, the oldest draw's first."""
    moves = []
    for one in posted:
        if one.exposure_change >= 0 or not one.life.contract.limit_lines:
            continue
        held = open_reservations(one.life.exposures[:-1])
        for key, part in freed(held, -one.exposure_change):
            move = derived_id("exposure freed", one.act.key.hex, key.hex)
            money = Money(part, one.life.contract.currency)
            moves.append(Move(move, _reservation(key), money))
    release(tx, moves, at.now)


def _post(
    tx: Tx, ledger: Ledger, batch: _Batch, decided: Sequence[Decided], at: Moment
) -> list[tuple[Decided, list[Transfer]]]:
    """Post every act's journal; whom the ledger refuses (no money on the account) is left out."""
    accounts = _accounts(tx, ledger, batch, decided)
    chains = [
        postings.transfers(one.life.contract, one.act.key, one.moves, accounts[one.act.key], at)
        for one in decided
    ]
    answers = iter(ledger.post(tx, [transfer for chain in chains for transfer in chain]))
    posted = []
    for one, chain in zip(decided, chains, strict=True):
        refusals = [answer.refusal for answer in islice(answers, len(chain))]
        refused = next((refusal for refusal in refusals if refusal is not None), None)
        if refused is None:
            posted.append((one, chain))
            continue
        batch.outcomes[one.act.key] = errors.ledger_refused(refused)
        if one.exposure_change > 0:
            # Only what falls can meet a floor: a growing loan debits no account that has one.
            raise Fault(f"the ledger refused a growing loan: {refused.code}")
    return posted


def _accounts(
    tx: Tx, ledger: Ledger, batch: _Batch, decided: Sequence[Decided]
) -> dict[UUID, dict[str, AccountId]]:
    """The account of every role each act moves, opened if new: by act key and role."""
    wanted = {
        one.act.key: {
            role: postings.account(one.life.product, one.life.contract, role, _funds_of(batch, one))
            for move in one.moves
            for role in (move.debit, move.credit)
        }
        for one in decided
    }
    unique = {new.name: new for roles in wanted.values() for new in roles.values()}
    ids = dict(zip(unique, ledger.open_accounts(tx, list(unique.values())), strict=True))
    return {
        key: {role: ids[new.name] for role, new in roles.items()} for key, roles in wanted.items()
    }


def _funds_of(batch: _Batch, one: Decided) -> Funds:
    """Whose cash an act moves: its own, or, undoing another act, that one's."""
    undone = one.undoes
    if undone is None:
        return one.act.funds
    return batch.funds[one.life.contract.id, undone]


def _save(tx: Tx, actor: Actor, batch: _Batch, at: Moment) -> None:
    if not batch.booked:
        return
    decided = [one for one, _ in batch.booked]
    store.add_events(
        tx,
        [
            store.NewEvent(
                one.life.contract.no,
                store.Past(one.event, one.act.funds.value, one.exposure_change),
                digest(one.act),
            )
            for one in decided
        ],
        actor,
        at,
    )
    store.add_lines(tx, [line for one, chain in batch.booked for line in _lines(one, chain)])
    last = {one.life.contract.id: one for one in decided}
    store.set_states(tx, [_state(one) for one in last.values()])
    facts.tell_events(tx, decided, at.now)
    record(
        tx,
        [facts.proof_of_event(one, [t.key for t in chain]) for one, chain in batch.booked],
    )


def _lines(one: Decided, chain: Sequence[Transfer]) -> list[store.Line]:
    return [
        store.Line(
            *(one.life.contract.no, one.event.no, number, transfer.business_date, transfer.code),
            *(move.debit, move.credit, transfer.debit, transfer.credit),
            *(move.amount, move.backwards, transfer.key),
        )
        for number, (move, transfer) in enumerate(zip(one.moves, chain, strict=True), start=1)
    ]


def _state(one: Decided) -> store.NewState:
    state, life = one.state, one.life
    return store.NewState(
        contract_no=life.contract.no,
        status=state.status,
        events=len(life.events),
        last_on=max(event.on for event in life.events),
        principal=state.principal_outstanding,
        overpaid=state.overpaid,
        booked=life.booked,
        plan=state.instalments,
    )


def _reservation(act: UUID) -> UUID:
    return derived_id("exposure", act.hex)
