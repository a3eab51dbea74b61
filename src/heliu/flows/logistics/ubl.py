"""UBL documents of the logistics flow, OASIS UBL 2.0 to 2.4, and all UBL types without a home.

A type of the standard that carries no claim (a catalogue, a forecast, a certificate) is understood
and kept as Kind.OTHER, so that no valid UBL document is turned away.
"""

from heliu.flows.intake.api import Blob, Flow, Head, Reading, read_ubl, ubl_flow


class UblLogisticsConnector:
    """Reads the UBL types that tell of what is despatched, carried and received."""

    name = "ubl-logistics"

    def recognises(self, head: Head) -> bool:
        """A UBL root of the logistics flow or of no flow of its own, by its namespace."""
        return ubl_flow(head.root) is Flow.LOGISTICS

    def read(self, blob: Blob, head: Head) -> Reading:
        """Facts, one trade document unless refused, and every complaint."""
        del head
        return read_ubl(blob)
