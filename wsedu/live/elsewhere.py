"""The page of a notebook on another machine than its kernel, as on a hub.

How to think about it: 127.0.0.1 is the machine on which a program runs. For a page that is the
learner's own computer, where no lab listens if the kernel runs on a hub. So the page connects to
its own Jupyter server, and that server carries the bytes on: the tunnel of ``wsedu_classroom``.
Where it has one, the kernels find the beginning of its paths in ``WSEDU_TUNNEL``.
"""

import os
import re

from ..words import _
from .guest import IN_BROWSER

HERE = re.compile(r"ws://127\.0\.0\.1:(\d+)")


def tunnel() -> str:
    """How the path to a port of this machine begins for a page, such as /user/ada/wsedu-tunnel/.

    "" where a page needs none.
    """
    return os.environ.get("WSEDU_TUNNEL", "")


def for_the_page(text: str) -> str:
    """The same text, each WebSocket address of this machine as the page of the notebook reaches it.

    Through a tunnel that is a path on the page's own server.
    """
    return HERE.sub(rf"{tunnel()}\1", text) if tunnel() else text


def how_it_came() -> str:
    """A sentence on what a connection through the tunnel has lost on its way; "" without one."""
    return (
        _(
            "Your browser came through the tunnel of this Jupyter server. A proxy in front "
            "of it carries each frame unchanged, but no RST, and no FIN of one side alone."
        )
        if tunnel()
        else ""
    )


def hindrance(sandboxed: bool, login: bool) -> str:
    """Why no page can connect to a lab here, in a sentence; "" if one can.

    sandboxed: whether a sandboxed frame would connect
    login:     whether the lab knows its visitors by a cookie or a token
    """
    if IN_BROWSER:
        return _("A browser cannot connect to a server that runs inside a page.")
    if not tunnel():
        if "JUPYTERHUB_SERVICE_PREFIX" in os.environ:
            return _(
                "This hub has no tunnel (wsedu_classroom) through which your browser could reach "
                "the lab."
            )
        return ""
    if sandboxed:
        return _("A sandboxed frame has no login, so the tunnel of the hub does not let it in.")
    if login:
        return _("The tunnel of the hub carries no cookie and no token: your login is one of them.")
    return ""
