"""What lesson 07 promises, what it asks before it shows, and the beliefs that it tests."""

from __future__ import annotations

from ....words import _
from ...lesson import Misconception, Objective, Prediction, Quiz

OBJECTIVES = (
    Objective(
        _("trace each side's path from open to closed"),
        (
            "07.next",
            "07.order",
        ),
    ),
    Objective(
        _("say who ends TCP, and why"),
        (
            "07.first",
            "07.order",
        ),
    ),
    Objective(
        _("give the code that each side records for six endings"),
        (
            "07.empty",
            "07.torn",
            "07.rule",
            "07.both",
            "07.1",
        ),
    ),
    Objective(
        _("choose a code, and explain 1005, 1006 and 1015"),
        (
            "07.choose",
            "07.2",
            "07.3",
        ),
    ),
    Objective(_("bound the wait for an answer that never comes"), ("07.4",)),
)

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
                _("The server ends TCP without an answer"),
                _("It must answer first: an endpoint that receives a Close sends one (5.5.1)."),
            ),
            (
                _("The server waits for a timeout, and then answers"),
                _("It answers as soon as it can. The timeout limits the client's wait."),
            ),
        ),
        1,
    ),
    Prediction(
        "07.first",
        _("Which side should end TCP first, and keep TIME_WAIT?"),
        (
            (
                _("The client: it wanted to leave"),
                _("It would have to wait before it could open the same connection again (7.1.1)."),
            ),
            (
                _("The server: it can take the same connection again at once"),
                _("A client in TIME_WAIT would have to wait (7.1.1)."),
            ),
            (
                _("The one that sent the first Close"),
                _("Who began does not matter. The server should be first (7.1.1)."),
            ),
        ),
        1,
    ),
    Prediction(
        "07.empty",
        _("The client's Close has no payload. Which code does the server record?"),
        (
            (_("1000, normal"), _("No code came, so 1000 did not come either.")),
            (_("1005"), _("1005 means that no code came. It is never sent.")),
            (_("1006"), _("A Close did come, so the ending is clean.")),
            (_("None: it is an error"), _("A Close without a payload is allowed (5.5.1).")),
        ),
        1,
    ),
    Prediction(
        "07.torn",
        _("The client's TCP connection is reset. Which code does the server record?"),
        (
            (_("1001, going away"), _("1001 would have to come in a Close frame.")),
            (_("1006"), _("1006 means that no Close frame came.")),
            (_("1011, internal error"), _("That is a code that a server sends, in a Close.")),
            (
                _("None: the connection is still open"),
                _("TCP tells the server about a reset at once."),
            ),
        ),
        1,
    ),
    Prediction(
        "07.rule",
        _("A client breaks a rule; the server sends 1002. Which code does the server record?"),
        (
            (_("1002: it knows what was wrong"), _("It sent that code, but it received none.")),
            (
                _("1006"),
                _("The code is the one that a side receives. After its own 1002 it reads no more."),
            ),
            (_("1005"), _("1005 would mean that a Close without a code had come.")),
        ),
        1,
    ),
    Prediction(
        "07.both",
        _("The server sends 1001 and the client 4000, at the same moment. What do they record?"),
        (
            (_("Both 1001: the server was first"), _("Neither side knows which was first.")),
            (_("Both 4000"), _("The client has received another code.")),
            (
                _("The server 4000, the client 1001"),
                _("Each records what it received, and neither answers a second time."),
            ),
            (_("Each its own"), _("Each records the code of the other side.")),
        ),
        2,
    ),
    Prediction(
        "07.choose",
        _('Your server expects JSON, and a client sends "{oops". Which code fits?'),
        (
            (
                _("1002: a rule was broken"),
                _("The client broke no rule of the protocol, only one of your application."),
            ),
            (
                _("1006: it ended badly"),
                _("1006 is never sent: it means that no Close frame came."),
            ),
            (
                _("1007: invalid data"),
                _("1007 is for data that does not fit its type. This text is good UTF-8."),
            ),
            (
                _("One of your own, such as 4000"),
                _("4000 to 4999 are for you. 1008, for your policy, would be right too."),
            ),
        ),
        3,
    ),
)

MISCONCEPTIONS = (
    Misconception(_("1006 is a code that the other side sent"), "closing-torn"),
    Misconception(
        _("no close frame received or sent is a bug in the library"), "closing-torn-client"
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
                _("The client ends TCP too"),
                4,
                _("The client waits until the server has ended TCP (7.1.1)."),
            ),
            (
                _("The client sends a Close, and from then on no data"),
                0,
                _("The closing handshake begins with a Close of the side that wants to leave."),
            ),
            (
                _("The server ends TCP"),
                2,
                _("The server does it right after the Closes, before the client does (7.1.1)."),
            ),
            (
                _("The client has heard of the end of TCP, and records the code that it received"),
                3,
                _("It is CLOSED only when TCP has ended."),
            ),
        ),
        _("Close, Close, and the server ends TCP first."),
    ),
)
