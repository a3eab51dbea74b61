"""The two ceremonies of WebAuthn Level 3: what the browser is asked, and whether its answer holds.

User verification is required in both: the device's own check of face, finger or screen lock is the
biometric. Only attestation `none` (and `packed` by the key itself) is read: the house trusts the
key that answers, not its maker, and parses no certificates of strangers.
"""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
from cbor2 import CBORDecodeError
from cryptography.exceptions import UnsupportedAlgorithm
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AttestationFormat,
    AuthenticatorSelectionCriteria,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from heliu.parties.identity.domain.person import Person
from heliu.parties.identity.domain.ways_in import Rp

# An honest answer is about 1 KB; what is longer is not even parsed.
MAX_ANSWER: Final = 16 * 1024
_TIMEOUT_MS: Final = 300_000
_REQUIRED: Final = UserVerificationRequirement.REQUIRED
_FORMATS: Final = (AttestationFormat.NONE, AttestationFormat.PACKED)
# What the libraries raise at bytes that are no key, no CBOR and no base64.
_BROKEN: Final = (
    WebAuthnException,
    CBORDecodeError,
    UnsupportedAlgorithm,
    ValueError,
    KeyError,
    TypeError,
    IndexError,
    AttributeError,
    OverflowError,
    RecursionError,
)


class NotProven(Exception):
    """The answer proves nothing; `why` is one word for the security events."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was made for the house."""

    credential_id: bytes
    public_key: bytes
    counter: int
    synced: bool


@dataclass(frozen=True, slots=True)
class Signature:
    """What was signed and how, so that it can be checked again from the evidence log alone."""

    counter: int
    client_data: bytes
    authenticator_data: bytes
    signature: bytes


class _Response(msgspec.Struct):
    clientDataJSON: str = ""  # noqa: N815 - the standard's names
    authenticatorData: str = ""  # noqa: N815
    signature: str = ""


class _Answer(msgspec.Struct):
    id: str
    response: _Response


def registration_options(rp: Rp, person: Person, challenge: bytes, known: Sequence[bytes]) -> str:
    """Options of `navigator.credentials.create()` as JSON; `known` are not made again."""
    options = generate_registration_options(
        rp_id=rp.id,
        rp_name=rp.name,
        user_id=person.id.bytes,
        user_name=person.shown,
        user_display_name=person.name,
        challenge=challenge,
        timeout=_TIMEOUT_MS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=raw) for raw in known],
    )
    return options_to_json(options)


def authentication_options(rp: Rp, challenge: bytes, allowed: Sequence[bytes] = ()) -> str:
    """Options of `navigator.credentials.get()` as JSON; none allowed: any key of the house."""
    options = generate_authentication_options(
        rp_id=rp.id,
        challenge=challenge,
        timeout=_TIMEOUT_MS,
        allow_credentials=[PublicKeyCredentialDescriptor(id=raw) for raw in allowed],
        user_verification=_REQUIRED,
    )
    return options_to_json(options)


def new_key(rp: Rp, challenge: bytes, answer: str) -> NewKey:
    """The key that answers a registration of this challenge. Raises NotProven."""
    _bounded(answer)
    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=rp.id,
            expected_origin=rp.origin,
            require_user_verification=True,
        )
    except _BROKEN as error:
        raise NotProven(_why(error)) from error
    if made.fmt not in _FORMATS:
        raise NotProven("attestation")
    synced = made.credential_device_type is CredentialDeviceType.MULTI_DEVICE
    return NewKey(made.credential_id, made.credential_public_key, made.sign_count, synced)


def credential_id_of(answer: str) -> bytes:
    """Which key says it answers. Raises NotProven."""
    return _decoded(_parsed(answer).id)


def signature_of(rp: Rp, challenge: bytes, public_key: bytes, answer: str) -> Signature:
    """The proof that the key signed this challenge, with the user verified. Raises NotProven.

    The counter is not judged here: see `cloned`.
    """
    parsed = _parsed(answer).response
    try:
        verified = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=rp.id,
            expected_origin=rp.origin,
            credential_public_key=public_key,
            credential_current_sign_count=-1,
            require_user_verification=True,
        )
    except _BROKEN as error:
        raise NotProven(_why(error)) from error
    raw = map(_decoded, (parsed.clientDataJSON, parsed.authenticatorData, parsed.signature))
    return Signature(verified.new_sign_count, *raw)


def cloned(kept: int, given: int) -> bool:
    """Whether a counter tells of a copy (WebAuthn, 6.1.1): it was used and does not rise.

    A synced passkey always gives 0 and so no signal.
    """
    return (kept > 0 or given > 0) and given <= kept


def _parsed(answer: str) -> _Answer:
    _bounded(answer)
    try:
        return msgspec.json.decode(answer, type=_Answer)
    except (msgspec.DecodeError, UnicodeEncodeError) as error:
        raise NotProven("form") from error


def _bounded(answer: str) -> None:
    if len(answer) > MAX_ANSWER:
        raise NotProven("size")


def _decoded(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError) as error:
        raise NotProven("form") from error


_WHY: Final = {
    "challenge was not": "challenge",
    "origin": "origin",
    "RP ID": "rp",
    "user was not verified": "user_verification",
    "not present": "user_presence",
    "signature": "signature",
}


def _why(error: Exception) -> str:
    said = str(error)
    return next((why for words, why in _WHY.items() if words in said), "form")
