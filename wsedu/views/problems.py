"""Every problem of a dissected recording, in words, with the unit that has it."""

from __future__ import annotations

from ..recording import Dissection
from ..words import _


def problems_of(seen: Dissection) -> list[tuple[int, str]]:
    """The index of the unit and a sentence, in the order of the bytes.

    The rules of frames are among them, and those of the opening handshake.
    """
    found = []
    for number, unit in enumerate(seen.units):
        whose = {"client": _("client"), "server": _("server")}[unit.sender]
        said = [f"{problem.sentence} ({problem.section})" for problem in unit.problems]
        if not said:  # a refusal breaks no rule, and no WebSocket comes of it
            said = [
                _("not so: {rule}; found: {found} ({section})").format(
                    rule=check.requirement, found=check.found, section=check.section
                )
                for check in unit.checks
                if check.passed is False
            ]
        found += [(number, f"{whose}, {unit.title}: {sentence}") for sentence in said]
    return found
