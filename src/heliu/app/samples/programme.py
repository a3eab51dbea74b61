"""The programme files of the three core enterprises (YAML)."""

from dataclasses import dataclass
from typing import Final

from heliu.app.samples.firms import BEILING, CAOYUAN, HAIHE, SUPPLIERS, Firm


@dataclass(frozen=True, slots=True)
class Terms:
    """What differs between the programmes."""

    code: str
    zh: str
    en: str
    core: Firm
    product: str
    advance_rate: str
    evidence: str
    programme_limit: str
    obligor_limit: str
    supplier_limit: str


_PROGRAMMES: Final = (
    Terms("haihe-appliances", "海河家电应付账款融资", "Haihe Appliances payables", HAIHE,
          '{kind: discount, annual_rate: "0.0485", day_count: act/360, max_tenor_days: 180, '
          "grace_days: 3}",
          "0.80", "{order: required, receipt: required, approval: required}",
          "50000000.00", "30000000.00", "2000000.00"),
    Terms("beiling-steel", "北岭钢铁应付账款融资", "Beiling Steel payables", BEILING,
          '{kind: bullet, annual_rate: "0.0520", day_count: act/360, max_tenor_days: 180, '
          "grace_days: 5}",
          "0.80", "{order: required, receipt: required, approval: optional}",
          "80000000.00", "60000000.00", "5000000.00"),
    Terms("caoyuan-dairy", "草原乳业应付账款融资", "Caoyuan Dairy payables", CAOYUAN,
          '{kind: bullet, annual_rate: "0.0435", day_count: act/365f, max_tenor_days: 120, '
          "grace_days: 3}",
          "0.85", "{order: required, receipt: required, approval: optional}",
          "30000000.00", "20000000.00", "3000000.00"),
)  # fmt: skip
# Suppliers with a limit of their own.
_OWN_LIMITS: Final = {"JZ": "1000000.00", "LX": "500000.00"}
_UNITS: Final = "{KGM: [KG, 千克, 公斤], TNE: [吨, T], EA: [件, 个, 台, 块, 副, 张, 条], SET: [套]}"


def programmes() -> dict[str, bytes]:
    """The three files by name."""
    return {f"{terms.code}.yaml": _written(terms).encode() for terms in _PROGRAMMES}


def _written(terms: Terms) -> str:
    core = terms.core
    suppliers = "\n".join(_supplier(firm) for firm in SUPPLIERS[core.code])
    return f"""\
# {terms.en}: the core enterprise is invented, the file is a sample.
programme: {terms.code}
version: 1
effective_from: 2026-01-01
name: {{zh: {terms.zh}, en: {terms.en}}}
core_enterprise:
  uscc: "{core.uscc}"
  name: {{zh: {core.zh}, en: "{core.en}"}}
  account: "{core.account}"
currency: CNY
product: {terms.product}
advance_rate: "{terms.advance_rate}"
evidence: {terms.evidence}
tolerances:
  quantity_over: "0.02"
  quantity_under: "1"
  price: "0.01"
  amount_minor: 5
  invoice_before_receipt_days: 3
  unit_aliases: {_UNITS}
limits:
  programme: "{terms.programme_limit}"
  obligor: "{terms.obligor_limit}"
  supplier: "{terms.supplier_limit}"
suppliers:
{suppliers}
"""


def _supplier(firm: Firm) -> str:
    limit = f', limit: "{_OWN_LIMITS[firm.code]}"' if firm.code in _OWN_LIMITS else ""
    name = f'{{zh: {firm.zh}, en: "{firm.en}"}}'
    return f'  - {{uscc: "{firm.uscc}", name: {name},\n     account: "{firm.account}"{limit}}}'
