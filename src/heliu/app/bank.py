"""The open bank: database reached, schema up to date, the one writer of the ledger in hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from heliu.app.options import cli_actor
from heliu.app.settings import settings
from heliu.books.ledger.api import Ledger
from heliu.ground import replication
from heliu.ground.actor import Actor
from heliu.ground.clock import Clock, SystemClock
from heliu.ground.db import Database
from heliu.ground.migrate import migrate


@dataclass(frozen=True, slots=True)
class Bank:
    """What the money commands work with: database, ledger, clock and in whose name."""

    database: Database
    ledger: Ledger
    clock: Clock
    actor: Actor


@contextmanager
def open_bank() -> Iterator[Bank]:
    """The bank with its ledger's writer taken by this process until the block ends."""
    with open_database() as database:
        clock = SystemClock()
        ledger = Ledger.open(database, clock)
        try:
            yield Bank(database, ledger, clock, cli_actor())
        finally:
            ledger.close()


@contextmanager
def open_database() -> Iterator[Database]:
    """The migrated database of this machine's settings; starts the embedded server if needed.

    The embedded server is left running: the next command finds it warm (`heliu stop` ends it).
    """
    database = Database(database_url())
    try:
        migrate(database)
        yield database
    finally:
        database.close()


def database_url() -> str:
    """The external server's URL, or the embedded one's (and its standby's), started if need be."""
    if url := settings().database_url:
        return url
    return replication.start(settings().folder)
