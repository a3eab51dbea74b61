"""Door of the funds desk."""

from heliu.flows.funds.iso20022 import Iso20022Connector
from heliu.flows.intake.api import Connector

CONNECTORS: tuple[Connector, ...] = (Iso20022Connector(),)

__all__ = ["CONNECTORS"]
