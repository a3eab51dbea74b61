"""Door of the information desk."""

from heliu.flows.information.master_data import MasterDataConnector
from heliu.flows.intake.api import Connector

CONNECTORS: tuple[Connector, ...] = (MasterDataConnector(),)

__all__ = ["CONNECTORS"]
