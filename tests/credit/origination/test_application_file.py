"""The application file: read whole, or refused with what is wrong; personal data stays silent."""

from datetime import date
from pathlib import Path

import pytest
from tests.credit.origination.house import MILL, RECEIVABLE, SHOWN, yuan

from heliu.credit.origination.api import HandedIn, Licence, read_application
from heliu.ground.errors import Refusal

SOUND = f"""
product: {{code: receivable-with-recourse, version: 1}}
borrower: {{kind: enterprise, code: {MILL}}}
currency: CNY
amount: "300000.00"
base_rate: "0.0485"
tenor_days: 90
purpose: 采购棉纱
turnover: "60000000"
payee: {{name: 海宁棉纱有限公司, account: "6222000033334444"}}
property: {{value: "500000", debtor: 9131000060734551X, reference: INV-1, due_on: 2026-06-01}}
inputs: {{assignment_notified: true, days_to_due: 90}}
papers:
  - {{kind: invoice, file: invoice.txt}}
kyb:
  licence: {{code: {MILL}, name: 余杭纺织有限公司, legal_representative: 沈一}}
  owners: [{{name: 沈一, share: "0.60"}}]
  account: {{number: "6222000011112222", holder: 余杭纺织有限公司}}
consent: {{text: consent.txt, valid_from: 2026-03-01, valid_to: 2027-03-01}}
"""
NEEDED = ("product", "currency", "amount", "base_rate", "tenor_days", "purpose", "turnover")


def read(folder: Path, text: str) -> HandedIn:
    (folder / "invoice.txt").write_text("invoice", encoding="utf-8")
    (folder / "consent.txt").write_text("授权书", encoding="utf-8")
    path = folder / "application.yaml"
    path.write_text(text, encoding="utf-8")
    return read_application(path)


def test_a_sound_file_is_read_whole(tmp_path: Path) -> None:
    handed = read(tmp_path, SOUND)
    assert handed.filing.amount == yuan("300000")
    assert handed.filing.payee == RECEIVABLE.payee
    assert handed.filing.property is not None
    assert handed.filing.property.due_on == date(2026, 6, 1)
    assert handed.filing.inputs == RECEIVABLE.inputs
    assert handed.kyb == SHOWN
    assert handed.kyb is not None
    assert isinstance(handed.kyb.licence, Licence)
    assert handed.papers == (("invoice", b"invoice"),)
    assert handed.consent is not None
    assert handed.consent.text == "授权书".encode()


def test_a_person_shows_an_identity_and_the_rest_may_be_left_out(tmp_path: Path) -> None:
    kept = [line for line in SOUND.splitlines() if line.startswith(NEEDED)]
    identity = "kyb: {identity: {name: 林三, channel: counter}}"
    person = f"borrower: {{kind: person, code: C0012345}}\n{identity}"
    handed = read(tmp_path, "\n".join([*kept, person]))
    assert (handed.filing.property, handed.filing.payee, handed.consent) == (None, None, None)
    assert handed.kyb is not None
    assert handed.kyb.identity is not None
    assert handed.kyb.identity.channel == "counter"


@pytest.mark.parametrize(
    ("change", "to"),
    [
        ('amount: "300000.00"', "amount: 300000.00"),
        ('amount: "300000.00"', 'amount: "300000.001"'),
        ('amount: "300000.00"', 'amount: "-1"'),
        ('amount: "300000.00"', 'amount: "1e30"'),
        ('amount: "300000.00"', 'amount: "99999999999999999999"'),
        ("kind: enterprise", "kind: ghost"),
        ("version: 1", "version: 0"),
        ("tenor_days: 90", "tenor_days: many"),
        ("purpose: 采购棉纱", "purpose: ''"),
        ("due_on: 2026-06-01", "due_on: 2026-02-30"),
        ("currency: CNY", "currency: yuan"),
        ("product:", "produce:"),
        ("invoice.txt", "missing.txt"),
        ("consent.txt", "."),
        ('share: "0.60"', "share: most"),
        ("papers:", "papers: [:"),
    ],
)
def test_a_broken_file_is_refused_naming_it(tmp_path: Path, change: str, to: str) -> None:
    assert change in SOUND
    with pytest.raises(Refusal) as refused:
        read(tmp_path, SOUND.replace(change, to))
    assert refused.value.code == "origination.file"
    assert refused.value.facts["file"]


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "application.yaml"
    for junk in (b"\xff\xfe\x00", b"\x00" * 9, b"- a list", b""):
        path.write_bytes(junk)
        with pytest.raises(Refusal):
            read_application(path)


def test_a_file_beyond_all_measure_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "application.yaml"
    path.write_bytes(b"#" * (2**20 + 1))
    with pytest.raises(Refusal) as refused:
        read_application(path)
    assert refused.value.code == "origination.document_size"
