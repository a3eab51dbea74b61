"""Killing an embedded server as a power cut would, for the benches that prove what survives it."""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

from heliu.ground.postgres import Embedded


def kill_server(server: Embedded) -> None:
    """Kill -9 the postmaster and every process it started, and see them gone."""
    file = server.data / "postmaster.pid"
    if not file.exists():
        return
    postmaster = int(file.read_text().split("\n", 1)[0])
    family = [postmaster, *_children(postmaster)]
    for process in family:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    while any(alive(process) for process in family):
        time.sleep(0.01)
    # A killed process that nobody has reaped yet would still look like a running server.
    file.unlink(missing_ok=True)


def alive(process: int) -> bool:
    """Whether a process runs; a dead one that nobody has reaped does not."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text(errors="replace")
    except OSError:
        return False
    return stat.rsplit(")", 1)[1].split()[0] not in "ZX"


def _children(parent: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = stat.read_text(errors="replace").rsplit(")", 1)[1].split()
            if int(fields[1]) == parent:
                found.append(int(stat.parent.name))
    return found
