"""What people read about the samples: README.md and STORIES.md, from the same expectations."""

from collections.abc import Mapping
from typing import Any

_SHOWN_FILES = 4


def stories_table(expected: Mapping[str, Any]) -> str:
    """STORIES.md: one section a story."""
    lines = [
        "# Stories 故事",
        "",
        "What is planted in the sample documents and what Heliu should conclude. The machine-",
        "readable twin is `stories.json` (cases by invoice number, every file with its arrival).",
        "",
        "| story | planted | should conclude | decision | reason | invoices |",
        "|---|---|---|---|---|---|",
    ]
    lines += [_row(key, story) for key, story in expected["stories"].items()]
    lines += ["", "## Files 文件", ""]
    for key, story in expected["stories"].items():
        if key not in {"clean", "open"} and story["files"]:
            lines.append(f"- **{key}** {story['title']['zh']}")
            lines += [f"  - `{name}`" for name in story["files"]]
    return "\n".join(lines) + "\n"


def _row(key: str, story: Mapping[str, Any]) -> str:
    invoices = story["invoices"]
    shown = ", ".join(invoices[:_SHOWN_FILES])
    more = f" and {len(invoices) - _SHOWN_FILES} more" if len(invoices) > _SHOWN_FILES else ""
    decision = story["decision"] + (f", then {story['follow_up']}" if story["follow_up"] else "")
    return (
        f"| **{key}**<br>{story['title']['zh']} {story['title']['en']} "
        f"| {story['planted']['zh']}<br>{story['planted']['en']} "
        f"| {story['conclusion']['zh']}<br>{story['conclusion']['en']} "
        f"| {decision} | {story['reason']} | {shown}{more} |"
    )


def readme(expected: Mapping[str, Any]) -> str:
    """README.md of the folder."""
    return f"""\
# Sample trade documents 样本单证

Three core enterprises - Haihe Appliances 海河家电, Beiling Steel 北岭钢铁, Caoyuan Dairy 草原乳业 -
with their suppliers, a carrier and a bank, March to August 2026. Every enterprise, person, number,
account and address is invented; a likeness to a real one is chance. The social credit codes only
satisfy their checksums.

三家核心企业及其供应商均为虚构, 2026 年 3 月至 8 月。
名称、人员、号码、账户、地址皆为杜撰, 如有雷同纯属巧合。

- `documents/` - {len(expected["files"])} files by month of arrival and flow (commercial 商流,
  logistics 物流, funds 资金流, information 信息流): UBL 2.1, 数电票 in three dialects, CSV,
  EPCIS 2.0 JSON-LD, ISO 20022, Heliu's information JSON; some in ZIP and gzip. Among them are
  {sum("refused" in file for file in expected["files"].values())} files that are broken on purpose.
- `programmes/` - the three financing programmes.
- `STORIES.md`, `stories.json` - what is planted and what Heliu should conclude; the day each file
  arrives; `last_day` is the business date on which the samples end.

Written by `python -m heliu.app.samples OUT`, the same bytes each time; a test keeps this folder
and the writer in step. Do not edit by hand.
"""
