"""The cast: the samples' core enterprises, some sixty suppliers, and those these buy from.

All invented; a name is a town, a word and a trade, the codes satisfy GB 32100.
"""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from heliu.app.samples.firms import BEILING, CAOYUAN, CORES, GOODS, HAIHE, Firm, Good
from heliu.app.samples.information import information, party
from heliu.app.samples.trade import Form, Proof

_WORDS: Final = (
    ("海润", "Hairun"), ("恒泽", "Hengze"), ("嘉禾", "Jiahe"), ("远帆", "Yuanfan"),
    ("正阳", "Zhengyang"), ("明川", "Mingchuan"), ("瑞麟", "Ruilin"), ("博远", "Boyuan"),
    ("安澜", "Anlan"), ("天衡", "Tianheng"), ("润泽", "Runze"), ("华岳", "Huayue"),
    ("景行", "Jingxing"), ("德润", "Derun"), ("永济", "Yongji"), ("宏毅", "Hongyi"),
    ("清源", "Qingyuan"), ("东篱", "Dongli"), ("长风", "Changfeng"), ("云岭", "Yunling"),
)  # fmt: skip
_OWNERS: Final = "赵钱孙李周吴郑王冯陈卫蒋沈韩杨朱秦许何吕"


@dataclass(frozen=True, slots=True)
class _Trade:
    """A line of business: what its firms are called and sell, and how they invoice."""

    zh: str
    en: str
    goods: tuple[str, ...]
    form: Form = Form.UBL


@dataclass(frozen=True, slots=True)
class Chain:
    """A core enterprise, the terms of its programme, its suppliers and how it does business."""

    core: Firm
    programme: dict[str, Any]
    trades: tuple[_Trade, ...]
    towns: tuple[tuple[str, str, str, str], ...]  # division, province, city, English
    letter: str
    proof: Proof
    due_days: int
    by_folder: bool


@dataclass(frozen=True, slots=True)
class Supplier:
    """A supplier of one chain."""

    firm: Firm
    chain: Chain
    goods: tuple[str, ...]
    form: Form
    proof: Proof


def _programme(core: Firm, code: str, zh: str, en: str, **terms: Any) -> dict[str, Any]:
    name = {"zh": core.zh, "en": core.en}
    return {
        "programme": code,
        "version": 1,
        "name": {"zh": zh, "en": en},
        "core_enterprise": {"uscc": core.uscc, "name": name, "account": core.account},
        "currency": "CNY",
        "tolerances": {
            "quantity_over": "0.02",
            "quantity_under": "1",
            "price": "0.01",
            "amount_minor": 5,
            "invoice_before_receipt_days": 3,
            "unit_aliases": {"KGM": ["千克"], "TNE": ["吨"], "EA": ["件", "个", "台", "块", "张",
                                                                    "副"], "SET": ["套"]},
        },
        "limits": {
            "programme": "200000000.00", "obligor": "150000000.00", "supplier": "6000000.00",
        },
        **terms,
    }  # fmt: skip


_APPLIANCES: Final = _programme(
    HAIHE, "haihe-appliances", "海河家电应付账款融资", "Haihe Appliances payables",
    product={"kind": "discount", "annual_rate": "0.0485", "day_count": "act/360",
             "max_tenor_days": 180, "grace_days": 3},
    advance_rate="0.80",
    evidence={"order": "required", "receipt": "required", "approval": "required"},
)  # fmt: skip
ENTRUSTED_ABOVE: Final = Decimal(200_000)
_STEEL: Final = _programme(
    BEILING, "beiling-steel", "北岭钢铁应付账款融资", "Beiling Steel payables",
    product={"kind": "bullet", "annual_rate": "0.0520", "day_count": "act/360",
             "max_tenor_days": 180, "grace_days": 5},
    advance_rate="0.80",
    evidence={"order": "required", "receipt": "required", "approval": "optional"},
    entrusted_payment={"required": True, "above": f"{ENTRUSTED_ABOVE:.2f}"},
)  # fmt: skip
_DAIRY: Final = _programme(
    CAOYUAN, "caoyuan-dairy", "草原乳业应付账款融资", "Caoyuan Dairy payables",
    product={"kind": "bullet", "annual_rate": "0.0435", "day_count": "act/365f",
             "max_tenor_days": 120, "grace_days": 3},
    advance_rate="0.85",
    evidence={"order": "required", "receipt": "required", "approval": "optional"},
)  # fmt: skip

