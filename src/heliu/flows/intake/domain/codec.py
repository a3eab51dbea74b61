"""Canonical documents as JSON and back, without losing a digit: what the body column holds.

Decimals are strings as written ("10.50" stays "10.50"), dates and instants ISO 8601, `None` and
empty defaults are kept out of the way by the decoder's own defaults.
"""

from types import MappingProxyType
from typing import Any, Final

import msgspec

from heliu.flows.intake.domain.reading import Complaint, Severity
from heliu.flows.intake.domain.trade import TradeDocument
from heliu.ground.text import Text


def _plain(value: Any) -> Any:
    if isinstance(value, MappingProxyType):
        return dict(value)
    raise NotImplementedError(f"a {type(value).__name__} has no place in a trade document")


_encoder: Final = msgspec.json.Encoder(enc_hook=_plain, decimal_format="string")
_documents: Final = msgspec.json.Decoder(TradeDocument)


def encode_document(document: TradeDocument) -> bytes:
    """`document` as UTF-8 JSON; `decode_document` gives an equal document back."""
    return _encoder.encode(document)


def decode_document(body: bytes | str) -> TradeDocument:
    """The document that `encode_document` wrote. Raises msgspec.DecodeError on anything else."""
    return _documents.decode(body)


def encode_facts(facts: object) -> bytes:
    """Facts as UTF-8 JSON, Decimals as strings."""
    return _encoder.encode(facts)


def encode_complaints(complaints: tuple[Complaint, ...]) -> bytes:
    """Complaints as a JSON array of {code, place, zh, en, severity}."""
    return _encoder.encode(
        [
            {
                "code": c.code,
                "place": c.place,
                "zh": c.message.zh,
                "en": c.message.en,
                "severity": c.severity,
            }
            for c in complaints
        ]
    )


def decode_complaints(listed: list[dict[str, str]]) -> tuple[Complaint, ...]:
    """The complaints that `encode_complaints` wrote, from the decoded JSON array."""
    return tuple(
        Complaint(c["code"], c["place"], Text(c["zh"], c["en"]), Severity(c["severity"]))
        for c in listed
    )
