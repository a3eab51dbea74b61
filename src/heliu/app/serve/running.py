"""Bring the bank up behind HTTP, and take it down in order."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from heliu.app.commands.access import open_vault
from heliu.app.serve.bank import ServedBank
from heliu.app.serve.front import LOCAL, Front, Web
from heliu.app.serve.loops import Around, Loops
from heliu.channels.openapi.api import create_app
from heliu.channels.pages.api import PageApplication
from heliu.channels.webhooks.api import webhook_routes
from heliu.ground.clock import Clock
from heliu.ground.db import Database
from heliu.parties.access.api import Vault

# The teller's thread and the event loop share the interpreter: neither may keep it for the
# default five milliseconds while the other has an answer to send.
_SWITCH_SECONDS: Final = 0.0005
# What start-up made is never garbage; young objects of requests die young. A full collection of
# everything the bank keeps at hand would stop all answers for tens of milliseconds.
_GC_THRESHOLDS: Final = (100_000, 50, 1000)


@contextmanager
def running(
    database: Database,
    clock: Clock,
    around: Around,
    vault: Vault | None = None,
    web: Web = LOCAL,
) -> Iterator[tuple[ServedBank, PageApplication]]:
    """The bank, standing by or ready, and its HTTP application; closed when the block ends."""
    bank = ServedBank(database, clock, vault or open_vault())
    api = create_app(bank, [webhook_routes(bank, around.ways)])
    front = Front.of(bank, api, web)
    loops = Loops(bank, around)
    bank.start()
    loops.start()
    front.start()
    _calm()
    try:
        yield bank, front.application
    finally:
        front.close()
        loops.close()
        bank.close()


def _calm() -> None:
    sys.setswitchinterval(_SWITCH_SECONDS)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_GC_THRESHOLDS)
