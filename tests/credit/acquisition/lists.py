"""Small supplier lists and a programme for the tests of the desk."""

from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Final

from heliu.credit.acquisition.api import AcquireCommand
from heliu.credit.products.api import Programme, read_programme
from heliu.parties.party.api import complete_uscc

NOW: Final = datetime(2026, 3, 1, 9, tzinfo=UTC)
ON: Final = date(2026, 3, 1)
PROGRAMME: Final[Programme] = read_programme(
    Path(str(files("heliu") / "samples" / "trade" / "programmes" / "haihe-appliances.yaml"))
)
COLUMNS: Final = (
    "uscc,name,account,registered_on,annual_purchases,previous_purchases,other_lender_exposure,"
    "years_of_cooperation,orders_12m,invoices_12m,returns_rate,late_delivery_rate,"
    "buyer_payment_days"
)
GOOD: Final = "2015-06-01,12000000.00,10000000.00,0,6.5,30,28,0.001,0.01,60"


def code(number: int) -> str:
    """The USCC of supplier `number` (0 to 999)."""
    return complete_uscc(f"91370200MA{number:06d}")


def line(number: int, said: str = GOOD) -> str:
    """A line of the list about supplier `number`."""
    return f"{code(number)},供应商{number},ACC-{number:04d},{said}"


def listed(*lines: str, columns: str = COLUMNS) -> bytes:
    """A list as CSV."""
    return ("\n".join((columns, *lines)) + "\n").encode()


def command(*lines: str) -> AcquireCommand:
    """The command to pre-approve a list on the tests' day."""
    return AcquireCommand(PROGRAMME.code, listed(*lines), ON)
