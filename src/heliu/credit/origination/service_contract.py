"""Use cases of the contract: keys, acceptance, signatures, registration, and what lending reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from heliu.credit.origination import errors, store_papers, templating
from heliu.credit.origination.acting import Life, act, in_stage, load
from heliu.credit.origination.domain.application import Application
from heliu.credit.origination.domain.commands import (
    AcceptOffer,
    ChangeRegistration,
    Day,
    SignContract,
)
from heliu.credit.origination.domain.consent import THE_BANK, SigningKey
from heliu.credit.origination.domain.contract import Filled, to_sign
from heliu.credit.origination.domain.filing import Manner, Payee, Signer, Stage
from heliu.credit.origination.domain.happenings import (
    Body,
    ChangeAsked,
    ContractSigned,
    OfferAccepted,
)
from heliu.credit.origination.domain.law import months_after
from heliu.credit.origination.domain.signature import sound_key, verified
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.ids import derived_id
from heliu.ground.money import Money
from heliu.parties.party.api import AsOf, find_parties


@dataclass(frozen=True, slots=True)
class RecordKey:
    """`party` (a borrower, or THE_BANK) signs with this public key from that day on."""

    party: str
    public_key: bytes
    valid_from: date


@dataclass(frozen=True, slots=True)
class EndKey:
    """The key signs nothing from that day on."""

    key_id: UUID
    on: date


@dataclass(frozen=True, slots=True)
class Accepted:
    """A signed and, where asked for, registered contract: what may be lent, and on what terms.

    `annual_rate` is a fraction; `inputs` are what the product asked to know; `registration` is None
    where nothing is registered.
    """

    application_id: UUID
    product_code: str
    product_version: int
    borrower: str
    amount: Money
    annual_rate: Decimal
    tenor_days: int
    manner: Manner
    payee: Payee | None
    inputs: Mapping[str, bool | int | str]
    contract_sha256: str
    accepted_on: date
    registration: str | None


def record_keys(
    tx: Tx, actor: Actor, commands: Sequence[RecordKey], day: Day
) -> list[SigningKey | Refusal]:
    """Record signing keys; one outcome each, in order. The same key again is the same record."""
    sound = [c for c in commands if sound_key(c.public_key) and c.party.isprintable()]
    store_papers.add_keys(
        tx,
        [(_key_id(c), c.party, c.public_key, c.valid_from, day.now, actor.id) for c in sound],
    )
    found = store_papers.keys(tx, [_key_id(command) for command in sound])
    return [found.get(_key_id(command)) or errors.key_unsound() for command in commands]


def end_keys(
    tx: Tx, actor: Actor, commands: Sequence[EndKey], day: Day
) -> list[SigningKey | Refusal]:
    """End signing keys; the first end counts. One outcome each, in order."""
    store_papers.end_keys(tx, [(c.on, day.now, actor.id, c.key_id) for c in commands])
    found = store_papers.keys(tx, [command.key_id for command in commands])
    return [found.get(c.key_id) or errors.key_not_valid(c.key_id) for c in commands]


def accept_offers(
    tx: Tx, actor: Actor, commands: Sequence[AcceptOffer], day: Day
) -> list[Application | Refusal]:
    """The borrowers take their offers: their contracts are made, to be signed by both sides."""
    lives = load(tx, [command.application_id for command in commands], lock=True)
    borrowers = [life.now.filing.borrower for life in lives.values()]
    parties = find_parties(tx, borrowers, AsOf(day.on, day.now))
    made: dict[UUID, Filled] = {}

    def accepted_offer(life: Life, _command: AcceptOffer) -> Body:
        now = life.now
        in_stage(now, Stage.OFFERED)
        _in_time(now, day)
        assert now.offer is not None, "an offered application has an offer"
        party = parties.get(now.filing.borrower)
        made[now.id] = filled = templating.contract(life.asked, now, now.offer, party)
        return OfferAccepted(filled.ref)

    outcomes = act(tx, actor, commands, day, accepted_offer, lives)
    store_papers.add_contracts(
        tx,
        [
            (one, f.ref.template, f.ref.template_sha256, f.text, f.ref.text_sha256, day.now)
            for one, f in made.items()
        ],
    )
    return outcomes


def contract_text(tx: Tx, application_id: UUID) -> str | None:
    """The text both sides sign, if a contract was made."""
    return store_papers.contract(tx, application_id)


def sign(
    tx: Tx, actor: Actor, commands: Sequence[SignContract], day: Day
) -> list[Application | Refusal]:
    """Check and keep signatures; the second side's makes the contract stand.

    A signature is Ed25519 over the bytes of `to_sign`, by a key recorded for that side.
    """
    keys = store_papers.keys(tx, [command.key_id for command in commands])

    def signed(life: Life, command: SignContract) -> Body:
        now = life.now
        in_stage(now, Stage.ACCEPTED)
        _in_time(now, day)
        if command.signer in now.signed_by:
            raise errors.signed_already(now.id, command.signer)
        party = now.filing.borrower if command.signer is Signer.BORROWER else THE_BANK
        key = keys.get(command.key_id)
        if key is None or not key.signs(party, day.on):
            raise errors.key_not_valid(command.key_id)
        _check_signature(now, key, command, day)
        return ContractSigned(command.signer, key.id, command.signature.hex(), command.signed_at)

    return act(tx, actor, commands, day, signed)


def change_registrations(
    tx: Tx, actor: Actor, commands: Sequence[ChangeRegistration], day: Day
) -> list[Application | Refusal]:
    """Have registrations extended or cancelled; the registry is asked with the next errands."""

    def changed(life: Life, command: ChangeRegistration) -> Body:
        in_stage(life.now, Stage.COMPLETED)
        held = life.now.registration
        if held is None:
            raise errors.not_registered(life.now.id)
        if command.until is not None:
            least = day.rules.whole("registry.term_min")
            most = day.rules.whole("registry.term_max")
            last = months_after(held.registered_on, most)
            if not months_after(held.until, least) <= command.until <= last:
                raise errors.term_outside(least, most)
        return ChangeAsked(command.until)

    return act(tx, actor, commands, day, changed)


def accepted(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Accepted]:
    """Of those of `ids` that are completed: what may be lent, by application."""
    found = {one: life.now for one, life in load(tx, ids, lock=False).items()}
    return {one: _accepted(now) for one, now in found.items() if now.stage is Stage.COMPLETED}


def _accepted(now: Application) -> Accepted:
    assert now.offer and now.contract and now.accepted_on, "a completed one has a contract"  # noqa: PT018 - one thought
    return Accepted(
        application_id=now.id,
        product_code=now.filing.product_code,
        product_version=now.filing.product_version,
        borrower=now.filing.borrower,
        amount=now.offer.amount,
        annual_rate=now.offer.annual_rate,
        tenor_days=now.offer.tenor_days,
        manner=now.offer.manner,
        payee=now.filing.payee,
        inputs=now.filing.inputs,
        contract_sha256=now.contract.text_sha256,
        accepted_on=now.accepted_on,
        registration=now.registration.number if now.registration else None,
    )


def _in_time(now: Application, day: Day) -> None:
    assert now.offer_ends_on is not None, "an offer ends"
    if day.on >= now.offer_ends_on:
        raise errors.offer_ended(now.offer_ends_on)


def _check_signature(now: Application, key: SigningKey, command: SignContract, day: Day) -> None:
    assert now.contract is not None, "an accepted application has a contract"
    assert now.contract_made_at is not None, "it was made at some time"
    if not now.contract_made_at <= command.signed_at <= day.now:
        raise errors.signed_out_of_time()
    text = now.contract.text_sha256
    message = to_sign(now.id, text, command.signer, command.signed_at)
    if not verified(key.public_key, message, command.signature):
        raise errors.signature_wrong(now.id)


def _key_id(command: RecordKey) -> UUID:
    return derived_id("signing key", command.party, command.public_key.hex())
