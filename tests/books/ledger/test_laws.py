"""Every law of the books is examined: data that break it are named."""

from datetime import timedelta

import pytest
from tests.books.ledger.bank import NOON, Bank

from heliu.books.ledger.api import Phase, verify_ledger


def told(bank: Bank) -> set[str]:
    with bank.database.transaction() as tx:
        return {violation.law for violation in verify_ledger(tx)}


@pytest.fixture
def story(bank: Bank) -> Bank:
    """Twenty-odd transfers over three leaves: plain, held, posted, voided, expired, dollars."""
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
    bank.clock.advance(timedelta(hours=2))
    bank.post(bank.transfer("usd", "dollars", "dollar wallet", 70, currency="USD"))
    bank.ledger.checkpoint()
    return bank


def test_an_honest_journal_breaks_no_law(story: Bank) -> None:
    assert told(story) == set()


@pytest.mark.parametrize(
    ("damage", "law"),
    [
        ("UPDATE books.checkpoint_balance SET debits = debits + 1", "debits equal credits"),
        (
            "UPDATE books.checkpoint_balance SET debits = debits + 1",
            "balances are folds of the journal",
        ),
        ("UPDATE books.journal SET amount = amount + 1 WHERE seq = 5", "batches match their hashes"),
        (
            "UPDATE books.journal SET amount = amount + 1 WHERE seq = 5",
            "balances are folds of the journal",
        ),
        ("UPDATE books.batch SET hash = sha256('x') WHERE no = 3", "batches match their hashes"),
        ("UPDATE books.batch SET prev = sha256('x') WHERE no = 3", "batches match their hashes"),
        ("UPDATE books.pending SET expires_at = 'epoch'", "batches match their hashes"),
        ("DELETE FROM books.batch WHERE no = 3", "batches are contiguous"),
        ("DELETE FROM books.journal WHERE seq = 5", "seqs are contiguous"),
        ("DELETE FROM books.journal WHERE seq = (SELECT max(seq) FROM books.journal)",
         "seqs are contiguous"),
        ("UPDATE books.journal SET key = (SELECT key FROM books.journal WHERE seq = 1) WHERE seq = 9",
         "a key is booked once"),
        ("DELETE FROM books.transfer_key WHERE seq = 5", "a key is booked once"),
        ("UPDATE books.transfer_key SET seq = 99 WHERE seq = 5", "a key is booked once"),
        ("UPDATE books.account SET floor = 10000 WHERE name = 'wallet'", "floors hold"),
        # 1000 - 186 - 30 on the wallet, 60 of it on hold
        ("UPDATE books.account SET floor = 730 WHERE name = 'wallet'", "floors hold"),
        ("ALTER TABLE books.journal DROP CONSTRAINT journal_one_currency;"
         " UPDATE books.journal SET credit = (SELECT id FROM books.account WHERE name = 'dollars')"
         " WHERE seq = 5", "currencies never mix"),
        ("UPDATE books.journal SET debit = 156000000000999 WHERE seq = 5", "currencies never mix"),
        ("ALTER TABLE books.resolution DROP CONSTRAINT resolution_pkey;"
         " UPDATE books.resolution SET pending_seq = (SELECT min(pending_seq) FROM books.resolution)",
         "a pending transfer is resolved at most once"),
        ("UPDATE books.resolution SET pending_seq = 1 WHERE seq = 15",
         "a pending transfer is resolved at most once"),
        ("DELETE FROM books.resolution WHERE seq = 15",
         "a pending transfer is resolved at most once"),
        ("DELETE FROM books.pending WHERE seq = 14", "a pending transfer is resolved at most once"),
    ],
)  # fmt: skip
def test_what_breaks_a_law_is_named(story: Bank, damage: str, law: str) -> None:
    with story.database.connect(autocommit=True) as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute(damage.encode())
    assert law in told(story)


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
    ],
)
def test_history_cannot_be_changed(story: Bank, change: str) -> None:
    with (
        story.database.connect(autocommit=True) as writer,
        pytest.raises(Exception, match="append-only|cannot truncate"),
    ):
        writer.execute(change.encode())
