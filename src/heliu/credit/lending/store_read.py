"""SQL of the lending desk that only reads: one loan at a glance, what stands, what is broken."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple
from uuid import UUID

from heliu.ground.db import Tx

HEADS: Final = """
SELECT c.no, c.id, p.code, p.version, c.borrower_uscc, c.obligor_uscc, c.currency, c.principal,
  c.annual_rate, c.opened_on, c.matures_on, s.status, s.events, s.principal, s.overpaid,
  g.stage, g.base_value
FROM credit.contract c
JOIN credit.loan_product p ON p.no = c.product_no
JOIN credit.contract_state s ON s.contract_no = c.no
CROSS JOIN LATERAL (
  SELECT x.stage, x.base_value
  FROM credit.contract_stage x
  WHERE x.contract_no = c.no
  ORDER BY x.no DESC
  LIMIT 1
) g
WHERE c.id = ANY(%b::uuid[])
ORDER BY c.no"""
PLANS: Final = """
SELECT i.contract_no, i.number, i.from_date, i.due_date, i.principal, i.interest, i.fees,
  i.penalties, i.principal_paid, i.interest_paid, i.fees_paid, i.penalties_paid, i.settled_on,
  i.earned, i.earned_on, i.prepaid
FROM credit.instalment i
JOIN credit.contract c ON c.no = i.contract_no
WHERE c.id = ANY(%b::uuid[])
ORDER BY i.contract_no, i.number"""
LISTED: Final = """
SELECT c.id
FROM credit.contract c
ORDER BY c.no DESC
LIMIT %s"""
CHANGED: Final = """
SELECT DISTINCT e.contract_no
FROM credit.contract_event e
WHERE e.recorded_on = %s
ORDER BY e.contract_no"""
NUMBERS: Final = """
SELECT c.no
FROM credit.contract c
WHERE c.id = ANY(%s)
ORDER BY c.no"""
EXISTING: Final = """
SELECT c.id, c.no
FROM credit.contract c
WHERE c.id = ANY(%s) OR c.no = ANY(%s)"""
CUSTOMERS: Final = """
SELECT a.name
FROM books.account_view a
WHERE a.name = ANY(%s) AND a.type = 'customer_deposit'"""
# The paper of kind `application` stands with the first stage.
BORROWED: Final = """
SELECT c.borrower_uscc, c.no, g.evidence -> 'application'
FROM credit.contract c
JOIN credit.contract_stage g ON g.contract_no = c.no AND g.no = 1
WHERE c.borrower_uscc = ANY(%s)
ORDER BY c.no"""
APPLIED: Final = """
SELECT c.id, g.evidence -> 'application' ->> 0
FROM credit.contract c
JOIN credit.contract_stage g ON g.contract_no = c.no AND g.no = 1
WHERE c.id = ANY(%b::uuid[]) AND g.evidence ? 'application'"""
INVOICES: Final = """
SELECT c.id, g.evidence -> 'invoice'
FROM credit.contract c
JOIN credit.contract_stage g ON g.contract_no = c.no
WHERE c.id = ANY(%s) AND g.evidence ? 'invoice'"""
SHARES: Final = """
SELECT c.id, c.inputs ->> 'share_of_flow'
FROM credit.contract c
WHERE c.borrower_uscc = ANY(%s) AND c.inputs ? 'share_of_flow'
ORDER BY c.no"""
JOURNAL: Final = """
SELECT e.event_no, v.kind, v.effective_on, e.business_date, e.code, e.debit_role, e.credit_role,
  e.amount
FROM credit.subledger_entry e
JOIN credit.contract_event v ON v.contract_no = e.contract_no AND v.no = e.event_no
JOIN credit.contract c ON c.no = e.contract_no
WHERE c.id = %s
ORDER BY e.event_no, e.line"""

# The sub-ledger and the journal say the same of every transfer an act booked.
UNMATCHED: Final = """
SELECT e.contract_no, e.event_no, e.line
FROM credit.subledger_entry e
LEFT JOIN books.journal_view j ON j.key = e.transfer
WHERE j.seq IS NULL
  OR j.debit <> e.debit_account
  OR j.credit <> e.credit_account
  OR j.amount <> e.amount
  OR j.code <> e.code
  OR j.business_date <> e.business_date
