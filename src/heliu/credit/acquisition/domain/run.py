"""A run of batch acquisition: what was asked, and the sealed answer."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import pyarrow as pa

from heliu.credit.acquisition.domain.explaining import Told
from heliu.decisions.verdicts.api import Profile
from heliu.ground.money import Money

RELEASE: Final = "scf-preapproval-1"
# A pre-approval rests on the list's day; after a quarter a new list is wanted.
VALID: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class AcquireCommand:
    """Pre-approve `suppliers` (a CSV's bytes, or a table of SCHEMA) under a programme on `on`.

    `release` is the text of a pre-approval release of the bank's own; None: the packaged one.
    """

    programme: str
    suppliers: bytes | pa.Table = field(repr=False)
    on: date
    profile: Profile = Profile.STANDARD
    release: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Result:
    """The seal of a run; `root` is the hash over its rows, `reasons[n - 1]` what number n says."""

    approved: int
    refused: int
    limit: Money
    draw: Money
    grades: tuple[str, ...]
    reasons: tuple[Told, ...]
    root: bytes
    finished_at: datetime


@dataclass(frozen=True, slots=True)
class Run:
    """A list as asked, on which terms; `result` is None until it is judged."""

    id: UUID
    number: int
    programme: str
    version: int
    on: date
    list_sha256: str
    release: str
    release_sha256: str
    profile: Profile
    take_up: str
    suppliers: int
    complaints: int
    started_at: datetime
    started_by: str
    result: Result | None

    @property
    def valid_until(self) -> date:
        """The first day on which its pre-approvals no longer stand."""
        return self.on + VALID


@dataclass(frozen=True, slots=True)
class PreApproval:
    """One supplier's answer: a limit and the draw expected of it, or 0 and the reasons."""

    rank: int
    line: int
    uscc: str
    limit: Money
    draw: Money
    score: int
    grade: str
    reasons: tuple[Told, ...]

    @property
    def approved(self) -> bool:
        """Whether there is a limit."""
        return self.limit.minor > 0


@dataclass(frozen=True, slots=True)
class Replay:
    """A run judged again from its stored columns: identical, or the ranks whose rows differ."""

    run_id: UUID
    identical: bool
    sealed: bool
    differing: tuple[int, ...]
