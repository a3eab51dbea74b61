"""What commands have in common: words or JSON, and in whose name they act."""

import os
import socket
from typing import Annotated

import typer

from heliu.app.settings import settings
from heliu.ground.actor import Actor
from heliu.ground.errors import Refusal
from heliu.ground.text import Text

AsJson = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]
AsOption = Annotated[
    str | None,
    typer.Option("--as", help="Which person at this account acts; not in the production profile."),
]


def cli_actor() -> Actor:
    """In whose name this command line acts: the machine's user."""
    return Actor(f"cli:{os.getuid()}@{socket.gethostname()}")


def acting(named: str | None) -> Actor:
    """Who acts: the machine's user, or a person at that account who says so.

    Raises Refusal `programme.unproven_person` in the production profile, where saying so is not
    enough.
    """
    actor = cli_actor()
    if named is None:
        return actor
    if settings().profile == "production":
        raise Refusal(
            "programme.unproven_person",
            Text("生产环境不接受 --as 自报身份", "in production nobody is who he says he is"),
            Text(
                "用本人的系统账户或其接口密钥操作", "use an account or a connection key of your own"
            ),
        )
    return Actor(f"{actor.id}/{named}")
