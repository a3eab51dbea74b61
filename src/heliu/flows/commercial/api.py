"""Door of the commercial desk."""

from heliu.flows.commercial.ubl import UblCommercialConnector
from heliu.flows.intake.api import Connector

CONNECTORS: tuple[Connector, ...] = (UblCommercialConnector(),)

__all__ = ["CONNECTORS"]