ORDER BY e.contract_no, e.event_no, e.line"""
# The loan's own account holds its open principal.
PRINCIPAL: Final = """
WITH moved AS (
  SELECT e.contract_no, e.debit_account AS account, e.amount
  FROM credit.subledger_entry e
  UNION ALL
  SELECT e.contract_no, e.credit_account, -e.amount
  FROM credit.subledger_entry e
)
SELECT s.contract_no, s.principal, coalesce(sum(m.amount), 0)::bigint
FROM credit.contract_state s
JOIN credit.contract c ON c.no = s.contract_no
LEFT JOIN books.account a ON a.name = 'contract:' || c.id || ':principal'
LEFT JOIN moved m ON m.contract_no = s.contract_no AND m.account = a.id
GROUP BY s.contract_no, s.principal
HAVING coalesce(sum(m.amount), 0) <> s.principal
ORDER BY s.contract_no"""
# What is kept as booked is the fold of the sub-ledger.
BOOKED: Final = """
WITH folded AS (
  SELECT e.contract_no, e.code,
    sum(CASE WHEN e.backwards THEN -e.amount ELSE e.amount END)::bigint AS amount
  FROM credit.subledger_entry e
  GROUP BY e.contract_no, e.code
), kept AS (
  SELECT s.contract_no, b.key::smallint AS code, b.value::bigint AS amount
  FROM credit.contract_state s
  CROSS JOIN LATERAL jsonb_each_text(s.booked) b
)
SELECT coalesce(f.contract_no, k.contract_no), coalesce(f.code, k.code), k.amount, f.amount
FROM folded f
FULL JOIN kept k ON k.contract_no = f.contract_no AND k.code = f.code
WHERE coalesce(f.amount, 0) <> coalesce(k.amount, 0)
ORDER BY 1, 2"""
# A contract ends undrawn in both places or in none.
ENDED: Final = """
SELECT s.contract_no
FROM credit.contract_state s
LEFT JOIN credit.contract_end e ON e.contract_no = s.contract_no
WHERE (s.status = 'cancelled') <> (e.contract_no IS NOT NULL)
ORDER BY s.contract_no"""
# Cash never stays on the way.
CLEARING: Final = """
SELECT b.name, b.balance
FROM books.balance_view b
WHERE b.name LIKE 'lending:%%:clearing:%%' AND b.balance <> 0
ORDER BY b.name"""


class Head(NamedTuple):
    """A contract and its stored fold in one row."""

    no: int
    id: UUID
    product: str
    version: int
    borrower_uscc: str
    obligor_uscc: str | None
    currency: str
    principal: int
    annual_rate: Any
    opened_on: date
    matures_on: date
    status: str
    events: int
    outstanding: int
    overpaid: int
    stage: str
    base_value: int | None


class PlanRow(NamedTuple):
    """One instalment of the stored plan, minor units.

    `earned` is the interest of the period earned up to `earned_on`, where it changed within;
    `prepaid`: it was kept back when the money was paid out.
    """

    contract_no: int
    number: int
    from_date: date
    due_date: date
    principal: int
    interest: int
    fees: int
    penalties: int
    principal_paid: int
    interest_paid: int
    fees_paid: int
    penalties_paid: int
    settled_on: date | None
    earned: int
    earned_on: date | None
    prepaid: bool


class JournalRow(NamedTuple):
    """A row of the sub-ledger with the act that booked it."""

    event_no: int
    kind: str
    effective_on: date
    business_date: date
    code: int
    debit: str
    credit: str
    amount: int


def glance(tx: Tx, ids: Sequence[UUID]) -> tuple[list[Head], list[PlanRow]]:
    """Contracts and their plans, by number, in one round trip."""
    heads, plans = tx.reads((HEADS, (list(ids),)), (PLANS, (list(ids),)))
    return [Head(*row) for row in heads], [PlanRow(*row) for row in plans]


def listed(tx: Tx, limit: int) -> list[UUID]:
    """The youngest contracts."""
    return [id_ for (id_,) in tx.rows(LISTED, (limit,))]


def changed_on(tx: Tx, business_date: date) -> list[int]:
    """Numbers of contracts with events recorded on a business date."""
    return [no for (no,) in tx.rows(CHANGED, (business_date,))]


def numbers(tx: Tx, ids: Sequence[UUID]) -> list[int]:
    """Numbers of contracts by id, ascending."""
    return [no for (no,) in tx.rows(NUMBERS, (list(ids),))]


def existing(
    tx: Tx, ids: Sequence[UUID], numbers: Sequence[int]
) -> tuple[dict[UUID, int], dict[int, UUID]]:
    """The contracts of these ids or numbers: number by id, and id by number."""
    rows = tx.rows(EXISTING, (list(ids), list(numbers)))
    return dict(rows), {no: id_ for id_, no in rows}


def customers(tx: Tx, names: Sequence[str]) -> set[str]:
    """Which of these account names are open accounts of customers on our ledger."""
    return {name for (name,) in tx.rows(CUSTOMERS, (list(names),))}


def borrowed(tx: Tx, borrowers: Sequence[str]) -> list[tuple[str, int, list[UUID]]]:
    """(borrower, number, applications it came from) of every contract of these borrowers."""
    rows = tx.rows(BORROWED, (list(borrowers),))
    return [(borrower, no, [UUID(one) for one in ids or ()]) for borrower, no, ids in rows]


def applied(tx: Tx, contracts: Sequence[UUID]) -> dict[UUID, UUID]:
    """The application of each contract that came from one."""
    return {id_: UUID(one) for id_, one in tx.reads((APPLIED, (list(contracts),)))[0]}


def invoices(tx: Tx, contracts: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    """The invoices that contracts rest on, of all stages of their papers."""
    found: dict[UUID, list[UUID]] = {}
    for contract, named in tx.rows(INVOICES, (list(contracts),)):
        found.setdefault(contract, []).extend(UUID(one) for one in named)
    return found


def shares_of_flow(tx: Tx, borrowers: Sequence[str]) -> dict[UUID, Decimal]:
    """The share of his flow that each contract of these borrowers takes, where it takes one."""
    return {id_: Decimal(share) for id_, share in tx.rows(SHARES, (list(borrowers),))}


def journal(tx: Tx, contract: UUID) -> list[JournalRow]:
    """What acts booked of a contract, in order."""
    return [JournalRow(*row) for row in tx.rows(JOURNAL, (contract,))]


def lending_violations(tx: Tx) -> list[str]:
    """What breaks the laws of the loan book: sub-ledger, journal, folds and clearing agree."""
    return [
        *(f"contract {c} event {e} line {n}: not so booked" for c, e, n in tx.rows(UNMATCHED)),
        *(f"contract {c}: principal {p}, its account {b}" for c, p, b in tx.rows(PRINCIPAL)),
        *(f"contract {c} part {p}: kept {k}, booked {f}" for c, p, k, f in tx.rows(BOOKED)),
        *(f"contract {no}: cancelled in one place only" for (no,) in tx.rows(ENDED)),
        *(f"{name}: {balance} stays on the way" for name, balance in tx.rows(CLEARING)),
    ]
