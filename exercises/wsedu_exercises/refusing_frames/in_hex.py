"""How a verdict shows a case of these exercises: the bytes in hex, as the lesson writes them.

How to think about it: ``b"@"`` says nothing to a learner who thinks of RSV1; ``40`` does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wsedu.course.mistakes import Args, Function
from wsedu.course.runner import shorten
from wsedu.words import _


def in_hex(called: str, expected: Function) -> Callable[[Args, Any], dict[str, Any]]:
    """What shows a wrong result of the function ``called``, whose first argument is bytes."""

    def show(args: Args, got: Any) -> dict[str, Any]:
        data, *others = args
        written = shorten(data.hex(" "), 120, write=str)
        given = ", ".join([f'bytes.fromhex("{written}")', *map(str, others)])
        case = _("{call}: got {got}, expected {wanted}").format(
            call=f"{called}({given})", got=shorten(got, 200), wanted=expected(*args)
        )
        return {"case": case}

    return show
