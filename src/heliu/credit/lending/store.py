"""SQL of the lending desk: what is loaded to decide, and what is written."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec

from heliu.credit.engine.api import (
    Instalment,
    LoanEvent,
    Status,
    terms_from_json,
    terms_to_json,
)
from heliu.credit.lending.domain.contract import Contract, Moment, Papers
from heliu.credit.lending.encoding import detail_json, event_of
from heliu.credit.limits.api import Axis, LineKey
from heliu.credit.products.api import Part
from heliu.ground.actor import Actor
from heliu.ground.db import Tx, columns

ADD_CONTRACT: Final = """
INSERT INTO credit.contract
  (id, digest, product_no, borrower_uscc, obligor_uscc, programme, limit_lines, currency, principal,
   annual_rate, opened_on, matures_on, terms, inputs, recorded_at, recorded_by)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (id) DO NOTHING"""
ADD_STATE: Final = """
INSERT INTO credit.contract_state
  (contract_no, status, events, last_effective_on, principal, overpaid, booked)
SELECT s.contract_no, s.status, s.events, s.last_on, s.principal, s.overpaid, s.booked::jsonb
FROM unnest(
  %b::bigint[], %b::text[], %b::integer[], %b::date[], %b::bigint[], %b::bigint[], %b::text[]
) AS s (contract_no, status, events, last_on, principal, overpaid, booked)
ON CONFLICT (contract_no) DO UPDATE
SET status = EXCLUDED.status, events = EXCLUDED.events,
  last_effective_on = EXCLUDED.last_effective_on, principal = EXCLUDED.principal,
  overpaid = EXCLUDED.overpaid, booked = EXCLUDED.booked"""
ADD_EVENT: Final = """
INSERT INTO credit.contract_event
  (contract_no, no, id, digest, kind, effective_on, recorded_on, amount, data, funds,
   exposure_change, recorded_at, recorded_by)
SELECT e.contract_no, e.no, e.id, e.digest, e.kind, e.effective_on, e.recorded_on, e.amount,
  e.data::jsonb, e.funds, e.exposure_change, %b::timestamptz, %b::text
FROM unnest(
  %b::bigint[], %b::integer[], %b::uuid[], %b::bytea[], %b::text[], %b::date[], %b::date[],
  %b::bigint[], %b::text[], %b::text[], %b::bigint[]
) AS e (
  contract_no, no, id, digest, kind, effective_on, recorded_on, amount, data, funds,
  exposure_change
)"""
ADD_ENTRY: Final = """
INSERT INTO credit.subledger_entry
  (contract_no, event_no, line, business_date, code, debit_role, credit_role, debit_account,
   credit_account, amount, backwards, transfer)
SELECT e.contract_no, e.event_no, e.line, e.business_date, e.code, e.debit_role, e.credit_role,
  e.debit_account, e.credit_account, e.amount, e.backwards, e.transfer
FROM unnest(
  %b::bigint[], %b::integer[], %b::smallint[], %b::date[], %b::smallint[], %b::text[], %b::text[],
  %b::bigint[], %b::bigint[], %b::bigint[], %b::boolean[], %b::uuid[]
) AS e (
  contract_no, event_no, line, business_date, code, debit_role, credit_role, debit_account,
  credit_account, amount, backwards, transfer
)"""
ADD_STAGE: Final = """
INSERT INTO credit.contract_stage
  (contract_no, no, id, digest, stage, base_value, evidence, entered_on, recorded_at, recorded_by)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"""
DROP_PLAN: Final = """
DELETE FROM credit.instalment
WHERE contract_no = ANY(%b::bigint[])"""
ADD_INSTALMENT: Final = """
INSERT INTO credit.instalment
  (contract_no, number, from_date, due_date, principal, interest, fees, penalties, principal_paid,
   interest_paid, fees_paid, penalties_paid, settled_on, earned, earned_on, prepaid)
SELECT i.contract_no, i.number, i.from_date, i.due_date, i.principal, i.interest, i.fees,
  i.penalties, i.principal_paid, i.interest_paid, i.fees_paid, i.penalties_paid, i.settled_on,
  i.earned, i.earned_on, i.prepaid
FROM unnest(
  %b::bigint[], %b::integer[], %b::date[], %b::date[], %b::bigint[], %b::bigint[], %b::bigint[],
  %b::bigint[], %b::bigint[], %b::bigint[], %b::bigint[], %b::bigint[], %b::date[],
  %b::bigint[], %b::date[], %b::boolean[]
) AS i (
  contract_no, number, from_date, due_date, principal, interest, fees, penalties, principal_paid,
  interest_paid, fees_paid, penalties_paid, settled_on, earned, earned_on, prepaid
)"""
NUMBERS: Final = """
SELECT id, no, digest
FROM credit.contract
WHERE id = ANY(%b::uuid[])"""
# Locked in order of number: two batches that name the same contracts wait, never cross.
LOCK: Final = """
SELECT no
FROM credit.contract
WHERE id = ANY(%b::uuid[])
ORDER BY no
FOR UPDATE"""
CONTRACTS: Final = """
SELECT no, id, product_no, borrower_uscc, obligor_uscc, programme, limit_lines, currency,
  principal, annual_rate, opened_on, matures_on, terms
