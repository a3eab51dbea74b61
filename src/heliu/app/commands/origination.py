"""`heliu application`: from the form to the signed contract, step by step, with what is missing."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Final, TypeVar
from uuid import UUID

import typer
from rich.table import Table

from heliu.app.bank import open_database
from heliu.app.commands.origination_shown import show_application, told
from heliu.app.options import AsJson, AsOption, acting
from heliu.app.say import json_document, json_lines, out, plain, two
from heliu.app.settings import settings
from heliu.credit.lending.api import standings
from heliu.credit.origination.api import (
    THE_BANK,
    AcceptOffer,
    Application,
    Attach,
    ChangeRegistration,
    CheckKyb,
    Day,
    Decide,
    Dice,
    Document,
    ErrandKind,
    FileApplication,
    HandedIn,
    Odds,
    Outside,
    RecordConsent,
    RecordKey,
    ResumeErrand,
    Review,
    Scope,
    SignContract,
    Signer,
    SimulatedLists,
    SimulatedRegistry,
    SimulatedReports,
    SimulatedSigner,
    Stage,
    Standing,
    Withdraw,
    accept_offers,
    attach,
    cases,
    change_registrations,
    check_kyb,
    contract_text,
    decide,
    errands,
    expire,
    file_applications,
    find,
    keep_documents,
    listed,
    read_application,
    record_answers,
    record_consents,
    record_keys,
    resume,
    review,
    run,
    sign,
    to_sign,
    withdraw,
)
from heliu.credit.regulation.api import Profile, in_force
from heliu.ground.actor import Actor
from heliu.ground.clock import SystemClock
from heliu.ground.db import Database, Tx
from heliu.ground.errors import Refusal
from heliu.ground.ids import derived_id, uuid7
from heliu.ground.text import Text

Id = Annotated[UUID, typer.Argument(help="The application's id.")]
Answer = TypeVar("Answer")
_DAY: Final = ["%Y-%m-%d"]

application = typer.Typer(
    help="Loan applications: file, gather, decide, review, accept, sign.", no_args_is_help=True
)


def register(app: typer.Typer) -> None:
    """Add this family's commands to the command line."""
    app.add_typer(application, name="application")


@application.command("file")
def file(
    path: Annotated[Path, typer.Argument(help="Application file (YAML), papers beside it.")],
    *,
    named: AsOption = None,
    as_json: AsJson = False,
) -> None:
    """File an application with its papers, checklist and consent; again is the same."""
    handed = read_application(path)
    key = derived_id("application file", hashlib.sha256(path.read_bytes()).hexdigest())
    with _desk(named) as (database, actor, day):
        with database.transaction() as tx:
            kept = keep_documents(tx, actor, [paper for _, paper in handed.papers], day.now)
        with database.transaction() as tx:
            now = _done(file_applications(tx, actor, [FileApplication(key, handed.filing)], day))
            papers = [(kind, _one(one)) for (kind, _), one in zip(handed.papers, kept, strict=True)]
            _hand_in(tx, actor, day, handed, (now.id, papers))
            show_application(tx, now.id, day, as_json=as_json)


@application.command("show")
def show(identity: Id, *, as_json: AsJson = False) -> None:
    """Where an application stands, what it lacks, and why."""
    with _desk(None) as (database, _, day), database.transaction() as tx:
        show_application(tx, identity, day, as_json=as_json)


