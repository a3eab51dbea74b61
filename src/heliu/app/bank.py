"""The open bank: database reached, schema up to date, the one writer of the ledger in hand."""

from collections.abc import Iterator
from contextlib import contextmanager

from heliu.app.settings import settings
from heliu.ground.db import Database
from heliu.ground.migrate import migrate
from heliu.ground.postgres import embedded


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
    """The external server's URL, or the embedded server's, started if it was not."""
    if url := settings().database_url:
        return url
    server = embedded(settings().folder)
    server.start()
    return server.url
