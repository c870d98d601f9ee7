"""WebSocket byte by byte: the helper package of the course.

These are the names that lessons use. There is more in ``wsedu.protocol`` (bytes and values),
``wsedu.recording`` (what was seen), ``wsedu.live`` (servers and clients), ``wsedu.views``
(pictures) and ``wsedu.course`` (exercises). All of it is meant to be read: ``Lab??`` shows the
source.
"""

import os
import warnings
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from .said import install
from .words import _
from .words.sentences import speak

__version__ = "0.1.0"

# Every room finds a speaker installed, whichever of them is imported first.
install(speak)

# The other rooms need these. A bare Python, such as Pyodide's, may lack them.
if _missing := [name for name in ("websockets", "IPython", "anywidget") if not find_spec(name)]:
    warnings.warn(
        _("Missing here: {names}. Only wsedu.protocol and wsedu.recording work.").format(
            names=", ".join(_missing)
        ),
        stacklevel=2,
    )

if "JPY_SESSION_NAME" in os.environ:  # Jupyter started this for a notebook
    from .handed_out import say

    say(__version__)

# The names, by the room that each comes from. A room is opened when one of its names is first used,
# so that importing wsedu needs neither widgets nor a network.
_NAMES = {
    "protocol": "accept_key build_request",
    "recording": "Recording diagnose dissect",
    "live": "Caddy Lab Nats Nginx Valkey Wires Worker components needs",
    "views": "AcceptSteps BrowserSession BytesAndFields Checklist ClosingSteps Comparison "
    "DeflateSteps FrameBuilder FrameChecks Ladder Lanes LengthForms MaskingSteps MessagePath "
    "RoundTrips StreamCutter Tanks Timeline TwoHops Utf8Steps WhoSends",
    "course": "check hint join_class leave_class mine own_server peers predict progress quiz "
    "revisit score solution start_over",
}
_ROOMS = {name: room for room, names in _NAMES.items() for name in names.split()}
__all__ = sorted(_ROOMS)

if TYPE_CHECKING:
    from .course import *  # noqa: F403
    from .live import *  # noqa: F403
    from .protocol import accept_key as accept_key
    from .protocol import build_request as build_request
    from .recording import Recording as Recording
    from .recording import diagnose as diagnose
    from .recording import dissect as dissect
    from .views import *  # noqa: F403


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return getattr(import_module(f".{_ROOMS[name]}", __name__), name)
    raise AttributeError(f"module 'wsedu' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