@application.command("list")
def list_(
    stage: Annotated[list[Stage] | None, typer.Option(help="Only these stages.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Applications by where they stand; without a stage: all that have not ended."""
    stages = stage or [Stage.GATHERING, Stage.REVIEW, Stage.OFFERED, Stage.ACCEPTED, Stage.SIGNED]
    with _desk(None) as (database, _, _day), database.transaction() as tx:
        found = listed(tx, stages)
    if as_json:
        json_lines(told(now) for now in found)
        return
    drawn = Table("application", "stage", "product", "borrower", "amount", "filed")
    for now in found:
        filing = now.filing
        drawn.add_row(
            *(str(now.id), now.stage.value, f"{filing.product_code} {filing.product_version}"),
            *(filing.borrower, str(filing.amount), str(now.filed_on)),
        )
    out.print(drawn)


@application.command("gather")
def gather(
    *,
    seed: Annotated[int, typer.Option(help="Seed of the simulated systems' faults.")] = 1,
    down: Annotated[int, typer.Option(help="Permille of askings that find a system down.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Ask the outside systems (simulated) what is due, and keep what comes back."""
    with _desk(None) as (database, actor, day):
        with database.transaction() as tx:
            asked = errands(tx, day)
        answered = run(_outside(seed, down), asked)
        with database.transaction() as tx:
            outcomes = record_answers(tx, actor, answered, day)
    refused = sum(isinstance(outcome, Refusal) for outcome in outcomes)
    if as_json:
        json_document({"asked": len(asked), "kept": len(outcomes) - refused, "refused": refused})
    else:
        out.print(two(f"查询 {len(asked)} 项", f"{len(asked)} errands run"))


@application.command("cases")
def show_cases(*, as_json: AsJson = False) -> None:
    """Applications that wait for an outside system, or for a person since it gave up."""
    with _desk(None) as (database, _, day), database.transaction() as tx:
        found = cases(tx, day)
    waiting = [
        {
            "application": case.application.id,
            "stuck": [kind.value for kind in case.stuck],
            "waiting": {k.value: case.application.retry_at.get(k) for k in case.waiting},
        }
        for case in found
    ]
    if as_json:
        json_lines(waiting)
        return
    drawn = Table("application", "for a person", "tried again")
    for case in found:
        now = case.application
        again = [f"{kind.value} {now.retry_at[kind]:%Y-%m-%d %H:%M}Z" for kind in case.waiting]
        drawn.add_row(str(now.id), ", ".join(case.stuck) or "-", ", ".join(again) or "-")
    out.print(drawn)


@application.command("resume")
def resume_(identity: Id, errand: ErrandKind, *, named: AsOption = None) -> None:
    """Have a stuck errand tried again from the beginning."""
    _act(identity, named, lambda tx, actor, day, key: resume(
        tx, actor, [ResumeErrand(key, identity, errand)], day))  # fmt: skip


@application.command("decide")
def decide_(identity: Id, *, named: AsOption = None, as_json: AsJson = False) -> None:
    """Decide by the product's release; what is large waits for a second person."""
    _act(identity, named, lambda tx, actor, day, key: decide(
        tx, actor, [Decide(key, identity)], day, _standings(tx, identity, day)),
        as_json=as_json)  # fmt: skip


@application.command("review")
def review_(
    identity: Id,
    *,
    agree: Annotated[bool, typer.Option("--agree/--refuse", help="Agree to the offer, or not.")],
    named: AsOption = None,
    as_json: AsJson = False,
) -> None:
    """Agree to a large offer as a second person, or not."""
    _act(identity, named, lambda tx, actor, day, key: review(
        tx, actor, [Review(key, identity, agree)], day), as_json=as_json)  # fmt: skip


@application.command("accept")
def accept(identity: Id, *, named: AsOption = None, as_json: AsJson = False) -> None:
    """Take the offer in the borrower's name: the contract is made."""
    _act(identity, named, lambda tx, actor, day, key: accept_offers(
        tx, actor, [AcceptOffer(key, identity)], day), as_json=as_json)  # fmt: skip


@application.command("contract")
def contract(identity: Id) -> None:
    """The contract's text, as both sides sign it."""
    with _desk(None) as (database, _, _day), database.transaction() as tx:
        text = contract_text(tx, identity)
    if text is None:
        raise Refusal(
            "origination.no_contract",
            Text("尚未生成合同", "no contract was made yet"),
            Text("先接受报价", "accept the offer first"),
            {"application": str(identity)},
        )
    out.print(plain(text), end="", soft_wrap=True)


@application.command("sign")
def sign_(identity: Id, signer: Signer, *, named: AsOption = None, as_json: AsJson = False) -> None:
    """Sign with a simulated key of that side; not in the production profile."""
    _simulated("origination.no_signer")
    _act(identity, named, lambda tx, actor, day, key: sign(
        tx, actor, [_signature(tx, actor, day, key, (identity, signer))], day),
        as_json=as_json)  # fmt: skip


@application.command("registration")
def registration(
    identity: Id,
    until: Annotated[
        datetime | None, typer.Option(formats=_DAY, help="New end; without it: cancel.")
    ] = None,
    *,
    named: AsOption = None,
    as_json: AsJson = False,
) -> None:
    """Have a registration extended or cancelled with the next `gather`."""
    end = until.date() if until else None
    _act(identity, named, lambda tx, actor, day, key: change_registrations(
        tx, actor, [ChangeRegistration(key, identity, end)], day), as_json=as_json)  # fmt: skip


@application.command("withdraw")
def withdraw_(identity: Id, *, named: AsOption = None, as_json: AsJson = False) -> None:
    """End an application its borrower does not want any more."""
    _act(identity, named, lambda tx, actor, day, key: withdraw(
        tx, actor, [Withdraw(key, identity)], day), as_json=as_json)  # fmt: skip


@application.command("expire")
def expire_(*, named: AsOption = None) -> None:
    """End the offers and unsigned contracts whose day has come."""
    with _desk(named) as (database, actor, day), database.transaction() as tx:
        ended = expire(tx, actor, day)
    out.print(two(f"{len(ended)} 项失效", f"{len(ended)} ended"))


_Run = Callable[[Tx, Actor, Day, UUID], Sequence[Application | Refusal]]


def _act(identity: UUID, named: str | None, act: _Run, *, as_json: bool = False) -> None:
    with _desk(named) as (database, actor, day), database.transaction() as tx:
        _done(act(tx, actor, day, uuid7(day.now)))
        show_application(tx, identity, day, as_json=as_json)


@contextmanager
def _desk(named: str | None) -> Iterator[tuple[Database, Actor, Day]]:
    clock = SystemClock()
    day = Day(in_force(clock.today(), Profile(settings().profile)), clock.now())
    with open_database() as database:
        yield database, acting(named), day


def _done(outcomes: Sequence[Application | Refusal]) -> Application:
    (outcome,) = outcomes
    return _one(outcome)


def _one(outcome: Answer | Refusal) -> Answer:
    if isinstance(outcome, Refusal):
        raise outcome
    return outcome


def _hand_in(
    tx: Tx,
    actor: Actor,
    day: Day,
    handed: HandedIn,
    filed: tuple[UUID, list[tuple[str, UUID]]],
) -> None:
    """What came with the form; each part once, however often the file is run."""
    identity, papers = filed
    if papers:
        documents = tuple(Document(kind, paper) for kind, paper in papers)
        named = Attach(derived_id("papers", str(identity)), identity, documents)
        _done(attach(tx, actor, [named], day))
    now = find(tx, [identity])[identity]
    known = bool(now.kyb) and all(item.passed for item in now.kyb)
    if handed.kyb is not None and not known and now.stage is Stage.GATHERING:
        # The register may know more than when the file was run before.
        _done(check_kyb(tx, actor, [CheckKyb(uuid7(day.now), identity, handed.kyb)], day))
    if handed.consent is not None:
        given, subject = handed.consent, handed.filing.borrower
        digest = hashlib.sha256(given.text).hexdigest()
        said = (subject, Scope.CREDIT_REPORT, digest, given.valid_from, given.valid_to)
        consent = derived_id("consent", subject, digest, *map(str, said[3:]))
        _one(record_consents(tx, actor, [RecordConsent(consent, *said)], day)[0])


def _standings(tx: Tx, identity: UUID, day: Day) -> dict[str, Standing]:
    """What the loan book has of the borrower, in the currency applied for."""
    found = find(tx, [identity]).values()
    currencies = {now.filing.borrower: now.filing.amount.currency for now in found}
    return standings(tx, currencies, day.on)


def _signature(tx: Tx, actor: Actor, day: Day, key: UUID, who: tuple[UUID, Signer]) -> SignContract:
    identity, signer = who
    now = find(tx, [identity]).get(identity)
    party = now.filing.borrower if now and signer is Signer.BORROWER else THE_BANK
    pen = SimulatedSigner(hashlib.sha256(f"simulated signer {party}".encode()).digest())
    (recorded,) = record_keys(tx, actor, [RecordKey(party, pen.public_key, date.min)], day)
    contract_sha256 = now.contract.text_sha256 if now and now.contract else ""
    message = to_sign(identity, contract_sha256, signer, day.now)
    return SignContract(key, identity, signer, _one(recorded).id, pen.sign(message), day.now)


def _outside(seed: int, down: int) -> Outside:
    _simulated("origination.no_outside")
    clock, dice = SystemClock(), Dice(seed, Odds(down=down))
    registry = SimulatedRegistry(clock, dice, settings().folder / "outside" / "registry.json")
    return Outside(SimulatedReports(clock, dice), registry, SimulatedLists(clock, dice))


def _simulated(code: str) -> None:
    """Simulated systems are for demonstration. Raises Refusal `code` in production."""
    if settings().profile == "production":
        raise Refusal(
            code,
            Text("生产环境不使用模拟系统", "production rests on no simulated system"),
            Text("接入真实系统后再操作", "connect the real system first"),
        )
