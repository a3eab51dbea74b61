"""UBL documents of the commercial flow: order to remittance, OASIS UBL 2.0 to 2.4."""

from heliu.flows.intake.api import Blob, Flow, Head, Reading, read_ubl, ubl_flow


class UblCommercialConnector:
    """Reads the UBL types that tell of what is ordered, invoiced, credited and paid."""

    name = "ubl-commercial"

    def recognises(self, head: Head) -> bool:
        """A UBL root of the commercial flow, by its namespace."""
        return ubl_flow(head.root) is Flow.COMMERCIAL

    def read(self, blob: Blob, head: Head) -> Reading:
        """Facts, one trade document unless refused, and every complaint."""
        del head
        return read_ubl(blob)
