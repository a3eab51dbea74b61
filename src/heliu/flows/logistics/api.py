"""Door of the logistics desk."""

from heliu.flows.intake.api import Connector
from heliu.flows.logistics.epcis import EpcisConnector
from heliu.flows.logistics.ubl import UblLogisticsConnector

CONNECTORS: tuple[Connector, ...] = (EpcisConnector(), UblLogisticsConnector())

__all__ = ["CONNECTORS"]