FROM credit.contract
WHERE no = ANY(%b::bigint[])
ORDER BY no"""
EVENTS: Final = """
SELECT contract_no, no, kind, effective_on, recorded_on, id, amount, data, funds, exposure_change
FROM credit.contract_event
WHERE contract_no = ANY(%b::bigint[])
ORDER BY contract_no, no"""
STATES: Final = """
SELECT contract_no, status, principal, overpaid, booked
FROM credit.contract_state
WHERE contract_no = ANY(%b::bigint[])"""
STAGES: Final = """
SELECT DISTINCT ON (contract_no) contract_no, no, stage, base_value, entered_on
FROM credit.contract_stage
WHERE contract_no = ANY(%b::bigint[])
ORDER BY contract_no, no DESC"""
KNOWN_EVENTS: Final = """
SELECT e.id, e.digest, c.id, e.no
FROM credit.contract_event e
JOIN credit.contract c ON c.no = e.contract_no
WHERE e.id = ANY(%b::uuid[])"""
KNOWN_STAGES: Final = """
SELECT s.id, s.digest, s.contract_no, s.no, s.stage, s.base_value
FROM credit.contract_stage s
WHERE s.id = ANY(%b::uuid[])"""
TRY: Final = "SAVEPOINT lending"
UNDO: Final = "ROLLBACK TO SAVEPOINT lending"
KEEP: Final = "RELEASE SAVEPOINT lending"
TRANSFERS: Final = """
SELECT e.transfer
FROM credit.subledger_entry e
JOIN credit.contract c ON c.no = e.contract_no
WHERE c.id = %s AND e.event_no = %s
ORDER BY e.line"""


class Past(NamedTuple):
    """A recorded event with what the engine does not ask: its funds, its effect on the limits."""

    event: LoanEvent
    funds: str
    exposure_change: int


class StateRow(NamedTuple):
    """The stored fold of a contract."""

    status: Status
    principal: int
    overpaid: int
    booked: dict[Part, int]


class NewContract(NamedTuple):
    """A contract to record, with the digest of its command and what was said of the borrower."""

    contract: Contract
    digest: bytes
    inputs: Mapping[str, Any]


class NewEvent(NamedTuple):
    """An event to record with its command's digest."""

    contract_no: int
    past: Past
    digest: bytes


class NewStage(NamedTuple):
    """A stage to record: its command's key and digest, papers and day."""

    contract_no: int
    papers: Papers
    id: UUID
    digest: bytes
    evidence: Mapping[str, Sequence[UUID]]
    on: date


class Line(NamedTuple):
    """A row of the sub-ledger."""

    contract_no: int
    event_no: int
    line: int
    business_date: date
    code: int
    debit_role: str
    credit_role: str
    debit_account: int
    credit_account: int
    amount: int
    backwards: bool
    transfer: UUID


class NewState(NamedTuple):
    """The fold to keep: status, events, amounts, what is booked, and the plan."""

    contract_no: int
    status: Status
    events: int
    last_on: date | None
    principal: int
    overpaid: int
    booked: Mapping[Part, int]
    plan: tuple[Instalment, ...]


def add_contracts(tx: Tx, new: Sequence[NewContract], actor: Actor, at: Moment) -> None:
    """Record contracts that are not there yet; their numbers are given by the table."""
    tx.many(
        ADD_CONTRACT,
        [
            (
                *(n.contract.id, n.digest, n.contract.product_no, n.contract.borrower_uscc),
                *(n.contract.obligor_uscc, n.contract.programme, _json(n.contract.limit_lines)),
                *(n.contract.currency, n.contract.principal),
                *(n.contract.annual_rate, n.contract.opened_on, n.contract.matures_on),
                *(_json(terms_to_json(n.contract.terms)), _json(n.inputs), at.now, actor.id),
            )
            for n in new
        ],
    )


def numbers(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, tuple[int, bytes]]:
    """(number, digest of its command) of each contract that exists."""
    rows = tx.reads((NUMBERS, (list(ids),)))[0]
    return {row[0]: (row[1], bytes(row[2])) for row in rows}


def lock(tx: Tx, ids: Sequence[UUID]) -> list[int]:
    """Lock contracts until the transaction ends; the numbers of those that exist, ascending."""
    return [no for (no,) in tx.reads((LOCK, (list(ids),)))[0]]


