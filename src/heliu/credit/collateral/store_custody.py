"""SQL of the collateral desk: releases, and what custodians were told and answered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from heliu.credit.collateral.store import Stored
from heliu.ground.db import Tx
from heliu.ground.ids import derived_id
from heliu.ground.money import Money

ADD_INSTRUCTION: Final = """
INSERT INTO credit.custodian_instruction
  (id, kind, cause, contract_id, lot_id, custodian_uscc, quantity, amount, issued_on, recorded_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (id) DO NOTHING"""
INSTRUCTIONS: Final = """
SELECT i.id, i.kind, i.cause, i.contract_id, i.lot_id, i.custodian_uscc, i.quantity, i.issued_on,
  i.amount, s.currency
FROM credit.custodian_instruction i
JOIN credit.security s ON s.contract_id = i.contract_id
WHERE i.id = ANY(%(ids)s)
  OR i.contract_id = ANY(%(contracts)s)
ORDER BY i.place"""
ANSWERS: Final = """
SELECT instruction_id, accepted, quantity
FROM credit.custodian_answer
WHERE instruction_id = ANY(%s)"""
ADD_ANSWER: Final = """
INSERT INTO credit.custodian_answer
  (instruction_id, accepted, quantity, document_id, answered_on, recorded_at)
VALUES (%s, %s, %s, %s, %s, %s)"""
RELEASES: Final = """
SELECT key, contract_id, paid, debt, lots, quantities, withheld
FROM credit.release
WHERE key = ANY(%s)"""
ADD_RELEASE: Final = """
INSERT INTO credit.release
  (key, contract_id, paid, debt, lots, quantities, withheld, business_date, recorded_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"""
UNANSWERED: Final = """
SELECT i.id
FROM credit.custodian_instruction i
LEFT JOIN credit.custodian_answer a ON a.instruction_id = i.id
WHERE i.issued_on < %s
  AND a.instruction_id IS NULL
ORDER BY i.place"""
# The last word on each cause of a stop, of contracts where something was ever stopped.
STOPPED: Final = """
SELECT DISTINCT ON (contract_id, cause) contract_id, cause, kind
FROM credit.custodian_instruction
WHERE contract_id = ANY(%s)
  AND kind IN ('stop_ship', 'resume')
ORDER BY contract_id, cause, place DESC"""


class InstructionKind(StrEnum):
    """What a custodian is told to do."""

    HOLD = "hold"
    RELEASE = "release"
    STOP_SHIP = "stop_ship"
    RESUME = "resume"
    SEIZE = "seize"
    BUY_BACK = "buy_back"  # told to the seller who still holds the goods


class Cause(StrEnum):
    """Why: pledge, payment, a margin call, something seen of the goods, default."""

    PLEDGE = "pledge"
    PAYMENT = "payment"
    MARGIN = "margin"
    GOODS = "goods"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction on one lot: so many thousandths of its unit; `amount` for a buy-back."""

    id: UUID
    kind: InstructionKind
    cause: Cause
    contract_id: UUID
    lot_id: UUID
    custodian_uscc: str
    quantity_milli: int
    on: date
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class Released:
    """What a payment set free, thousandths by lot, or why nothing was (`withheld`)."""

    key: UUID
    contract_id: UUID
    paid: int
    debt: int
    quantities: tuple[tuple[UUID, int], ...]
    withheld: str | None


@dataclass(frozen=True, slots=True)
class Answered:
    """The custodian's answer: carried out for so many thousandths, or refused."""

    instruction_id: UUID
    accepted: bool
    quantity_milli: int


@dataclass(frozen=True, slots=True)
class Order:
    """What custodians are told, of whichever lots: `key` tells this order from others like it."""

    kind: InstructionKind
    cause: Cause
    key: object
    on: date

    def id_for(self, lot_id: UUID) -> UUID:
        """One instruction of a kind on a lot for one key."""
        return derived_id("custodian-instruction", self.kind, str(lot_id), str(self.key))

    def to(
        self, stored: Stored, contract_id: UUID, quantity_milli: int, amount: Money | None = None
    ) -> Instruction:
        """The instruction on one lot."""
        lot = stored.lot
        return Instruction(
            self.id_for(lot.id),
            self.kind,
            self.cause,
            contract_id,
            lot.id,
            lot.custodian_uscc,
            quantity_milli,
            self.on,
            amount,
        )


def add_instructions(tx: Tx, new: Sequence[Instruction], now: datetime) -> None:
    """Write instructions down; one that stands already stays as it is."""
    tx.many(
        ADD_INSTRUCTION,
        [
            (
                *(i.id, i.kind.value, i.cause.value, i.contract_id, i.lot_id, i.custodian_uscc),
                *(i.quantity_milli, i.amount.minor if i.amount else None, i.on, now),
            )
            for i in new
        ],
    )


def instructions(
    tx: Tx, *, ids: Iterable[UUID] = (), contracts: Iterable[UUID] = ()
) -> dict[UUID, Instruction]:
    """Instructions by id, in order of issue: these, and all of these contracts."""
    found = tx.rows(INSTRUCTIONS, {"ids": list(ids), "contracts": list(contracts)})
    return {
        row[0]: Instruction(
            row[0],
            InstructionKind(row[1]),
            Cause(row[2]),
            row[3],
            row[4],
            row[5],
            row[6],
            row[7],
            None if row[8] is None else Money(row[8], row[9]),
        )
        for row in found
    }


def answers(tx: Tx, ids: Iterable[UUID]) -> dict[UUID, Answered]:
    """The answers that came, by instruction."""
    return {row[0]: Answered(*row) for row in tx.rows(ANSWERS, (list(ids),))}


def unanswered(tx: Tx, before: date) -> list[Instruction]:
    """What custodians were told before a day and have not answered, the oldest first."""
    ids = [row[0] for row in tx.rows(UNANSWERED, (before,))]
    return list(instructions(tx, ids=ids).values())


def add_answers(tx: Tx, new: Sequence[tuple[Answered, UUID | None, date]], now: datetime) -> None:
    """Keep answers with the custodian's document and day."""
    tx.many(
        ADD_ANSWER,
        [(a.instruction_id, a.accepted, a.quantity_milli, doc, on, now) for a, doc, on in new],
    )


def releases(tx: Tx, keys: Iterable[UUID]) -> dict[UUID, Released]:
    """What was answered to these keys before."""
    return {
        row[0]: Released(
            *(row[0], row[1], row[2], row[3]), tuple(zip(row[4], row[5], strict=True)), row[6]
        )
        for row in tx.rows(RELEASES, (list(keys),))
    }


def add_releases(tx: Tx, new: Sequence[tuple[Released, date]], now: datetime) -> None:
    """Keep releases with their day."""
    tx.many(
        ADD_RELEASE,
        [
            (
                *(r.key, r.contract_id, r.paid, r.debt, [lot for lot, _ in r.quantities]),
                *([quantity for _, quantity in r.quantities], r.withheld, on, now),
            )
            for r, on in new
        ],
    )


def stopped(tx: Tx, contracts: Iterable[UUID]) -> dict[UUID, set[Cause]]:
    """Why nothing may leave, for the contracts where that is so."""
    found: dict[UUID, set[Cause]] = {}
    for contract_id, cause, kind in tx.rows(STOPPED, (list(contracts),)):
        if kind == InstructionKind.STOP_SHIP:
            found.setdefault(contract_id, set()).add(Cause(cause))
    return found
