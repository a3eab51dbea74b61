"""The cast: three core enterprises, their suppliers and warehouses, and the goods they trade.

Every name, person, number and address is invented; the codes satisfy GB 32100 and GB 11714.
"""

import hashlib
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from heliu.parties.party.api import USCC_ALPHABET, complete_uscc

SEED: Final = "heliu-samples-1"


def drawn(*key: object, below: int) -> int:
    """A number in [0, below) that depends on the seed and `key` alone (SHA-256)."""
    digest = hashlib.sha256("|".join(map(str, (SEED, *key))).encode()).digest()
    return int.from_bytes(digest[:8], "big") % below


@dataclass(frozen=True, slots=True)
class Firm:
    """One enterprise of the cast; `code` prefixes the numbers of its documents."""

    code: str
    zh: str
    en: str
    division: str  # GB/T 2260
    province: str
    city: str
    street: str
    legal_representative: str = field(repr=False)
    phone: str = field(repr=False)
    registered_on: str = "2012-04-18"
    role: str = "supplier"
    status: str = "active"

    @property
    def uscc(self) -> str:
        """Its unified social credit code: a company (91), organisation part MA + six drawn."""
        drawn_part = "".join(USCC_ALPHABET[drawn(self.code, i, below=31)] for i in range(6))
        return complete_uscc(f"91{self.division}MA{drawn_part}")

    @property
    def account(self) -> str:
        """Its bank account."""
        return f"{self.division}{drawn(self.code, 'account', below=10**13):013d}"

    @property
    def bank(self) -> str:
        """The bank that keeps the account."""
        return f"{self.city}河海银行营业部"

    @property
    def gln(self) -> str:
        """Its 13-digit GS1 location number (prefix 690, mod-10 check digit)."""
        return gs1_check(f"690{drawn(self.code, 'gln', below=10**9):09d}")

    @property
    def address(self) -> str:
        """The registered address, in one line."""
        return f"{self.province}{self.city}{self.street}"


def gs1_check(digits: str) -> str:
    """`digits` with the GS1 modulo-10 check digit appended (GS1 General Specifications, 7.9)."""
    weighed = sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(reversed(digits)))
    return digits + str(-weighed % 10)


@dataclass(frozen=True, slots=True)
class Good:
    """Something traded: UNECE Recommendation 20 unit, price without tax per unit, VAT rate."""

    code: str
    zh: str
    en: str
    category: str  # 商品和服务税收分类 short name, printed between asterisks
    unit: str
    unit_zh: str
    price: Decimal
    lot: int  # a usual quantity
    spec: str  # model, which suppliers also use as their own number of it
    rate: Decimal = Decimal("0.13")

    @property
    def gtin(self) -> str:
        """Its 14-digit GTIN."""
        return gs1_check(f"0690{drawn(self.code, 'gtin', below=10**9):09d}")


_SD, _HB, _NM = "山东省", "河北省", "内蒙古自治区"
_QD, _TS, _HH = "青岛市", "唐山市", "呼和浩特市"

HAIHE: Final = Firm(
    "HH", "海河家电股份有限公司", "Haihe Appliances Co., Ltd.", "370212", _SD, _QD,
    "崂山区海河大道 1 号", "梁海河", "0532-55500001", "1998-09-09", "core_enterprise",
)  # fmt: skip
BEILING: Final = Firm(
    "BL", "北岭钢铁集团有限公司", "Beiling Steel Group Co., Ltd.", "130203", _HB, _TS,
    "路北区北岭路 66 号", "孟北岭", "0315-55500001", "1994-05-20", "core_enterprise",
)  # fmt: skip
CAOYUAN: Final = Firm(
    "CY", "草原乳业有限公司", "Caoyuan Dairy Co., Ltd.", "150105", _NM, _HH,
    "赛罕区草原街 9 号", "云草原", "0471-55500001", "2001-07-01", "core_enterprise",
)  # fmt: skip
CORES: Final = (HAIHE, BEILING, CAOYUAN)

