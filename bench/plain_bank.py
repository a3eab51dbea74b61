"""The peer of `heliu bench instants`: the same three acts the plain way, a transaction per request.

FastAPI and pydantic on the same uvicorn, a thread and a database connection per request in flight.
Every request locks the rows it needs, decides with the same release, writes verdict, application,
claim, limit use, loan, journal entries, balances, payment, facts and evidence row by row, and
commits. It is what a good team builds first: correct, idempotent by a unique key, with row locks
in one order. It keeps its own tables in the schema `plain`; nothing of the house is used but the
decision itself, so that both answer alike.
"""

import hashlib
import json
import threading
from datetime import UTC, date, datetime
from typing import Annotated, Any
from uuid import UUID, uuid4

import psycopg
from fastapi import FastAPI, Header, HTTPException
from pydantic import BaseModel

from heliu.decisions.verdicts.domain.deciding import decide_inputs
from heliu.decisions.verdicts.release_file import packaged_release, read_release

RELEASE = "scf-receivable-2"
SETUP = """
CREATE SCHEMA plain;
CREATE TABLE plain.receivable (
  id uuid PRIMARY KEY, supplier text NOT NULL, buyer text NOT NULL, programme text NOT NULL,
  eligible bigint NOT NULL, due_on date NOT NULL, features jsonb NOT NULL
);
CREATE TABLE plain.account (
  id text PRIMARY KEY, balance bigint NOT NULL DEFAULT 0
);
CREATE TABLE plain.limit_line (
  id text PRIMARY KEY, amount bigint NOT NULL, used bigint NOT NULL DEFAULT 0,
  CHECK (used <= amount)
);
CREATE TABLE plain.request (key text PRIMARY KEY, digest bytea NOT NULL, answer jsonb NOT NULL);
CREATE TABLE plain.claim (receivable uuid PRIMARY KEY, holder uuid NOT NULL);
CREATE TABLE plain.verdict (
  id uuid PRIMARY KEY, receivable uuid NOT NULL, inputs jsonb NOT NULL, outcome jsonb NOT NULL,
  at timestamptz NOT NULL
);
CREATE TABLE plain.application (
  id uuid PRIMARY KEY, receivable uuid NOT NULL, verdict uuid NOT NULL REFERENCES plain.verdict,
  amount bigint NOT NULL, rate numeric NOT NULL
);
CREATE TABLE plain.loan (
  id uuid PRIMARY KEY, application uuid NOT NULL UNIQUE REFERENCES plain.application,
  receivable uuid NOT NULL UNIQUE, principal bigint NOT NULL, discount bigint NOT NULL,
  opened_on date NOT NULL, due_on date NOT NULL
);
CREATE TABLE plain.limit_use (
  loan uuid NOT NULL REFERENCES plain.loan, line text NOT NULL REFERENCES plain.limit_line,
  amount bigint NOT NULL, PRIMARY KEY (loan, line)
);
CREATE TABLE plain.entry (
  id uuid PRIMARY KEY, debit text NOT NULL REFERENCES plain.account,
  credit text NOT NULL REFERENCES plain.account, amount bigint NOT NULL CHECK (amount > 0),
  code smallint NOT NULL, at timestamptz NOT NULL
);
CREATE INDEX entry_debit ON plain.entry (debit);
CREATE INDEX entry_credit ON plain.entry (credit);
CREATE TABLE plain.payment (
  id uuid PRIMARY KEY, loan uuid NOT NULL REFERENCES plain.loan, amount bigint NOT NULL,
  payee text NOT NULL
);
CREATE TABLE plain.fact (
  position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, kind text NOT NULL, body jsonb NOT NULL
);
CREATE TABLE plain.evidence (
  position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, kind text NOT NULL,
  subject uuid NOT NULL, hash bytea NOT NULL, UNIQUE (kind, subject)
);
"""
AXES = ("programme", "obligor", "group", "product", "supplier")


class Financing(BaseModel):
    """What is asked for."""

    receivable: UUID
    amount: str | None = None


class Financed(BaseModel):
    """What was done."""

    id: UUID
    kind: str
    receivable: UUID
    credit_decision: UUID
    drawdown: UUID
    payment: UUID
    amount: str
    currency: str
    annual_rate: str
    grade: str
    proceeds: str


def make_app(url: str, on: date) -> FastAPI:
    """The application on the database at `url`, on business day `on`."""
    text = packaged_release(RELEASE)
    assert text is not None
    release = read_release(text)
    local = threading.local()
    app = FastAPI()

    def connection() -> psycopg.Connection[Any]:
        if not hasattr(local, "connection"):
            local.connection = psycopg.connect(url)
        return local.connection

    @app.post("/v1/financings")
    def finance(
        body: Financing,
        idempotency_key: Annotated[str, Header()],
        authorization: Annotated[str, Header()],
    ) -> Financed:
        if authorization != "Bearer bench":
            raise HTTPException(401)
        db = connection()
        with db.transaction():
            return _finance(db, release, body, idempotency_key, on)

    return app


