"""Keeping the environment that this process runs from: no command may empty it meanwhile.

How to think about it: ``scripts/classroom.py`` keeps the environment for the program that it
starts, by a lock on the folder. A hub and the servers of its learners may outlive that program,
for example when the system ends it for want of memory. So each of them has a lock of its own, and
the system ends it with the process.
"""

from __future__ import annotations

import fcntl
import os
import sys
from contextlib import suppress


def keep() -> None:
    """Keep the environment as it is, apart from additions, until this process ends."""
    folder = os.open(sys.prefix, os.O_RDONLY)  # open until then, and not in other programs
    with suppress(OSError):  # some network folders have no locks
        fcntl.flock(folder, fcntl.LOCK_SH)
