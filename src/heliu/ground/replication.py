"""A synchronous standby of the embedded PostgreSQL: base backup, streaming, promotion.

The same binaries as the primary's, in a folder of their own (on another disk, if there is one),
over the unix socket. Every commit waits until the standby has it on disk as well: nothing
acknowledged is lost when the primary dies, and nothing is acknowledged without the standby unless
it is released. A promoted standby has superseded its primary, which never starts again.
"""

import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg
from psycopg import Connection, sql
from psycopg.rows import TupleRow

from heliu.ground.errors import Outage, Refusal
from heliu.ground.postgres import HBA, SOCKET, SUPERSEDED, Embedded, embedded, path_number
from heliu.ground.text import Text

STATE: Final = """
SELECT r.sync_state, pg_wal_lsn_diff(pg_current_wal_lsn(), r.flush_lsn)::bigint
FROM pg_stat_replication r
WHERE r.application_name = %s AND r.state = 'streaming'"""
DROP_SLOT: Final = """
SELECT pg_drop_replication_slot(s.slot_name)
FROM pg_replication_slots s
WHERE s.slot_name = %s"""
RELOAD: Final = "SELECT pg_reload_conf()"
_PEER: Final = "standby"  # in a home: the folder of the other server of the pair
_FOLLOWS: Final = "standby.signal"  # PostgreSQL's own mark of a standby
_RELEASED: Final = "heliu.released"  # in a standby's data: commits do not wait for it
_CATCH_UP_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Follows:
    """A standby as its primary sees it: whether commits wait for it, and the bytes it lacks."""

    synchronous: bool
    behind_bytes: int


@dataclass(frozen=True, slots=True)
class Standby:
    """A primary and its standby server: made by `Standby.create`, found again by `standby_of`."""

    primary: Embedded
    server: Embedded

    @classmethod
    def create(cls, primary: Embedded, folder: Path) -> "Standby":
        """Copy the running primary into `folder`; `start` then makes a standby of the copy.

        A superseded server or an earlier standby in `folder` is replaced. Raises Outage if it
        holds another server's data, or the copy fails.
        """
        standby = cls(primary, embedded(folder))
        data = standby.server.data
        standby._make_way()
        (primary.data / "pg_hba.conf").write_text(HBA, encoding="utf-8")
        with _admin(primary) as connection:
            connection.execute(RELOAD)
            connection.execute(DROP_SLOT, (standby.name,))
        data.mkdir(mode=0o700, parents=True)
        standby.server.own(data)
        primary.program(
            *("pg_basebackup", "--pgdata", str(data), "--checkpoint=fast", "--wal-method=stream"),
            *("--write-recovery-conf", "--create-slot", "--slot", standby.name),
            *("--dbname", f"host='{primary.socket}' user=heliu application_name={standby.name}"),
        )
        # The socket's lock file lies among the data and was copied with them.
        (data / f"{SOCKET}.lock").unlink(missing_ok=True)
        (data / _RELEASED).touch()
        _peer(primary).write_text(f"{data.parent}\n", encoding="utf-8")
        _peer(standby.server).write_text(f"{primary.data.parent}\n", encoding="utf-8")
        return standby

    @property
    def name(self) -> str:
        """Its name towards the primary: application and replication slot."""
        return f"heliu_{path_number(self.server.data):x}"

    @property
    def url(self) -> str:
        """Connection string that finds whichever of the two may be written to."""
        hosts = f"{self.primary.socket},{self.server.socket}"
        return f"postgresql://heliu@/heliu?host={hosts}&target_session_attrs=read-write"

    @property
    def leader(self) -> Embedded:
        """The one of the two that may be written to."""
        return self.server if self.promoted else self.primary

    @property
    def promoted(self) -> bool:
        """Whether it has taken its primary's place."""
        return (self.primary.data / SUPERSEDED).exists()

    @property
    def released(self) -> bool:
        """Whether commits have not waited for it since it was last in step."""
        return (self.server.data / _RELEASED).exists()

    def start(self) -> None:
        """Start it if it is stopped; from now on the primary's commits wait for it.

        Raises Outage if it does not catch up with its primary within a minute.
        """
        self.server.start()
        deadline = time.monotonic() + _CATCH_UP_SECONDS
        with _admin(self.primary) as connection:
            while (state := self.state()) is None or not state.synchronous:
                if state is not None:
                    _have_commits_wait_for(connection, self.name)
                if time.monotonic() > deadline:
                    raise Outage("the standby does not follow its primary: create it anew")
                time.sleep(0.05)
        (self.server.data / _RELEASED).unlink(missing_ok=True)

    def state(self) -> Follows | None:
        """How it follows; None if it does not, or its primary does not answer."""
        try:
            with _admin(self.primary) as connection:
                row = connection.execute(STATE, (self.name,)).fetchone()
        except Outage:
            return None
        return None if row is None else Follows(row[0] in {"sync", "quorum"}, row[1])

    def promote(self, *, lossy: bool = False) -> None:
        """Let it take over; the primary is stopped if it still runs, and never starts again.

        Raises Refusal `standby.released` if commits did not wait for it, unless it may be `lossy`.
        """
        if self.released and not lossy:
            raise _released()
        _supersede(self.primary, self.server)
        self.primary.halt()
        self.server.start()
        if not self._follows():
            return
        with _admin(self.server) as connection:
            _have_commits_wait_for(connection, "")  # it has no standby of its own yet
        self.server.program("pg_ctl", "promote", "-w", "-D", str(self.server.data))
        (self.server.data / _RELEASED).unlink(missing_ok=True)

    def release(self) -> None:
        """Let the primary go on without it; `start` puts it in step again."""
        (self.server.data / _RELEASED).touch()
        with _admin(self.primary) as connection:
            _have_commits_wait_for(connection, "")

    def drop(self) -> None:
        """End the pair: the primary goes on alone, the standby is stopped for good."""
        self.release()
        self.server.stop()
        _supersede(self.server, self.primary)
        with _admin(self.primary) as connection:
            connection.execute(DROP_SLOT, (self.name,))
        _peer(self.primary).unlink(missing_ok=True)
        _peer(self.server).unlink(missing_ok=True)

    def stop(self) -> None:
        """Stop it; its primary acknowledges nothing until it is started again or released."""
        self.server.stop()

    def _follows(self) -> bool:
        return (self.server.data / _FOLLOWS).exists()

    def _make_way(self) -> None:
        if not self.server.data.exists():
            return
        useless = self._follows() or (self.server.data / SUPERSEDED).exists()
        if not useless:
            raise Outage(f"{self.server.data} holds another server's data: choose another folder")
        self.server.halt()
        shutil.rmtree(self.server.data)


