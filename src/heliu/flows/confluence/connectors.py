"""Every connector of the house; the first that recognises a blob reads it."""

from typing import Final

from heliu.flows.commercial.api import CONNECTORS as COMMERCIAL
from heliu.flows.funds.api import CONNECTORS as FUNDS
from heliu.flows.information.api import CONNECTORS as INFORMATION
from heliu.flows.intake.api import Connector
from heliu.flows.logistics.api import CONNECTORS as LOGISTICS

CONNECTORS: Final[tuple[Connector, ...]] = (*COMMERCIAL, *LOGISTICS, *FUNDS, *INFORMATION)
