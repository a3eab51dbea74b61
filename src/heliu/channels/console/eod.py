"""The end of day as staff ask for it: its kind of job, and the steps its page names.

What the night does stands above this room; the house registers it under this kind.
"""

from typing import Final

from heliu.ground.text import Text

CLOSE_DAY: Final = "close_day"
PLAN: Final = (
    Text("到期报价、利率、押品、预警", "Offers, rates, goods, warnings"),
    Text("收集当天发生的一切", "Gather what happened"),
    Text("逐笔推进每一笔融资", "Step every loan"),
    Text("分类、计提、写入并封存", "Class, provide, write and seal"),
    Text("逾期转入催收", "Take who is late into cases"),
)
PREPARE, GATHER, STEP, WRITE, CASES = range(len(PLAN))
# What the closing tells of itself, as a place in the plan.
PLACE_OF: Final = {"gather": GATHER, "step": STEP, "write": WRITE}
