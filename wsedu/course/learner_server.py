"""The learner's own server: the pieces that passed their checks, and one loop around them.

How to think about it: the pieces know the protocol, the loop knows the network. The package of
exercises has the loop, ``put_together``, and a piece of its own for each that is not solved yet.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._awaited import values_only
from .catalogue import exercises
from .packages import offered
from .pieces import mine, take
from .running import Serve


@values_only
def own_server(quiet: bool = False) -> Serve:
    """Your server, for ``Lab(server=own_server())``; it says which pieces are yours."""
    serve: Serve = offered("put_together")(gather(quiet))
    return serve


def gather(quiet: bool = False) -> dict[str, Callable[..., Any]]:
    """The pieces by their names: yours, or the course's."""
    own = take if quiet else mine
    return {exercise.piece: own(name) for name, exercise in exercises().items() if exercise.piece}