_SHANDONG, _HEBEI, _INNER = "山东省", "河北省", "内蒙古自治区"
CHAINS: Final = (
    Chain(
        HAIHE, _APPLIANCES,
        (_Trade("注塑", "Moulding", ("SHELL", "PANEL")), _Trade("电机", "Motors", ("MOTOR",)),
         _Trade("线束", "Harness", ("HARNESS",), Form.PINYIN),
         _Trade("电子", "Electronics", ("BOARD",), Form.EINVOICE),
         _Trade("五金", "Hardware", ("HINGE",)), _Trade("标签", "Labels", ("LABEL",))),
        (("370214", _SHANDONG, "青岛市", "Qingdao"), ("370215", _SHANDONG, "青岛市", "Jimo"),
         ("370281", _SHANDONG, "胶州市", "Jiaozhou"), ("370285", _SHANDONG, "莱西市", "Laixi")),
        "A", Proof.RECEIPT, 60, by_folder=False,
    ),
    Chain(
        BEILING, _STEEL,
        (_Trade("焦化", "Coking", ("COKE",)), _Trade("球团", "Pellets", ("PELLET",)),
         _Trade("耐火材料", "Refractories", ("BRICK",), Form.MOF),
         _Trade("合金", "Alloys", ("ALLOY",), Form.EINVOICE)),
        (("130204", _HEBEI, "唐山市", "Tangshan"), ("130283", _HEBEI, "迁安市", "Qian'an"),
         ("130902", _HEBEI, "沧州市", "Cangzhou")),
        "B", Proof.RECEIPT, 75, by_folder=False,
    ),
    Chain(
        CAOYUAN, _DAIRY,
        (_Trade("牧业", "Pastures", ("MILK",)), _Trade("包装", "Packaging", ("BRIK",)),
         _Trade("糖业", "Sugar", ("SUGAR",)), _Trade("牧场", "Farm", ("MILK",))),
        (("150121", _INNER, "呼和浩特市", "Tumochuan"), ("150123", _INNER, "呼和浩特市", "Helin"),
         ("150902", _INNER, "乌兰察布市", "Ulanqab")),
        "C", Proof.EPCIS, 45, by_folder=True,
    ),
)  # fmt: skip
assert tuple(chain.core for chain in CHAINS) == CORES, "the chains are those of the samples"

# Whom the steel suppliers buy from, and who is paid in their stead where the programme asks it.
UPSTREAM: Final = tuple(
    Firm(f"U{n:02d}", f"{city}{word}矿业有限公司", f"{word_en} Mining", division, province, city,
         f"矿山路 {n} 号", f"{owner}{word}", f"0314-555090{n:02d}")
    for n, (word, word_en, owner, division, province, city) in enumerate(
        (("远山", "Yuanshan", "曹", "130802", _HEBEI, "承德市"),
         ("铁岭", "Tieling", "严", "130802", _HEBEI, "承德市"),
         ("黑石", "Heishi", "华", "130826", _HEBEI, "承德市")), 1)
)  # fmt: skip
ORE: Final = Good(
    "ORE",
    "铁精粉",
    "Iron ore concentrate",
    "金属矿",
    "TNE",
    "吨",
    Decimal("820.00"),
    400,
    "YS-Fe65",
)


def suppliers(count: int) -> list[Supplier]:
    """`count` suppliers, shared out among the chains in turn; a chain's last is the odd one out.

    The last of the appliance chain is a relative: representative and telephone of the core.
    """
    each = [count // len(CHAINS) + (n < count % len(CHAINS)) for n in range(len(CHAINS))]
    found = []
    for chain, many in zip(CHAINS, each, strict=True):
        for number in range(many):
            related = chain.core is HAIHE and number == many - 1
            found.append(_supplier(chain, number, related=related))
    return found


def _supplier(chain: Chain, number: int, *, related: bool) -> Supplier:
    trade = chain.trades[number % len(chain.trades)]
    division, province, city, town = chain.towns[number % len(chain.towns)]
    word, word_en = _WORDS[number % len(_WORDS)]
    series = "" if number < len(_WORDS) else f"第{number // len(_WORDS) + 1}"
    core = chain.core
    firm = Firm(
        f"{chain.letter}{number + 1:02d}",
        f"{city.removesuffix('市')}{word}{series}{trade.zh}有限公司",
        f"{town} {word_en} {trade.en}",
        division,
        province,
        city,
        f"{word}路 {number + 1} 号",
        core.legal_representative if related else f"{_OWNERS[number % len(_OWNERS)]}{word}",
        core.phone if related else f"{core.phone[:5]}556{ord(chain.letter)}{number:03d}",
    )
    # A third of the appliance deliveries are seen by sensors at the gate instead of typed in.
    gate = chain.core is HAIHE and number % 3 == 0
    return Supplier(firm, chain, trade.goods, trade.form, Proof.EPCIS if gate else chain.proof)


def programme_of(chain: Chain, cast: list[Supplier], effective_from: str) -> dict[str, Any]:
    """The programme as the bank's product desk proposes it, with this chain's suppliers."""
    listed = [s.firm for s in cast if s.chain is chain]
    return {
        **chain.programme,
        "effective_from": effective_from,
        "suppliers": [
            {"uscc": firm.uscc, "name": {"zh": firm.zh, "en": firm.en}, "account": firm.account}
            for firm in listed
        ],
    }


def master_data(chain: Chain, cast: list[Supplier], day: Any) -> dict[str, Any]:
    """What the core enterprise says of itself, its suppliers and, for steel, of theirs."""
    firms = [chain.core, *(s.firm for s in cast if s.chain is chain)]
    firms += UPSTREAM if chain.core is BEILING else ()
    message: dict[str, Any] = json.loads(
        information(chain.core, day, parties=[party(firm) for firm in firms])
    )
    return message


GOODS_OF: Final = {**GOODS, ORE.code: ORE}
