"""The people as the bank knows them: their connections, clients, and what each may do."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Final

from heliu.app.ecosystem.clock import BusinessClock
from heliu.app.ecosystem.plan import Plan
from heliu.app.ecosystem.tally import Said as Answered
from heliu.app.ecosystem.tally import Tally, said_by
from heliu.app.ecosystem.wire import Wire
from heliu.app.samples.firms import CORES, Firm
from heliu.client import Client, Options, Problem, Said
from heliu.ground.actor import SYSTEM
from heliu.ground.db import Database
from heliu.parties.access.api import (
    OF_THE_BANK,
    Credential,
    IssueConnection,
    Permission,
    Vault,
    credential_of,
    issue,
)

BANK, SECOND_PERSON = "BK", "BK-2"
_CORE: Final = frozenset(
    {
        Permission.DOCUMENTS_WRITE,
        Permission.PARTIES_WRITE,
        Permission.APPROVALS_WRITE,
        Permission.ACTS_READ,
        Permission.PROGRAMMES_READ,
    }
)
_SUPPLIER: Final = frozenset(
    {
        Permission.DOCUMENTS_WRITE,
        Permission.DECISIONS_WRITE,
        Permission.DRAWDOWNS_WRITE,
        Permission.PAYMENTS_WRITE,
        Permission.FINANCINGS_WRITE,
        Permission.ACTS_READ,
        Permission.PROGRAMMES_READ,
    }
)
# As a programmer's guess at a secret would be: of the right form.
_WRONG_SECRET: Final = "hs_" + "A" * 43


@dataclass(frozen=True, slots=True)
class Street:
    """Everybody's access to the bank, by the code of the firm, over one wire."""

    url: str
    wire: Wire
    tally: Tally
    options: Options
    credentials: Mapping[str, Credential]
    clients: Mapping[str, Client]

    def name(self, firm: Firm) -> str:
        """A firm's name in the language of this street."""
        return firm.zh if self.options.language == "zh" else firm.en

    def say(self, said: Said) -> str:
        """A sentence of the bank in the language of this street."""
        return said.zh if self.options.language == "zh" else said.en

    def said_by(self, problem: Problem) -> Answered:
        """What a problem says, in the language of this street."""
        return said_by(problem, self.options.language)

    def thief(self, code: str) -> Client:
        """A client that knows this firm's key but not its secret."""
        key = self.credentials[code].key
        return Client(
            self.url, key=key, secret=_WRONG_SECRET, options=self.options, transport=self.wire
        )


def connect(database: Database, vault: Vault, plan: Plan, clock: BusinessClock) -> list[Credential]:
    """Issue everybody's connection; credentials in the order of `codes`."""
    wanted = [
        IssueConnection(None, "operations", frozenset(Permission) - OF_THE_BANK),
        IssueConnection(None, "second person", OF_THE_BANK),
        *(IssueConnection(core.uscc, f"ERP {core.en}", _CORE) for core in CORES),
        *(IssueConnection(s.firm.uscc, f"{s.firm.en}", _SUPPLIER) for s in plan.cast),
    ]
    with database.transaction() as tx:
        issued = [issue(tx, SYSTEM, one, clock.now()) for one in wanted]
    return [credential_of(vault, connection) for connection in issued]


def codes(plan: Plan) -> list[str]:
    """Who has a connection: the bank's two, the core enterprises, the suppliers."""
    return [BANK, SECOND_PERSON, *(core.code for core in CORES), *(s.firm.code for s in plan.cast)]


@contextmanager
def street(
    url: str, credentials: Sequence[Credential], plan: Plan, tally: Tally, options: Options
) -> Iterator[Street]:
    """Everybody with a client of his own, until the block ends."""
    known = dict(zip(codes(plan), credentials, strict=True))
    with ExitStack() as stack:
        wire = stack.enter_context(Wire(tally))
        clients = {
            code: stack.enter_context(
                Client(url, key=one.key, secret=one.secret, options=options, transport=wire)
            )
            for code, one in known.items()
        }
        yield Street(url, wire, tally, options, known, clients)
