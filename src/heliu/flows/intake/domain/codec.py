"""Canonical documents as JSON and back, without losing a digit: what the body column holds.

Decimals are strings as written ("10.50" stays "10.50"), dates and instants ISO 8601. What a
document does not say is not written: the decoder's own defaults bring it back.
"""

from collections.abc import Callable
from dataclasses import MISSING, fields
from operator import attrgetter
from typing import Any, Final

import msgspec

from heliu.flows.intake.domain.reading import Complaint, Severity
from heliu.flows.intake.domain.trade import Cash, Line, Observation, PartyRef, Totals, TradeDocument
from heliu.ground.text import Text


def _unknown(value: object) -> object:
    raise NotImplementedError(f"a {type(value).__name__} has no place in a trade document")


def _lean(kind: type[Any]) -> Callable[[Any], Any]:
    """A twin of a dataclass whose fields are left out of the JSON where they hold the default."""
    known = fields(kind)
    named = [_field(each) for each in known]
    struct = msgspec.defstruct(kind.__name__, named, omit_defaults=True, gc=False)
    taken = attrgetter(*[each.name for each in known])
    return lambda value: struct(*taken(value))


def _field(known: Any) -> tuple[str, Any] | tuple[str, Any, Any]:
    if known.default_factory is not MISSING:
        return known.name, Any, msgspec.field(default_factory=known.default_factory)
    return (known.name, Any) if known.default is MISSING else (known.name, Any, known.default)


_document, _line, _totals = _lean(TradeDocument), _lean(Line), _lean(Totals)
_party, _cash, _observation = _lean(PartyRef), _lean(Cash), _lean(Observation)
_encoder: Final = msgspec.json.Encoder(enc_hook=_unknown, decimal_format="string")
_documents: Final = msgspec.json.Decoder(TradeDocument)


def encode_document(document: TradeDocument) -> bytes:
    """`document` as UTF-8 JSON; `decode_document` gives an equal document back."""
    lean = _document(document)
    lean.seller, lean.buyer = _party(document.seller), _party(document.buyer)
    lean.totals = _totals(document.totals)
    if document.lines:
        lean.lines = [_line(line) for line in document.lines]
    if document.cash is not None:
        lean.cash = cash = _cash(document.cash)
        cash.debtor, cash.creditor = _party(cash.debtor), _party(cash.creditor)
    if document.observation is not None:
        lean.observation = _observation(document.observation)
    return _encoder.encode(lean)


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
