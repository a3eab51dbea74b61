"""Disk-full proof: the store's disk fills up under HTTP load, room is made, nothing was half done.

PostgreSQL's data lie on a small file system of its own. In each round a ballast file takes what is
left of it in full run, so that the next write finds no room; after a while the ballast is taken
away and what has stopped is started again, as a service manager would. A client records every
answer: what is not granted is a retryable 503, and in the end all laws hold and the books are what
the client was told. Needs root, to mount the file system.
"""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from heliu.app.bench.comparing import Tally, compared, credential, planted
from heliu.app.bench.crash import Tell
from heliu.app.bench.house import House
from heliu.app.bench.http_recorder import RATE, Recorder
from heliu.app.bench.killing import kill_server
from heliu.ground.postgres import embedded

MEGABYTES: Final = 1024
FULL_SECONDS: Final = 5.0
_CHUNK: Final = b"\0" * 2**16


def run(*, seconds: float, rounds: int, progress: Tell) -> dict[str, Any]:
    """`rounds` times a full disk after `seconds` of load each, then the comparison."""
    with _small_disk() as home:
        tally, server = Tally(), embedded(home)
        house = House(home, server.url)
        try:
            server.start()
            progress("planting receivables")
            jobs = int(RATE * rounds * (seconds + FULL_SECONDS) * 2)
            connection, asked = planted(server.url, jobs)
            house.open()
            recorder = Recorder(house.ports, credential(home, connection), asked)
            stopped = 0
            for number in range(1, rounds + 1):
                progress(f"round {number} of {rounds}: the disk is full")
                recorder.start()
                time.sleep(seconds)
                filled = _fill(home / "ballast")
                time.sleep(FULL_SECONDS)
                stopped += not server.running()
                (home / "ballast").unlink()
                room = time.monotonic()
                server.start()
                house.open()
                tally.add("disk", room, recorder.stop())
            recorder.close()
            progress("verifying every law")
            told = compared(server.url, connection, tally)
        finally:
            house.close()
            kill_server(server)
    told |= {"rounds": rounds, "ballast_bytes": filled, "server_stopped": stopped}
    return told | {"silent_for_s": tally.silence()}


def _fill(ballast: Path) -> int:
    """Write until there is no room left; returns how much there was."""
    written = 0
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            written += file.write(_CHUNK)
    return written


@contextmanager
def _small_disk() -> Iterator[Path]:
    """A file system in memory, gone afterwards. Raises CalledProcessError unless root."""
    home = Path(tempfile.mkdtemp(prefix="heliu-disk-"))
    mount = shutil.which("mount", path="/usr/bin:/bin:/sbin") or "mount"
    options = f"size={MEGABYTES}m,mode=0755,uid={os.getuid()}"
    subprocess.run([mount, "-t", "tmpfs", "-o", options, "tmpfs", home], check=True)  # noqa: S603
    try:
        yield home
    finally:
        subprocess.run([mount.replace("mount", "umount"), home], check=True)  # noqa: S603
        home.rmdir()
