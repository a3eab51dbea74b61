"""A core enterprise, its supplier, and receivables made by hand."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from uuid import UUID, uuid5

from heliu.channels.portal.payables import Known, Lent, Payable, Said, payable_of
from heliu.credit.applications.api import Receivable
from heliu.ground.money import Money
from heliu.ground.text import Text
from heliu.parties.party.api import complete_uscc

BUYER = complete_uscc("91330100MA00TRD2")
SELLER = complete_uscc("91350200MA00TRD1")
OTHER = complete_uscc("91330100MA00TRD3")
DAY = date(2026, 4, 15)
NOW = datetime(2026, 4, 15, 2, tzinfo=UTC)
MAKER, CHECKER = UUID(int=1), UUID(int=2)
_SPACE = UUID(int=7)
NAME = Text("润生紧固件", "Runsheng Fasteners")


def receivable(number: str, **changed: object) -> Receivable:
    """A receivable on invoice `number`; `word`, `blocking`, `eligible`, `due_on` may be given."""
    said: Mapping[str, object] = {
        "word": None,
        "blocking": 1,
        "eligible": 0,
        "invoiced": 100_00,
        "due_on": date(2026, 5, 20),
        "supplier": SELLER,
    } | changed
    features = {
        "buyer_approved": said["word"],
        "blocking_findings": said["blocking"],
        "invoiced_minor": said["invoiced"],
    }
    return Receivable(
        id=uuid5(_SPACE, number),
        verification_id=uuid5(_SPACE, number + "v"),
        programme="steel",
        supplier=str(said["supplier"]),
        buyer=BUYER,
        invoice_no=number,
        eligible=Money(int(str(said["eligible"]))),
        issued_on=date(2026, 4, 1),
        due_on=said["due_on"],  # type: ignore[arg-type]
        claimed=None,
        features=features,  # type: ignore[arg-type]
        evidence=(),
        verified_on=DAY,
    )


def payable(
    number: str, lent: Lent = Lent.NOT, said: Said | None = None, **changed: object
) -> Payable:
    """The same, as its buyer sees it."""
    return payable_of(receivable(number, **changed), Known(NAME, lent, said))
