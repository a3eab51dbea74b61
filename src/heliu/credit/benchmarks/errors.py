"""Refusals of the benchmarks desk: what is so, and what would cure it."""

from collections.abc import Sequence
from datetime import date

from heliu.ground.errors import Refusal
from heliu.ground.text import Text


def file_invalid(name: str, faults: Sequence[str]) -> Refusal:
    """A file of publications is not written well; it is refused whole."""
    listed = "; ".join(faults)
    return Refusal(
        "rates.file_invalid",
        Text(f"报价文件 {name} 有误: {listed}", f"{name} is not a file of quotes: {listed}"),
        Text("改正所列各处后重新导入", "correct these places and import it again"),
        {"faults": list(faults)},
    )


def differs(benchmark: str, on: date) -> Refusal:
    """A day's publication is known with other quotes: two for one day cannot both be true."""
    return Refusal(
        "rates.quote_differs",
        Text(
            f"{benchmark} {on} 的报价已记录, 且与此不同",
            f"{benchmark} of {on} is recorded already, with other quotes",
        ),
        Text(
            "核对发布公告; 已记录的报价不能改动",
            "look at the publication again; what is recorded is never changed",
        ),
        {"benchmark": benchmark, "published_on": on.isoformat()},
    )


def in_the_future(benchmark: str, on: date, today: date) -> Refusal:
    """Nothing was published on a day that has not come."""
    return Refusal(
        "rates.in_the_future",
        Text(
            f"{benchmark} {on} 晚于今日 {today}", f"{benchmark} of {on} lies after today, {today}"
        ),
        Text("改正发布日期", "correct the day of publication"),
        {"benchmark": benchmark, "published_on": on.isoformat()},
    )


def unverified(benchmark: str, on: date) -> Refusal:
    """In production a quote counts only once somebody read it in the official text."""
    return Refusal(
        "rates.unverified",
        Text(f"{benchmark} {on} 的报价未经核实", f"nobody has checked {benchmark} of {on}"),
        Text(
            "与官方公告核对, 并在 checked 中写明出处",
            "read it in the official publication and say where under `checked`",
        ),
        {"benchmark": benchmark, "published_on": on.isoformat()},
    )
