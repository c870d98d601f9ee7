"""The right answers to hop-by-hop, from what they are about."""

from __future__ import annotations

import re
from wsgiref.util import is_hop_by_hop

from websockets.headers import parse_connection

from wsedu.course.catalogue import exercises


def right() -> dict[str, object]:
    """Letter -> what a proxy does with the header of the task's table: two libraries say it."""
    rows = re.findall(r"\| (\w) \| `([\w-]+): (.*)` \|", exercises()["hop-by-hop"].words["task"])
    (connection,) = (value for _letter, name, value in rows if name == "Connection")
    named = [str(name).lower() for name in parse_connection(connection)]
    return {
        letter: "removed" if is_hop_by_hop(name) or name.lower() in named else "passed on"
        for letter, name, _value in rows
    }
