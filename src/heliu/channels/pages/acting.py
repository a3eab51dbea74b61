"""Asks of people: the same acts a partner's machine asks for, named by the form they came with."""

import hashlib
from uuid import UUID

import msgspec

from heliu.credit.instants.api import ActKind, Ask, Payee
from heliu.ground.ids import derived_id


def ask_for(kind: ActKind, key: UUID, party: str, subject: UUID, payee: Payee | None = None) -> Ask:
    """The act `kind` on `subject`, for all there is, asked by `party` (USCC).

    The act's key is derived from the form's key, the kind and the subject: one form may ask for
    several acts, each of which happens once.
    """
    said = msgspec.json.encode((kind, subject, None, payee))
    identity = derived_id("page act", key.hex, kind, subject.hex)
    return Ask(identity, kind, hashlib.sha256(said).digest(), party, subject, None, payee)
