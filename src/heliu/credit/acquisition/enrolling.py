"""From pre-approved to enrolled: the next programme version, for a second person to release."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc

from heliu.credit.acquisition.domain.run import PreApproval, Run
from heliu.credit.acquisition.errors import expired, no_programme, nobody
from heliu.credit.acquisition.service import find, list_of, pre_approvals
from heliu.credit.products.api import Enrolled, Programme, history, propose_programme
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.text import Text

_NO_ACCOUNT: Final = Text("名单未提供收款账号", "the list gives no account")
_ENROLLED: Final = Text("已在方案中", "enrolled already")
_PAGE: Final = 10_000


@dataclass(frozen=True, slots=True)
class Enrol:
    """Enrol a run's pre-approved suppliers from business date `on`.

    `only` names them by USCC, `top` takes the first by expected draw; else all.
    """

    run_id: UUID
    on: date
    only: frozenset[str] | None = None
    top: int | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A pre-approved supplier that is not in the proposal, and why."""

    uscc: str
    reason: Text


@dataclass(frozen=True, slots=True)
class Enrolment:
    """The proposed version, who is new in it, and who could not be."""

    programme: Programme
    added: tuple[str, ...]
    left_out: tuple[LeftOut, ...]


def enrol(tx: Tx, actor: Actor, command: Enrol, now: datetime) -> Enrolment:
    """Propose the programme's next version, in which the pre-approved are enrolled.

    Each gets its pre-approved limit. A second person releases the version. Asked again while the
    same proposal waits, answers with that. Raises Refusal `acquisition.unknown_run`,
    `.not_finished`, `.expired`, `.nobody_to_enrol`.
    """
    run_id, on = command.run_id, command.on
    run = find(tx, run_id)
    if on >= run.valid_until:
        raise expired(run_id, run.valid_until)
    versions = history(tx, run.programme)
    released = [v.programme for v in versions if v.released_at is not None]
    if not released:
        raise no_programme(run.programme, on)
    base = released[-1]
    only = command.only
    approved = _approved(tx, run, command.top)
    chosen = [one for one in approved if only is None or one.uscc in only]
    added, left_out = _joining(list_of(tx, run_id), base, chosen)
    if not added:
        raise nobody(run_id)
    proposed = replace(
        base,
        version=versions[-1].programme.version + 1,
        effective_from=on,
        suppliers=(*base.suppliers, *added),
    )
    waiting = versions[-1].programme
    if waiting == replace(proposed, version=waiting.version):
        proposed = waiting
    else:
        propose_programme(tx, actor, proposed, now)
    return Enrolment(proposed, tuple(one.uscc for one in added), tuple(left_out))


def _approved(tx: Tx, run: Run, top: int | None) -> Iterator[PreApproval]:
    after, wanted = 0, top
    while wanted is None or after < wanted:
        size = _PAGE if wanted is None else min(_PAGE, wanted - after)
        page = pre_approvals(tx, run.id, after=after, limit=size)
        approved = [one for one in page if one.approved]
        yield from approved
        # The approved come first: whoever has no limit has nobody with one after it.
        if len(approved) < size:
            return
        after += size


def _joining(
    listed: pa.Table, base: Programme, chosen: list[PreApproval]
) -> tuple[list[Enrolled], list[LeftOut]]:
    wanted = pa.array([one.uscc for one in chosen], pa.string())
    found = listed.filter(pc.is_in(listed.column("uscc"), wanted))
    details = {
        uscc: (name, account)
        for uscc, name, account in zip(
            *(found.column(c).to_pylist() for c in ("uscc", "name", "account")), strict=True
        )
    }
    enrolled = {supplier.uscc for supplier in base.suppliers}
    added, left_out = [], []
    for one in chosen:
        name, account = details[one.uscc]
        if one.uscc in enrolled:
            left_out.append(LeftOut(one.uscc, _ENROLLED))
        elif not account:
            left_out.append(LeftOut(one.uscc, _NO_ACCOUNT))
        else:
            added.append(Enrolled(one.uscc, Text(name, name), account, one.limit))
    return added, left_out