def standby_of(home: Path) -> Standby | None:
    """The pair that the embedded server of `home` belongs to, if there is one."""
    record = home.resolve() / _PEER
    if not record.exists():
        return None
    own, other = embedded(home), embedded(Path(record.read_text(encoding="utf-8").strip()))
    if (own.data / _FOLLOWS).exists() or (other.data / SUPERSEDED).exists():
        return Standby(other, own)
    return Standby(own, other)


def start(home: Path) -> str:
    """Start the embedded server of `home`, and the other one of its pair; their URL.

    A superseded server stays stopped. Raises Outage.
    """
    standby = standby_of(home)
    if standby is None:
        server = embedded(home)
        server.start()
        return server.url
    if standby.promoted:
        standby.promote(lossy=True)  # sees an interrupted promotion through
        return standby.url
    standby.primary.start()
    if not standby.released:
        standby.start()
    return standby.url


def stop(home: Path) -> None:
    """Stop the embedded server of `home`, and the other one of its pair."""
    standby = standby_of(home)
    if standby is None:
        embedded(home).stop()
        return
    standby.primary.stop()
    standby.server.stop()


def _supersede(server: Embedded, leader: Embedded) -> None:
    (server.data / SUPERSEDED).write_text(f"{leader.data}\n", encoding="utf-8")


def _peer(server: Embedded) -> Path:
    return server.data.parent / _PEER


def _admin(server: Embedded) -> Connection[TupleRow]:
    """A connection of the supervisor's own, to the one server whatever its part in the pair."""
    try:
        return psycopg.connect(
            host=str(server.socket), user="heliu", dbname="postgres", autocommit=True
        )
    except psycopg.OperationalError as error:
        raise Outage(f"cannot reach the server in {server.data}: {error}") from error


def _have_commits_wait_for(connection: Connection[TupleRow], name: str) -> None:
    setting = "ALTER SYSTEM SET synchronous_standby_names = {}"
    connection.execute(sql.SQL(setting).format(sql.Literal(name)))
    connection.execute(RELOAD)


def _released() -> Refusal:
    return Refusal(
        "standby.released",
        Text(
            "备库已脱离同步, 可能缺少已确认的交易",
            "commits did not wait for this standby: it may lack what was acknowledged",
        ),
        Text(
            "先恢复主库; 确认可以丢失时才用 --lossy",
            "bring the primary back; only if a loss is acceptable, say --lossy",
        ),
    )
