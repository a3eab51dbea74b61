"""Crash bench: kill -9 of server and PostgreSQL under HTTP load; no answer is lost or doubled.

Works on a server of its own in a temporary folder. Two `heliu serve` processes share the bank, one
as the other's hot standby. A client in its own process asks for financings and records every
answer. In each round the process that leads, PostgreSQL with all its processes, or everything at
once is killed in full run and started again, as a service manager would. In the end all laws are
verified and the books are compared with the client's record. `crash_ledger` does it to the ledger
alone, at its full rate.
"""

import random
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from heliu.app.bench.comparing import Tally, compared, credential, planted
from heliu.app.bench.house import House
from heliu.app.bench.http_recorder import RATE, Recorder
from heliu.app.bench.killing import kill_server
from heliu.ground.postgres import embedded

ROUNDS: Final = 50
VICTIMS: Final = ("server", "postgres", "everything")
SEED: Final = 20260520

Tell = Callable[[str], None]


def run(
    database_url: str, *, seconds: float, progress: Tell, rounds: int = ROUNDS
) -> dict[str, Any]:
    """`rounds` kills after about `seconds` of load in all, then the comparison.

    `database_url` is not touched: the server that is killed is this bench's own.
    """
    del database_url
    home = Path(tempfile.mkdtemp(prefix="heliu-crash-"))
    rng, tally = random.Random(SEED), Tally()  # noqa: S311 - not a secret
    server = embedded(home)
    house = House(home, server.url)
    try:
        server.start()
        progress("planting receivables")
        connection, jobs = planted(server.url, int(RATE * (seconds * 1.5 + rounds)))
        house.open()
        recorder = Recorder(house.ports, credential(home, connection), jobs)
        for number in range(1, rounds + 1):
            victim = VICTIMS[number % len(VICTIMS)]
            progress(f"round {number} of {rounds}: kill -9 of {victim}")
            recorder.start()
            time.sleep(seconds / rounds * rng.uniform(0.5, 1.5))
            if victim != "postgres":
                house.kill(both=victim == "everything")
            if victim != "server":
                kill_server(server)
            killed = time.monotonic()
            server.start()
            house.open()
            tally.add(victim, killed, recorder.stop())
        recorder.close()
        progress("verifying every law")
        told = compared(server.url, connection, tally)
    finally:
        house.close()
        kill_server(server)
        shutil.rmtree(home, ignore_errors=True)
    return {"rounds": rounds, **told, "silent_for_s": tally.silence(), "seed": SEED}
