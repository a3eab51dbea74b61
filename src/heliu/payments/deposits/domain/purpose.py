"""What money is for, in words people search by."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from heliu.ground.text import Text


class Purpose(StrEnum):
    """What a transfer or a bill is for; kept with the posting, searched by answers."""

    TRANSFER = "transfer"
    SALARY = "salary"
    PENSION = "pension"
    POWER = "power"
    WATER = "water"
    GAS = "gas"
    HEATING = "heating"
    PHONE = "phone"
    INTERNET = "internet"
    RENT = "rent"
    GROCERIES = "groceries"
    MEDICAL = "medical"
    CASH = "cash"
    BUSINESS = "business"


NAMES: Final[Mapping[Purpose, Text]] = {
    Purpose.TRANSFER: Text("转账", "Transfer"),
    Purpose.SALARY: Text("工资", "Salary"),
    Purpose.PENSION: Text("养老金", "Pension"),
    Purpose.POWER: Text("电费", "Electricity"),
    Purpose.WATER: Text("水费", "Water"),
    Purpose.GAS: Text("燃气费", "Gas"),
    Purpose.HEATING: Text("供暖费", "Heating"),
    Purpose.PHONE: Text("话费", "Phone"),
    Purpose.INTERNET: Text("宽带费", "Internet"),
    Purpose.RENT: Text("房租", "Rent"),
    Purpose.GROCERIES: Text("买菜购物", "Groceries"),
    Purpose.MEDICAL: Text("看病买药", "Medical"),
    Purpose.CASH: Text("现金", "Cash"),
    Purpose.BUSINESS: Text("货款", "Trade"),
}
