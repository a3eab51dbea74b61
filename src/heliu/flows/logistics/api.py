"""Door of the logistics desk."""

from heliu.flows.intake.api import Connector
from heliu.flows.logistics.epcis import EpcisConnector

CONNECTORS: tuple[Connector, ...] = (EpcisConnector(),)

__all__ = ["CONNECTORS"]
