"""Two `heliu serve` processes of one bank, kept running as a service manager would."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import httpx

from heliu.app.bench.http_load import HOST
from heliu.ground.errors import Outage

READY_SECONDS: Final = 120.0
SERVE: Final = "from heliu.app.cli import main; main()"


class House:
    """The processes: one leads, the other stands by for it."""

    def __init__(self, home: Path, url: str) -> None:
        self.ports = [_free_port(), _free_port()]
        self._log = home / "serve.log"
        self._environment = {**os.environ, "HELIU_HOME": str(home), "HELIU_DATABASE_URL": url}
        self._serving: dict[int, subprocess.Popen[bytes]] = {}

    def open(self) -> None:
        """Start what does not run; returns when one process is ready and the other waits."""
        until = time.monotonic() + READY_SECONDS
        while sorted(states := [self._state(port) for port in self.ports]) != ["ready", "standby"]:
            for port in self.ports:
                if port not in self._serving or self._serving[port].poll() is not None:
                    self._serving[port] = self._serve(port)
            if time.monotonic() > until:
                tail = self._log.read_text(errors="replace")[-2000:]
                raise Outage(f"the bank does not come back: {states}; its log ends: {tail}")
            time.sleep(0.1)

    def kill(self, *, both: bool) -> None:
        """Kill -9 the process that leads, or both."""
        for port in [port for port in self.ports if both or self._state(port) == "ready"]:
            self._serving[port].send_signal(signal.SIGKILL)
            self._serving[port].wait()

    def pids(self) -> list[int]:
        """The processes that run, in order of their ports."""
        return [self._serving[port].pid for port in self.ports]

    def close(self) -> None:
        """End both."""
        for process in self._serving.values():
            process.kill()
            process.wait()

    def _serve(self, port: int) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-c", SERVE, "serve", "--port", str(port)]
        with self._log.open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - our own command
                command, env=self._environment, stdout=log, stderr=log, start_new_session=True
            )

    def _state(self, port: int) -> str:
        """What its health page says, or "" when nobody answers."""
        try:
            page = httpx.get(f"http://{HOST}:{port}/health", timeout=2)
            return str(page.json()["status"])
        except (httpx.HTTPError, ValueError, KeyError):
            return ""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
