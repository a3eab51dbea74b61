"""Door of the information desk."""

from heliu.flows.information.master_data import FORMAT, MasterDataConnector
from heliu.flows.information.master_data_rules import SCHEMA
from heliu.flows.information.ties import Tie, read_ties
from heliu.flows.intake.api import Connector

CONNECTORS: tuple[Connector, ...] = (MasterDataConnector(),)

__all__ = ["CONNECTORS", "FORMAT", "SCHEMA", "Tie", "read_ties"]