_HAIHE_SUPPLIERS = (
    Firm("HC", "青岛海川注塑有限公司", "Qingdao Haichuan Moulding", "370214", _SD, _QD,
         "城阳区海川路 8 号", "史海川", "0532-55501011"),
    Firm("AT", "即墨安拓电机有限公司", "Jimo Antuo Motors", "370215", _SD, _QD,
         "即墨区振华街 25 号", "安振华", "0532-55501022", "2009-11-03"),
    Firm("SD", "胶州顺达包装有限公司", "Jiaozhou Shunda Packaging", "370281", _SD, "胶州市",
         "福州南路 117 号", "姜顺达", "0532-55501033", "2015-02-26"),
    Firm("HT", "莱西宏图线束有限公司", "Laixi Hongtu Harness", "370285", _SD, "莱西市",
         "威海路 30 号", "仇宏图", "0532-55501044", "2013-08-12"),
    Firm("JZ", "平度精铸模具有限公司", "Pingdu Jingzhu Tooling", "370283", _SD, "平度市",
         "长江路 77 号", "代精铸", "0532-55501055", "2016-06-06"),
    Firm("QM", "青岛启明电子有限公司", "Qingdao Qiming Electronics", "370211", _SD, _QD,
         "黄岛区江山中路 5 号", "尚启明", "0532-55501066", "2011-03-15"),
    Firm("LX", "黄岛立信五金有限公司", "Huangdao Lixin Hardware", "370211", _SD, _QD,
         "黄岛区昆仑山路 41 号", "滕立信", "0532-55501077", "2014-10-21"),
    # The owner's cousin: same representative and telephone as the buyer.
    Firm("JM", "青岛佳美标签有限公司", "Qingdao Jiamei Labels", "370214", _SD, _QD,
         "城阳区正阳路 203 号", "梁海河", "0532 5550 0001", "2024-12-02"),
    Firm("WX", "青岛旺兴塑胶有限公司", "Qingdao Wangxing Plastics", "370214", _SD, _QD,
         "城阳区双元路 12 号", "邵旺兴", "0532-55501099", "2018-01-30", status="revoked"),
)  # fmt: skip
_BEILING_SUPPLIERS = (
    Firm("YT", "唐山远图焦化有限公司", "Tangshan Yuantu Coking", "130204", _HB, _TS,
         "古冶区林西道 18 号", "远林西", "0315-55502011", "2006-04-09"),
    Firm("KD", "迁安矿达球团有限公司", "Qian'an Kuangda Pellets", "130283", _HB, "迁安市",
         "钢城东路 900 号", "匡矿达", "0315-55502022", "2008-12-25"),
    Firm("ZH", "秦皇岛正合耐火材料有限公司", "Qinhuangdao Zhenghe Refractories", "130302", _HB,
         "秦皇岛市", "海港区北环路 56 号", "郑正合", "0335-55502033", "2010-05-17"),
    Firm("TL", "沧州通联合金有限公司", "Cangzhou Tonglian Alloys", "130902", _HB, "沧州市",
         "新华区永济路 8 号", "佟通联", "0317-55502044", "2013-09-30"),
    Firm("DH", "唐山鼎合商贸有限公司", "Tangshan Dinghe Trading", "130202", _HB, _TS,
         "路南区新华道 101 号", "丁鼎合", "0315-55502055", "2023-11-11"),
    Firm("RF", "天津瑞丰供应链有限公司", "Tianjin Ruifeng Supply Chain", "120116", "天津市",
         "滨海新区", "响螺湾路 3 号", "饶瑞丰", "022-55502066", "2024-03-08"),
    Firm("HS", "沧州恒硕物资有限公司", "Cangzhou Hengshuo Materials", "130903", _HB, "沧州市",
         "运河区解放路 19 号", "恒立硕", "0317-55502077", "2024-01-16"),
)  # fmt: skip
_CAOYUAN_SUPPLIERS = (
    Firm("BY", "土默川白云牧业有限公司", "Tumochuan Baiyun Pastures", "150121", _NM, _HH,
         "土默特左旗牧场路 2 号", "白牧云", "0471-55503011", "2012-06-18"),
    Firm("QL", "和林青绿牧场有限公司", "Helin Qinglü Farm", "150123", _NM, _HH,
         "和林格尔县青城大道 15 号", "青格勒", "0471-55503022", "2014-07-07"),
    Firm("LK", "呼和浩特利康包装有限公司", "Hohhot Likang Packaging", "150102", _NM, _HH,
         "新城区海拉尔东街 70 号", "黎利康", "0471-55503033", "2016-03-21"),
    Firm("JY", "乌兰察布聚源糖业有限公司", "Ulanqab Juyuan Sugar", "150902", _NM, "乌兰察布市",
         "集宁区工农大街 6 号", "鞠聚源", "0474-55503044", "2010-10-10"),
    Firm("XF", "包头鲜峰菌种有限公司", "Baotou Xianfeng Cultures", "150203", _NM, "包头市",
         "昆都仑区钢铁大街 88 号", "冼鲜峰", "0472-55503055", "2019-05-05"),
)  # fmt: skip
SUPPLIERS: Final = {
    HAIHE.code: _HAIHE_SUPPLIERS,
    BEILING.code: _BEILING_SUPPLIERS,
    CAOYUAN.code: _CAOYUAN_SUPPLIERS,
}
# Delivers to Haihe, but nobody enrolled it in the programme.
OUTSIDER: Final = Firm(
    "XL", "烟台新陆橡胶有限公司", "Yantai Xinlu Rubber", "370602", _SD, "烟台市",
    "芝罘区港湾大道 4 号", "辛新陆", "0535-55504011", "2017-09-14",
)  # fmt: skip
CARRIER: Final = Firm(
    "YD", "齐鲁远达物流有限公司", "Qilu Yuanda Logistics", "370102", _SD, "济南市",
    "历下区工业南路 33 号", "于远达", "0531-55505011", "2005-05-15", "carrier",
)  # fmt: skip
BANK: Final = Firm(
    "BK", "合流示范银行股份有限公司", "Heliu Model Bank", "370203", _SD, _QD,
    "市北区连云港路 20 号", "何合流", "0532-55509000", "1996-01-28", "bank",
)  # fmt: skip
FIRMS: Final = {
    firm.code: firm
    for firm in (*CORES, *(s for own in SUPPLIERS.values() for s in own), OUTSIDER, CARRIER, BANK)
}

