"""The invoices behind a voucher: one identity for one invoice, however it is written."""

import re
import unicodedata
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from heliu.books.evidence.api import canonical_json

_SEPARATORS: Final = re.compile(r"[\s\-_/.:]")


@dataclass(frozen=True, slots=True)
class Backing:
    """An invoice and how much of it (minor units) stands behind a voucher.

    `code` may be empty (fully digital invoices have a number alone); `check_digits` is what the
    invoice shows, or empty; `document_sha256` the invoice's bytes, in lower-case hex.
    """

    code: str
    number: str
    check_digits: str
    invoice_amount: int
    amount: int
    document_sha256: str

    @property
    def key(self) -> str:
        """Code and number without separators, width and case: the identity of the invoice."""
        return f"{_plain(self.code)}:{_plain(self.number)}"

    def normal(self) -> "Backing":
        """The same, written in one way."""
        said = (_plain(self.code), _plain(self.number), _plain(self.check_digits))
        return Backing(*said, self.invoice_amount, self.amount, self.document_sha256)


@dataclass(frozen=True, slots=True)
class Used:
    """What standing vouchers say of an invoice: its check digits, amount, currency, amount used."""

    check_digits: str
    invoice_amount: int
    currency: str
    amount: int


def basis_of(backing: tuple[Backing, ...]) -> str:
    """One digest (lower-case hex) for the documents behind a voucher, whatever their order."""
    digests = sorted(one.document_sha256 for one in backing)
    return digests[0] if len(digests) == 1 else sha256(canonical_json(digests)).hexdigest()


def _plain(text: str) -> str:
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()
