"""Commands on payment rails: the rail simulator."""

import time
from pathlib import Path
from typing import Annotated, Final

import typer

from heliu.app.say import out, two
from heliu.ground.clock import SystemClock
from heliu.payments.rails.api import Pace, Simulator, read_faults

_BREATH: Final = 0.02


def register(app: typer.Typer) -> None:
    """Add this family's commands to the command line."""
    app.command("rail-simulator")(rail_simulator)


def rail_simulator(
    folder: Annotated[Path, typer.Argument(help="The folder a bank's rail link works on.")],
    *,
    seed: Annotated[int, typer.Option(help="Same seed, same faults.")] = 0,
    fault: Annotated[
        list[str] | None, typer.Option(help="NAME=P, for example lose-answer=0.1; repeatable.")
    ] = None,
    once: Annotated[bool, typer.Option(help="Take and answer what is there, then end.")] = False,
) -> None:
    """Play the clearing system behind FOLDER: take payments from out/, answer into in/."""
    faults = read_faults(fault or [])
    simulator = Simulator(folder, SystemClock(), faults=faults, pace=Pace(), seed=seed)
    if once:
        simulator.step()
        time.sleep(Pace().answer.total_seconds())
        simulator.step()
        return
    out.print(two(f"清算模拟器已就绪: {folder}", f"the rail simulator works on {folder}"))
    while True:
        if not simulator.step():
            time.sleep(_BREATH)