_NINE: Final = Decimal("0.09")
GOODS: Final = {
    good.code: good
    for good in (
        Good("SHELL", "洗衣机注塑外壳", "Washer housing, moulded", "塑料制品", "EA", "件",
             Decimal("46.80"), 2000, "HC-W8"),
        Good("PANEL", "控制面板框", "Control panel frame", "塑料制品", "EA", "件",
             Decimal("12.35"), 3000, "HC-P2"),
        Good("MOTOR", "变频电机", "Inverter motor", "电机", "EA", "台", Decimal("128.00"), 800,
             "AT-BLDC-180W"),
        Good("CARTON", "瓦楞纸箱", "Corrugated carton", "纸制品", "EA", "个", Decimal("7.60"), 9000,
             "SD-5L-860"),
        Good("HARNESS", "整机线束", "Wire harness", "电线电缆", "SET", "套", Decimal("23.40"), 2500,
             "HT-WM-12"),
        Good("MOULD", "滚筒压铸模具", "Drum die-casting mould set", "模具", "SET", "套",
             Decimal("1769911.50"), 1, "JZ-D9"),
        Good("BOARD", "主控电路板", "Main control board", "电子元件", "EA", "块", Decimal("58.50"),
             1500, "QM-MCU-4"),
        Good("HINGE", "不锈钢门铰链", "Stainless door hinge", "金属制品", "EA", "副",
             Decimal("18.00"), 5000, "LX-H3"),
        Good("LABEL", "能效标签", "Energy label", "印刷品", "EA", "张", Decimal("0.85"), 100000,
             "JM-EL"),
        Good("SEAL", "门封橡胶圈", "Rubber door seal", "橡胶制品", "EA", "条", Decimal("9.20"),
             6000, "XL-DS"),
        Good("COKE", "冶金焦炭", "Metallurgical coke", "煤炭", "TNE", "吨", Decimal("1680.00"), 300,
             "YT-M40"),
        Good("PELLET", "铁矿球团", "Iron ore pellets", "金属矿", "TNE", "吨", Decimal("905.00"),
             500, "KD-Fe62"),
        Good("BRICK", "镁碳砖", "Magnesia-carbon brick", "非金属矿物制品", "TNE", "吨",
             Decimal("6200.00"), 40, "MT-14A"),
        Good("ALLOY", "硅锰合金", "Silicomanganese", "黑色金属冶炼压延品", "TNE", "吨",
             Decimal("6350.00"), 60, "FeMn65Si17"),
        Good("BILLET", "方钢坯", "Steel billet", "黑色金属冶炼压延品", "TNE", "吨",
             Decimal("3180.00"), 300, "Q235-150"),
        Good("MILK", "生鲜乳", "Raw milk", "乳制品", "KGM", "千克", Decimal("3.62"), 60000,
             "RM-P32", _NINE),
        Good("BRIK", "无菌包装盒", "Aseptic carton", "纸制品", "EA", "个", Decimal("0.31"), 900000,
             "LK-250ML"),
        Good("SUGAR", "白砂糖", "White sugar", "食糖", "KGM", "千克", Decimal("6.05"), 30000,
             "JY-S1"),
        Good("CULTURE", "酸奶发酵剂", "Yoghurt culture", "食品添加剂", "KGM", "千克",
             Decimal("860.00"), 150, "XF-YC"),
    )
}  # fmt: skip
