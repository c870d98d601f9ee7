"""The learner's own server: the pieces that passed their checks, and one loop around them.

How to think about it: the pieces know the protocol, the loop knows the network. The package of
exercises has the loop, ``put_together``, and a piece of its own for each that is not solved yet.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._awaited import values_only
from ..words import _
from .catalogue import exercise_named, exercises
from .packages import offered
from .pieces import mine, take
from .running import Serve


@values_only
def own_server(until: str | None = None, quiet: bool = False) -> Serve:
    """Your server, for ``Lab(server=own_server())``; it says which pieces are yours.

    until: the name of an exercise: a server without what comes after it in the course

    Raises UnknownName for another name, TypeError for anything but a name.
    """
    if not isinstance(until, str | None):  # serve = own_server, without the brackets
        raise TypeError(_("own_server() makes a server. Call it, and check its result."))
    serve: Serve = offered("put_together")(gather(until, quiet))
    return serve


def gather(until: str | None = None, quiet: bool = False) -> dict[str, Callable[..., Any]]:
    """The pieces by their names: yours, or the course's."""
    own = take if quiet else mine
    last = None if until is None else exercise_named(until)
    pieces = {}
    for name, exercise in exercises().items():
        if exercise.piece:
            pieces[exercise.piece] = own(name)
        if exercise is last:
            break
    return pieces
