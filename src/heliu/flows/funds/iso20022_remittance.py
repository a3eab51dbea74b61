"""What a payment is for: structured and unstructured remittance information."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from heliu.flows.funds.iso20022_tree import Element, down, fields, local, text

# ISO 20022 external code sets DocumentType6Code and DocumentType3Code.
_KINDS: Final[Mapping[str | None, str]] = {
    None: "invoice",
    "CINV": "invoice",
    "PUOR": "order",
    "DISP": "despatch",
    "CREN": "credit_note",
}


class Remittance(NamedTuple):
    """First creditor reference, first free text, everything joined, documents by kind."""

    creditor_reference: str | None = None
    unstructured: str | None = None
    joined: str | None = None
    references: Mapping[str, tuple[str, ...]] | None = None


_NOTHING: Final = Remittance()


def remittance(element: Element | None) -> Remittance:
    """What the RmtInf `element` says."""
    if element is None:
        return _NOTHING
    words: list[str] = []
    free: list[str] = []
    creditor: list[str] = []
    found: dict[str, tuple[str, ...]] = {}
    for child in element:
        kind = local(child)
        if kind == "Ustrd":
            free.extend(filter(None, (text(child),)))
        elif kind == "Strd":
            for part in child:
                _structured(part, creditor, found)
    words.extend(free)
    words.extend(creditor)
    words.extend(number for numbers in found.values() for number in numbers)
    if creditor:
        found["creditor_reference"] = tuple(creditor)
    return Remittance(
        creditor[0] if creditor else None,
        free[0] if free else None,
        " ".join(words) or None,
        found,
    )


def _structured(part: Element, creditor: list[str], found: dict[str, tuple[str, ...]]) -> None:
    kind = local(part)
    if kind == "CdtrRefInf":
        inner = fields(part)
        reference = text(inner.get("Ref", inner.get("CdtrRef")))
        if reference is not None:
            creditor.append(reference)
    elif kind == "RfrdDocInf":
        inner = fields(part)
        number = text(inner.get("Nb"))
        code = text(down(inner.get("Tp"), "CdOrPrtry", "Cd"))
        if number is not None and code in _KINDS:
            document = _KINDS[code]
            found[document] = (*found.get(document, ()), number)
