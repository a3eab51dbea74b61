"""What the information flow says of an enterprise's owners and guarantors makes its group."""

import json
from datetime import UTC, date, datetime
from uuid import UUID

from heliu.app.finance.parties import party_commands
from heliu.flows.information.api import CONNECTORS
from heliu.flows.intake.api import Blob, Filed, Head
from heliu.ground.actor import SYSTEM
from heliu.ground.db import Tx
from heliu.parties.party.api import Recorded, complete_uscc, group_of, record_parties

MAY, NOON = date(2026, 5, 20), datetime(2026, 5, 20, 4, tzinfo=UTC)
HOLDING, MILL, PRESS, SHOP = (complete_uscc(f"91350100MA00000{n}") for n in range(4))


def party(uscc: str, name: str, **more: object) -> dict[str, object]:
    fixed = {"roles": ["supplier"], "registered_on": "2016-05-01", "status": "active"}
    return {"uscc": uscc, "name": name, **fixed, **more}


def test_owners_and_guarantors_of_the_information_flow_make_a_group(tx: Tx) -> None:
    said = {
        "format": "heliu-information",
        "version": 1,
        "issuer": HOLDING,
        "issued_at": "2026-05-20T09:30:00+08:00",
        "parties": [
            party(MILL, "甲纸业", shareholders=[
                {"name": "控股, 集团=母公司", "share": "0.51", "uscc": HOLDING},
                {"name": "钱二", "share": "0.49"},
            ]),
            party(PRESS, "乙印务", guarantors=[{"name": "甲纸业"}]),
            party(SHOP, "丙商行", shareholders=[{"name": "甲纸业", "share": "0.5"}]),
        ],
    }  # fmt: skip
    blob = Blob("test", "parties.json", "", json.dumps(said).encode())
    reading = CONNECTORS[0].read(blob, Head("parties.json", None, said))
    assert reading.complaints == ()
    filed = [Filed(UUID(int=n), "", "", d) for n, d in enumerate(reading.documents)]
    commands = [command for _, command in party_commands(filed, MAY, NOON)]
    assert all(isinstance(o, Recorded) for o in record_parties(tx, SYSTEM, commands))
    group = min(HOLDING, MILL, PRESS)
    assert group_of(tx, [HOLDING, MILL, PRESS, SHOP], MAY) == {
        HOLDING: group,
        MILL: group,
        PRESS: group,
        SHOP: SHOP,
    }
