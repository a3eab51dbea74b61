"""What a client asked over HTTP and what it heard, beside the books: what survives a crash."""

import json
import statistics
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from heliu.app.bench.http_recorder import Heard, Job, Record
from heliu.app.bench.instants_plant import plant
from heliu.app.laws import examine_laws
from heliu.channels.openapi.api import PATHS
from heliu.credit.instants.api import ActKind
from heliu.ground.actor import SYSTEM
from heliu.ground.clock import SystemClock
from heliu.ground.db import Database
from heliu.ground.ids import derived_id
from heliu.ground.migrate import migrate
from heliu.parties.access.api import (
    Connection,
    Credential,
    IssueConnection,
    Permission,
    Vault,
    credential_of,
    issue,
)

SUPPLIERS: Final = 99
OK: Final = range(200, 300)
ACTS: Final = """
SELECT id, body
FROM credit.act
WHERE kind = 'financing' AND NOT refused"""
LOANS: Final = """
SELECT receivable_id, count(*)
FROM credit.loan
GROUP BY receivable_id"""


@dataclass(slots=True)
class Tally:
    """What the client heard over all rounds, and how long it heard nothing."""

    answers: list[Heard] = field(default_factory=list)
    again: list[Heard] = field(default_factory=list)
    silent_s: dict[str, list[float]] = field(default_factory=dict)

    def silence(self) -> dict[str, dict[str, float]]:
        """Seconds without an answer, by what was killed."""
        return {
            victim: {"median": statistics.median(found), "most": max(found)}
            for victim, found in self.silent_s.items()
        }

    def add(self, victim: str, killed: float, record: Record) -> None:
        """Take in a round; `killed` is when its victim was dead."""
        self.answers += record.answers
        self.again += record.again
        after = [heard.at - killed for heard in record.answers if heard.at > killed]
        self.silent_s.setdefault(victim, []).append(min(after, default=float("nan")))


def planted(url: str, count: int) -> tuple[Connection, list[Job]]:
    """A migrated bank with `count` receivables, the client's connection, and what it asks for."""
    database, clock = Database(url), SystemClock()
    migrate(database)
    made = plant(database, count, clock.today(), clock.now(), SUPPLIERS)
    with database.transaction() as tx:
        asked = IssueConnection(None, "crash bench", frozenset({Permission.FINANCINGS_WRITE}))
        connection = issue(tx, SYSTEM, asked, clock.now())
    database.close()
    path = PATHS[ActKind.FINANCING].encode()
    return connection, [
        Job(f"crash-{receivable}", path, json.dumps({"receivable": str(receivable)}).encode())
        for receivable, _ in made.receivables
    ]


def credential(home: Path, connection: Connection) -> Credential:
    """What the connection signs with; the vault lies in `home`."""
    return credential_of(Vault.open(home, None), connection)


def compared(url: str, connection: Connection, tally: Tally) -> dict[str, Any]:
    """The books beside the client's record, and every law."""
    database = Database(url)
    with database.transaction() as tx:
        tx.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        acts = {identity: body.encode() for identity, body in tx.rows(ACTS)}
        loans = Counter({str(receivable): int(n) for receivable, n in tx.rows(LOANS)})
        broken = [f"{law.code}: {what}" for law in examine_laws(tx) for what in law.broken]
    database.close()
    granted = [heard for heard in tally.answers if heard.status in OK]
    first = {heard.key: heard for heard in tally.answers}
    said = {heard.key: derived_id("act", connection.id, heard.key) for heard in granted}
    lost = [heard for heard in granted if acts.get(said[heard.key]) != heard.body]
    unknown = set(acts) - set(said.values())
    otherwise = [
        heard
        for heard in tally.again
        if (heard.status, heard.body) != (first[heard.key].status, first[heard.key].body)
    ]
    doubled = sum(n - 1 for n in loans.values()) + max(0, len(loans) - len(acts))
    failed = len(lost) + doubled + len(unknown) + len(otherwise) + len(broken)
    return {
        "asked": len(tally.answers),
        "granted": len(granted),
        "refused": sum(heard.status not in OK and heard.status > 0 for heard in tally.answers),
        "unanswered": sum(heard.status == 0 for heard in tally.answers),
        "asked_more_than_once": sum(heard.attempts > 1 for heard in tally.answers),
        "found_done_when_asked_again": sum(heard.replayed for heard in granted),
        "asked_twice_on_purpose": len(tally.again),
        "lost": len(lost),
        "doubled": doubled,
        "booked_but_never_answered": len(unknown),
        "answered_otherwise": len(otherwise),
        "violations": broken,
        "met": not failed and len(granted) == len(tally.answers),
    }
