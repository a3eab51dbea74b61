"""Every law of the books is examined: data that break it are named."""

from datetime import timedelta

import psycopg
import pytest
from tests.books.ledger.bank import NOON, opened

from heliu.books.ledger.api import Ledger, Options, Phase, verify_ledger
from heliu.ground.clock import FixedClock
from heliu.ground.db import Database, Tx

DAMAGES = [
    ("debits equal credits", "UPDATE books.checkpoint_balance SET debits = debits + 1"),
    ("balances are folds", "UPDATE books.checkpoint_balance SET debits = debits + 1"),
    ("balances are folds", "UPDATE books.journal SET amount = amount + 1 WHERE seq = 5"),
    ("batches match their hashes", "UPDATE books.journal SET amount = amount + 1 WHERE seq = 5"),
    ("batches match their hashes", "UPDATE books.batch SET hash = sha256('x') WHERE no = 3"),
    ("batches match their hashes", "UPDATE books.batch SET prev = sha256('x') WHERE no = 3"),
    ("batches match their hashes", "UPDATE books.pending SET expires_at = 'epoch'"),
    ("batches match their hashes", "DELETE FROM books.journal WHERE seq > 5"),
    ("batches are contiguous", "DELETE FROM books.batch WHERE no = 3"),
    ("seqs are contiguous", "DELETE FROM books.journal WHERE seq = 5"),
    ("seqs are contiguous", "DELETE FROM books.journal WHERE seq > 20"),
    ("a key is booked once", "UPDATE books.journal SET key = md5('x')::uuid WHERE seq IN (1, 9)"),
    ("a key is booked once", "DELETE FROM books.transfer_key WHERE seq = 5"),
    ("a key is booked once", "UPDATE books.transfer_key SET seq = 99 WHERE seq = 5"),
    ("floors hold", "UPDATE books.account SET floor = 10000 WHERE name = 'wallet'"),
    # The wallet has 1000 - 186 - 30, and 60 of it on hold.
    ("floors hold", "UPDATE books.account SET floor = 725 WHERE name = 'wallet'"),
    (
        "currencies never mix",
        """ALTER TABLE books.journal DROP CONSTRAINT journal_sound;
        UPDATE books.journal SET credit = 840000000000004 WHERE seq = 5""",
    ),
    ("currencies never mix", "UPDATE books.journal SET debit = 156000000000999 WHERE seq = 5"),
    (
        "resolved at most once",
        """ALTER TABLE books.resolution DROP CONSTRAINT resolution_pkey;
        UPDATE books.resolution SET pending_seq = 14""",
    ),
    ("resolved at most once", "UPDATE books.resolution SET pending_seq = 1 WHERE seq = 15"),
    ("resolved at most once", "DELETE FROM books.resolution WHERE seq = 15"),
    ("resolved at most once", "DELETE FROM books.pending WHERE seq = 14"),
]


@pytest.fixture(scope="module")
def story(told: Database) -> Database:
    """Twenty-one transfers over three leaves: plain, held, posted, voided, expired, dollars."""
    clock = FixedClock(NOON)
    with Ledger.open(told, clock, Options(leaf_size=8)) as ledger:
        bank = opened(told, clock, ledger)
        bank.fund()
        for n in range(12):
            bank.post(bank.transfer(n, "wallet", "shop", 10 + n))
        bank.post(
            bank.transfer("hold", "wallet", "shop", 50, phase=Phase.PENDING),
            bank.transfer("held", "wallet", "shop", 30, phase=Phase.POST, pending="hold"),
            bank.transfer("hold 2", "wallet", "shop", 50, phase=Phase.PENDING),
            bank.transfer("void", "wallet", "shop", 50, phase=Phase.VOID, pending="hold 2"),
        )
        soon = NOON + timedelta(hours=1)
        bank.post(
            bank.transfer("hold 3", "wallet", "shop", 50, phase=Phase.PENDING, expires_at=soon),
            bank.transfer("hold 4", "wallet", "shop", 60, phase=Phase.PENDING),
        )
        clock.advance(timedelta(hours=2))
        bank.post(bank.transfer("usd", "dollars", "dollar wallet", 70, currency="USD"))
    return told


def test_an_honest_journal_breaks_no_law(story: Database) -> None:
    with story.transaction() as tx:
        assert verify_ledger(tx) == []


@pytest.mark.parametrize(("law", "damage"), DAMAGES)
def test_what_breaks_a_law_is_named(story: Database, law: str, damage: str) -> None:
    with story.connect() as connection:
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute(damage.encode())
        broken = verify_ledger(Tx(connection))
        connection.rollback()
    assert [violation for violation in broken if law in violation.law]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE books.journal SET amount = 1",
        "DELETE FROM books.journal",
        "TRUNCATE books.journal",
        "TRUNCATE books.journal_000001",
        "DELETE FROM books.batch",
        "UPDATE books.transfer_key SET seq = 1",
        "DELETE FROM books.resolution",
        "UPDATE books.pending SET expires_at = now()",
        "UPDATE books.account SET floor = 0",
        "UPDATE books.account_type SET normal_side = 'debit'",
        "DELETE FROM books.currency",
    ],
)
def test_history_cannot_be_changed(story: Database, change: str) -> None:
    with (
        story.connect(autocommit=True) as connection,
        pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="append-only"),
    ):
        connection.execute(change.encode())
