"""Which contracts a remittance text names: by id, or by number after a word for loan. Pure."""

import re
import unicodedata
from typing import Final, NamedTuple
from uuid import UUID

_ID: Final = re.compile(
    r"(?<![0-9a-f])[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}(?![0-9a-f])"
)
_NUMBER: Final = re.compile(
    r"(?:\bloan|贷款(?:合同)?)(?:编号|号|\s*no\.?)?\s*[:#]?\s*([0-9]{1,18})(?![0-9a-z./-])"
)


class Named(NamedTuple):
    """Ids and numbers of contracts as a text has them, each once."""

    ids: tuple[UUID, ...]
    numbers: tuple[int, ...]


def named_in(text: str) -> Named:
    """The contracts that `text` names; any other number is an invoice's, an order's or a sum."""
    said = unicodedata.normalize("NFKC", text).lower()
    ids = dict.fromkeys(UUID(found) for found in _ID.findall(said))
    numbers = dict.fromkeys(int(found) for found in _NUMBER.findall(said))
    return Named(tuple(ids), tuple(numbers))