def _finance(
    db: psycopg.Connection[Any], release: Any, body: Financing, key: str, on: date
) -> Financed:
    digest = hashlib.sha256(body.model_dump_json().encode()).digest()
    known = db.execute("SELECT digest, answer FROM plain.request WHERE key = %s", (key,)).fetchone()
    if known is not None:
        if bytes(known[0]) != digest:
            raise HTTPException(409)
        return Financed.model_validate(known[1])
    found = db.execute(
        "SELECT supplier, buyer, programme, eligible, due_on, features FROM plain.receivable"
        " WHERE id = %s FOR UPDATE",
        (body.receivable,),
    ).fetchone()
    if found is None:
        raise HTTPException(404)
    supplier, buyer, programme, eligible, due_on, features = found
    inputs = {
        "base_rate": "0.0485",
        "business_date": on.isoformat(),
        "decided_at": datetime.now(UTC).isoformat(),
        "features": features
        | {
            "tenor_days": (due_on - on).days,
            "days_since_invoice": 7,
            "supplier_enrolled": True,
        },
        "profile": "standard",
        "requested": {"minor": eligible * 9 // 10, "currency": "CNY"},
        "subject": str(body.receivable),
    }
    [outcome] = decide_inputs(release, [inputs])
    if not outcome.approved:
        raise HTTPException(422, [reason.code for reason in outcome.reasons])
    made = inputs, outcome, (supplier, buyer, programme, due_on)
    return _disburse(db, body, (key, digest), made, on)


def _disburse(
    db: psycopg.Connection[Any],
    body: Financing,
    asked: tuple[str, bytes],
    made: tuple[dict[str, Any], Any, tuple[Any, ...]],
    on: date,
) -> Financed:
    (key, digest), (inputs, outcome, parties) = asked, made
    supplier, buyer, programme, due_on = parties
    now = datetime.now(UTC)
    verdict, application, loan, payment = uuid4(), uuid4(), uuid4(), uuid4()
    amount = outcome.amount.minor
    discount = int(amount * outcome.annual_rate * (due_on - on).days / 360)
    db.execute(
        "INSERT INTO plain.verdict (id, receivable, inputs, outcome, at)"
        " VALUES (%s, %s, %s, %s, %s)",
        (
            verdict,
            body.receivable,
            json.dumps(inputs),
            json.dumps(
                {
                    "amount": amount,
                    "score": outcome.score,
                    "grade": outcome.grade,
                    "reasons": [
                        [r.code, r.text.zh, r.text.en, r.cure.zh, r.cure.en]
                        for r in outcome.reasons
                    ],
                }
            ),
            now,
        ),
    )
    db.execute(
        "INSERT INTO plain.application (id, receivable, verdict, amount, rate)"
        " VALUES (%s, %s, %s, %s, %s)",
        (application, body.receivable, verdict, amount, outcome.annual_rate),
    )
    db.execute(
        "INSERT INTO plain.claim (receivable, holder) VALUES (%s, %s)",
        (body.receivable, application),
    )
    lines = sorted(
        f"{axis}:{subject}"
        for axis, subject in zip(AXES, (programme, buyer, buyer, "discount", supplier), strict=True)
    )
    db.execute(
        "SELECT id FROM plain.limit_line WHERE id = ANY(%s) ORDER BY id FOR UPDATE", (lines,)
    )
    db.execute("UPDATE plain.limit_line SET used = used + %s WHERE id = ANY(%s)", (amount, lines))
    db.execute(
        "INSERT INTO plain.loan"
        " (id, application, receivable, principal, discount, opened_on, due_on)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        (loan, application, body.receivable, amount, discount, on, due_on),
    )
    for line in lines:
        db.execute(
            "INSERT INTO plain.limit_use (loan, line, amount) VALUES (%s, %s, %s)",
            (loan, line, amount),
        )
    _post(db, loan, supplier, amount, discount, now)
    db.execute(
        "INSERT INTO plain.payment (id, loan, amount, payee) VALUES (%s, %s, %s, %s)",
        (payment, loan, amount - discount, supplier),
    )
    facts = [("loan_disbursed", {"loan": str(loan)}), ("payment_made", {"payment": str(payment)})]
    for kind, said in facts:
        db.execute("INSERT INTO plain.fact (kind, body) VALUES (%s, %s)", (kind, json.dumps(said)))
    for kind, subject in (("verdict", verdict), ("loan", loan), ("payment", payment)):
        hashed = hashlib.sha256(f"{kind}{subject}{amount}".encode()).digest()
        db.execute(
            "INSERT INTO plain.evidence (kind, subject, hash) VALUES (%s, %s, %s)",
            (kind, subject, hashed),
        )
    answer = Financed(
        id=uuid4(),
        kind="financing",
        receivable=body.receivable,
        credit_decision=application,
        drawdown=loan,
        payment=payment,
        amount=f"{amount / 100:.2f}",
        currency="CNY",
        annual_rate=str(outcome.annual_rate),
        grade=outcome.grade,
        proceeds=f"{(amount - discount) / 100:.2f}",
    )
    db.execute(
        "INSERT INTO plain.request (key, digest, answer) VALUES (%s, %s, %s)",
        (key, digest, answer.model_dump_json()),
    )
    return answer


def _post(
    db: psycopg.Connection[Any],
    loan: UUID,
    supplier: str,
    amount: int,
    discount: int,
    now: datetime,
) -> None:
    owed, deposit = f"loan:{loan}", f"deposit:{supplier}"
    db.execute(
        "INSERT INTO plain.account (id) SELECT unnest(%s::text[]) ON CONFLICT DO NOTHING",
        ([owed, deposit, "clearing", "unearned"],),
    )
    entries = [
        (owed, "unearned", discount, 10),
        (owed, "clearing", amount - discount, 11),
        ("clearing", deposit, amount - discount, 12),
    ]
    names = sorted({name for entry in entries for name in entry[:2]})
    db.execute("SELECT id FROM plain.account WHERE id = ANY(%s) ORDER BY id FOR UPDATE", (names,))
    for debit, credit, moved, code in entries:
        db.execute(
            "INSERT INTO plain.entry (id, debit, credit, amount, code, at)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            (uuid4(), debit, credit, moved, code, now),
        )
        db.execute("UPDATE plain.account SET balance = balance + %s WHERE id = %s", (moved, debit))
        db.execute("UPDATE plain.account SET balance = balance - %s WHERE id = %s", (moved, credit))
