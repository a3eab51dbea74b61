"""What is wrong with a line of a supplier list, so that whoever made the list can correct it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from heliu.ground.text import Text


class Fault(StrEnum):
    """Why a line is set aside; nothing is decided on what cannot be read."""

    WIDTH = "width"
    MISSING = "missing"
    UNREADABLE = "unreadable"
    RANGE = "range"
    USCC = "uscc"
    TWICE = "twice"


@dataclass(frozen=True, slots=True)
class Complaint:
    """A line (the header is 1), the column meant ("" for the whole line), and what is wrong.

    `other_line` is where the supplier was listed first, for TWICE.
    """

    line: int
    column: str
    fault: Fault
    other_line: int | None = None

    @property
    def code(self) -> str:
        """The stable code."""
        return f"acquisition.line_{self.fault}"

    @property
    def reason(self) -> Text:
        """What is so; without the value, which may be personal data."""
        zh, en = _REASONS[self.fault]
        named = {"column": self.column, "other": self.other_line}
        return Text(zh.format(**named), en.format(**named))

    @property
    def cure(self) -> Text:
        """What would make the line count."""
        zh, en = _CURES[self.fault]
        return Text(zh.format(column=self.column), en.format(column=self.column))


_REASONS: Final = {
    Fault.WIDTH: Text("列数与表头不符", "another number of columns than the header"),
    Fault.MISSING: Text("{column} 为空", "{column} is empty"),
    Fault.UNREADABLE: Text("{column} 无法识别", "{column} cannot be read"),
    Fault.RANGE: Text("{column} 超出合理范围", "{column} is out of range"),
    Fault.USCC: Text(
        "统一社会信用代码校验不通过 (GB 32100)", "not a unified social credit code (GB 32100)"
    ),
    Fault.TWICE: Text("该供应商已列于第 {other} 行", "the supplier is listed on line {other}"),
}
_CURES: Final = {
    Fault.WIDTH: Text("检查该行的分隔符与引号", "check the line's delimiters and quotation marks"),
    Fault.MISSING: Text("补充 {column}", "fill in {column}"),
    Fault.UNREADABLE: Text("按说明的格式填写 {column}", "write {column} as the guide says"),
    Fault.RANGE: Text(
        "核对 {column}: 金额与数量不为负, 比率在 0 至 1 之间或带 %",
        "check {column}: amounts and counts are not negative, rates are 0 to 1 or carry %",
    ),
    Fault.USCC: Text("请按营业执照核对代码", "copy the code from the business licence"),
    Fault.TWICE: Text("每个供应商只保留一行", "keep one line for each supplier"),
}
