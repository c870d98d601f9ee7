"""What lesson 07 asks before it shows, and the beliefs that it puts to the test."""

from __future__ import annotations

from ...._text import _
from ...lesson import Misconception, Prediction, Quiz

PREDICTIONS = (
    Prediction(
        "07.next",
        _("The client has sent its Close frame. What comes next?"),
        (
            (
                _("The client ends TCP; there is nothing more to say"),
                _("It waits for the server's Close, and for the server to end TCP."),
            ),
            (
                _("The server sends a Close, and then ends TCP"),
                _("Close, Close, and the server ends TCP (5.5.1, 7.1.1)."),
            ),
            (
                _("The server ends TCP; an answer would be in vain"),
                _("It must answer first: an endpoint that gets a Close sends one (5.5.1)."),
            ),
            (
                _("The server waits for a timeout, and then answers"),
                _("It answers as soon as it can; a timeout is for those who wait for it."),
            ),
        ),
        1,
    ),
    Prediction(
        "07.empty",
        _("The client's Close has no body. Which code does the server record?"),
        (
            (_("1000, normal"), _("Nobody has said so: there was no code.")),
            (_("1005"), _("1005 stands for «no code», and is never sent.")),
            (_("1006"), _("A Close did come, so the ending is clean.")),
            (_("None: it is an error"), _("A Close without a body is allowed (5.5.1).")),
        ),
        1,
    ),
    Prediction(
        "07.torn",
        _("The client's TCP connection breaks. Which code does the server record?"),
        (
            (_("1001, going away"), _("Somebody would have had to say so in a Close frame.")),
            (_("1006"), _("1006 stands for «no Close frame came».")),
            (_("1011, internal error"), _("That is a code that a server sends, in a Close.")),
            (_("None: the connection is still open"), _("TCP has told the server at once.")),
        ),
        1,
    ),
    Prediction(
        "07.rule",
        _("A client breaks a rule; the server sends 1002. Which code does the server record?"),
        (
            (_("1002: it knows what was wrong"), _("It sent that code. It has received none.")),
            (
                _("1006"),
                _("«The code» is the one that was received; after its own 1002 it reads no more."),
            ),
            (_("1005"), _("1005 would mean that a Close without a code had come.")),
        ),
        1,
    ),
    Prediction(
        "07.both",
        _("The server sends 1001 and the client 4000, at the same moment. Who records what?"),
        (
            (_("Both 1001: the server was first"), _("Neither side knows who was first.")),
            (_("Both 4000"), _("The client has received another code.")),
            (
                _("The server 4000, the client 1001"),
                _("Each records what it received, and nobody answers a second time."),
            ),
            (_("Each its own"), _("It is the other way round: the code of the other side.")),
        ),
        2,
    ),
)

MISCONCEPTIONS = (
    Misconception(_("1006 is a code that somebody sent"), "closing-torn"),
    Misconception(
        _("no close frame received or sent is a bug of the library"), "closing-torn-client"
    ),
    Misconception(_("I may send any code, 1006 too"), "closing-codes-never"),
    Misconception(_("Both ends report the same code"), "closing-rule"),
    Misconception(_("close() hangs"), "closing-timeout"),
    Misconception(_("No code means 1000"), "closing-empty"),
    Misconception(_("The two codes agree when both close"), "closing-both"),
)

QUIZZES = (
    Quiz(
        "07.order",
        _("A client wants to leave. Put the ending in order."),
        (
            (
                _("The server sends a Close back"),
                1,
                _("It answers a Close, and does so before it ends TCP."),
            ),
            (
                _("The client ends TCP, too"),
                4,
                _("The client waits until the server has ended TCP (7.1.1)."),
            ),
            (
                _("The client sends a Close, and from then on no data"),
                0,
                _("Somebody must say first that they want to leave."),
            ),
            (
                _("The server ends TCP"),
                2,
                _("The server does it right after the Closes, before the client does (7.1.1)."),
            ),
            (
                _("The client has heard of the end of TCP, and records the code that it received"),
                3,
                _("It is CLOSED when the end of TCP has come, not before."),
            ),
        ),
        _("Close, Close, and the server ends TCP first."),
    ),
)