def load(
    tx: Tx, contracts: Sequence[int]
) -> tuple[
    dict[int, Contract], dict[int, list[Past]], dict[int, StateRow], dict[int, tuple[Papers, date]]
]:
    """Contracts, their events, their stored fold and their papers, by number, in one round trip."""
    asked = (list(contracts),)
    found, events, states, stages = tx.reads(
        (CONTRACTS, asked), (EVENTS, asked), (STATES, asked), (STAGES, asked)
    )
    past: dict[int, list[Past]] = {no: [] for no in contracts}
    for row in events:
        past[row[0]].append(Past(event_of(row[1:8]), row[8], row[9]))
    return (
        {row[0]: _contract(row) for row in found},
        past,
        {row[0]: _state(row) for row in states},
        {row[0]: (Papers(row[1], row[2], row[3]), row[4]) for row in stages},
    )


def known_events(tx: Tx, keys: Sequence[UUID]) -> dict[UUID, tuple[bytes, UUID, int]]:
    """(digest, contract id, number) of each act that is recorded, by its key."""
    rows = tx.reads((KNOWN_EVENTS, (list(keys),)))[0]
    return {row[0]: (bytes(row[1]), row[2], row[3]) for row in rows}


def known_stages(tx: Tx, keys: Sequence[UUID]) -> dict[UUID, tuple[bytes, int, Papers]]:
    """(digest, contract number, papers) of each stage that is recorded, by its key."""
    rows = tx.reads((KNOWN_STAGES, (list(keys),)))[0]
    return {row[0]: (bytes(row[1]), row[2], Papers(*row[3:])) for row in rows}


def transfers_of(tx: Tx, contract: UUID, event_no: int) -> tuple[UUID, ...]:
    """The keys of an act's transfers, in order."""
    return tuple(key for (key,) in tx.rows(TRANSFERS, (contract, event_no)))


def attempt(tx: Tx) -> None:
    """From here on what is written can be undone, until `keep`."""
    tx.run(TRY)


def undo(tx: Tx) -> None:
    """Nothing has been written since `attempt`; the attempt is over."""
    tx.run(UNDO)
    tx.run(KEEP)


def keep(tx: Tx) -> None:
    """What was written since `attempt` stays."""
    tx.run(KEEP)


def add_stages(tx: Tx, new: Sequence[NewStage], actor: Actor, at: Moment) -> None:
    """Record the stages of papers."""
    tx.many(
        ADD_STAGE,
        [
            (
                *(n.contract_no, n.papers.no, n.id, n.digest, n.papers.stage, n.papers.base_value),
                *(_json(n.evidence), n.on, at.now, actor.id),
            )
            for n in new
        ],
    )


def add_events(tx: Tx, new: Sequence[NewEvent], actor: Actor, at: Moment) -> None:
    """Append events."""
    if new:
        rows = [
            (
                *(n.contract_no, n.past.event.no, n.past.event.id, n.digest),
                *(n.past.event.kind.value, n.past.event.on, n.past.event.recorded_on),
                *(n.past.event.amount, detail_json(n.past.event)),
                *(n.past.funds, n.past.exposure_change),
            )
            for n in new
        ]
        tx.later(ADD_EVENT, (at.now, actor.id, *columns(rows)))


def add_lines(tx: Tx, lines: Sequence[Line]) -> None:
    """Append rows of the sub-ledger."""
    if lines:
        tx.later(ADD_ENTRY, columns(lines))


def set_states(tx: Tx, states: Sequence[NewState]) -> None:
    """Keep the folds of contracts, and replace their plans."""
    if not states:
        return
    rows = [
        (
            *(s.contract_no, s.status.value, s.events, s.last_on, s.principal, s.overpaid),
            _json({str(int(part)): amount for part, amount in sorted(s.booked.items())}),
        )
        for s in states
    ]
    tx.later(ADD_STATE, columns(rows))
    tx.later(DROP_PLAN, ([s.contract_no for s in states],))
    plan = [_instalment(state.contract_no, row) for state in states for row in state.plan]
    if plan:
        tx.later(ADD_INSTALMENT, columns(plan))


def _instalment(contract: int, row: Instalment) -> tuple[Any, ...]:
    return (
        *(contract, row.number, row.from_date, row.due_date, row.principal, row.interest),
        *(row.fees, row.penalties, row.principal_paid, row.interest_paid, row.fees_paid),
        *(row.penalties_paid, row.settled_on, row.earned, row.earned_on, row.prepaid),
    )


def _contract(row: Sequence[Any]) -> Contract:
    lines = tuple(LineKey(Axis(axis), subject, currency) for axis, subject, currency in row[6])
    return Contract(
        *(row[0], row[1], row[2], row[3], row[4], row[5], lines),
        *(row[7], row[8], Decimal(row[9]), row[10], row[11]),
        terms_from_json(row[12]),
    )


def _state(row: Sequence[Any]) -> StateRow:
    booked = {Part(int(code)): amount for code, amount in row[4].items()}
    return StateRow(Status(row[1]), row[2], row[3], booked)


def _json(value: object) -> str:
    return msgspec.json.encode(value, order="sorted").decode()
