"""A lane: one connection that appends batches without making the writer wait.

A batch is two simple-protocol messages: BEGIN and its COPYs, then, in its turn, its row of
books.batch and COMMIT. Between the two the other lanes' COPYs run; because the second message
waits until the batch before has committed, no reader ever sees a gap.
"""

import select
from collections.abc import Generator
from typing import Final

import psycopg
from psycopg import pq

from heliu.books.ledger.encoding import HEADER, TRAILER
from heliu.books.ledger.store_append import FENCED_STATE, Staged
from heliu.ground.db import Database

READ: Final = select.POLLIN
WRITE: Final = select.POLLIN | select.POLLOUT
TURN: Final = 0
UNIQUE_STATE: Final = "23505"


class LaneBroken(Exception):
    """The server refused or lost a lane's batch; `state` is its SQLSTATE, if it said one."""

    def __init__(self, state: str, message: str) -> None:
        super().__init__(message)
        self.state = state

    @property
    def fenced(self) -> bool:
        """Whether another writer has taken over."""
        return self.state == FENCED_STATE


class Lane:
    """A connection and the batch it is appending, moved on by `step`."""

    def __init__(self, database: Database) -> None:
        self._connection = database.connect(autocommit=True)
        self._pg = self._connection.pgconn
        self._pg.nonblocking = 1
        self.fd = self._pg.socket
        self.broken: LaneBroken | None = None
        self._waits = 0
        self._course: Generator[int, None, None] | None = None
        self.done = False

    @property
    def idle(self) -> bool:
        """Whether it may start a batch."""
        return self._course is None and not self.done and self.broken is None

    @property
    def waits(self) -> int:
        """The poll events it waits for, or 0."""
        return 0 if self._course is None else self._waits

    @property
    def waits_for_turn(self) -> bool:
        """Whether its batch is ready to commit."""
        return self._course is not None and self._waits == TURN

    def start(self, staged: Staged, *, first: bool) -> None:
        """Begin to append a batch; the `first` in flight need not wait for its turn."""
        assert self.idle, "one batch at a time"
        self._course = self._append(staged, first=first)
        self.step()

    def step(self) -> None:
        """Move on after what it waited for has come: to `done`, or `broken`, or a next wait."""
        assert self._course is not None, "there is a batch to move on"
        try:
            self._waits = next(self._course)
        except StopIteration:
            self._course, self.done = None, True
        except LaneBroken as error:
            self._course, self.broken = None, error
        except psycopg.OperationalError as error:
            self._course, self.broken = None, LaneBroken("", str(error))

    def free(self) -> None:
        """Take the next batch: this one is durable and answered."""
        assert self.done, "its batch has committed"
        self.done = False

    def close(self) -> None:
        """Drop the connection; an unfinished batch is rolled back by the server."""
        self._course = None
        self._connection.close()

    def _append(self, staged: Staged, *, first: bool) -> Generator[int, None, None]:
        last = [staged.last_statement, "COMMIT"]
        statements = ["BEGIN", *staged.statements]
        copies = [sql for sql, _ in staged.copies]
        self._pg.send_query(";".join((*statements, *copies, *(last if first else ()))).encode())
        for _ in statements:
            yield from self._expect(pq.ExecStatus.COMMAND_OK)
        for _, body in staged.copies:
            yield from self._expect(pq.ExecStatus.COPY_IN)
            self._pg.put_copy_data(HEADER)
            self._pg.put_copy_data(body)
            self._pg.put_copy_data(TRAILER)
            self._pg.put_copy_end()
            yield from self._expect(pq.ExecStatus.COMMAND_OK)
        if not first:
            yield from self._end()
            yield TURN
            self._pg.send_query(";".join(last).encode())
        for _ in last:
            yield from self._expect(pq.ExecStatus.COMMAND_OK)
        yield from self._end()

    def _expect(self, status: pq.ExecStatus) -> Generator[int, None, None]:
        yield from self._ready()
        result = self._pg.get_result()
        if result is None or result.status != status:
            state = result.error_field(pq.DiagnosticField.SQLSTATE) if result else None
            message = self._pg.error_message.decode(errors="replace").strip()
            raise LaneBroken((state or b"").decode(), message)

    def _end(self) -> Generator[int, None, None]:
        yield from self._ready()
        ended = self._pg.get_result()
        assert ended is None, "all results of the message were read"

    def _ready(self) -> Generator[int, None, None]:
        while self._pg.flush():
            yield WRITE
            self._pg.consume_input()
        while self._pg.is_busy():
            yield READ
            self._pg.consume_input()
