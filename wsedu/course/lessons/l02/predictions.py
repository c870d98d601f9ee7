"""What lesson 02 promises, what it asks before it shows, and the beliefs that it tests."""

from __future__ import annotations

from ....words import _
from ...lesson import Misconception, Objective, Prediction, Quiz

OBJECTIVES = (
    Objective(
        _("write a valid handshake request by hand"),
        ("02.2",),
    ),
    Objective(
        _(
            "name the required parts of the request that a server checks, and the six checks "
            "that a client makes on the response"
        ),
        ("02.3", "02.4", "02.order"),
    ),
    Objective(
        _("predict when the response is 101, 200, 400, 403, 405 or 426"),
        ("02.status", "02.page", "02.case", "02.1"),
    ),
    Objective(
        _(
            "say what happens to bytes that are sent before the server has agreed, and to those "
            "after"
        ),
        ("02.early", "02.after"),
    ),
)

PREDICTIONS = (
    Prediction(
        "02.status",
        _("You ask a WebSocket server for /connect-to-ws and it agrees. Which status comes back?"),
        (
            (
                _("200 OK, as for any successful request"),
                _('200 would mean "here is the resource", and HTTP would go on.'),
            ),
            (
                _("101 Switching Protocols"),
                _("101: from the next byte on, this connection speaks another protocol."),
            ),
            (
                _("No status at all: WebSocket is not HTTP"),
                _("Not yet: the handshake itself is ordinary HTTP/1.1, status line included."),
            ),
            (
                _("426 Upgrade Required"),
                _("426 is what the server says when you forgot to ask for the change."),
            ),
        ),
        1,
    ),
    Prediction(
        "02.after",
        _("After the 101 you send GET /page on the same connection. What comes back?"),
        (
            (
                _("200 and the page: the server still knows HTTP"),
                _("Not on this connection: after the 101 the server reads frames here."),
            ),
            (
                _("400 Bad Request"),
                _("400 is HTTP, and HTTP is over on this connection."),
            ),
            (
                _("A Close frame"),
                _("The first two letters are read as the header of a frame, which breaks rules."),
            ),
            (
                _("The text, sent back"),
                _("It would be, inside a frame; without one the letters are taken for a header."),
            ),
        ),
        2,
    ),
    Prediction(
        "02.page",
        _("A client asks the same server for /page, without Upgrade. Which status comes back?"),
        (
            (
                _("101, as before"),
                _("101 is only for a client that offers to change the protocol."),
            ),
            (
                _("200 OK"),
                _('200 means "here is the resource". The connection stays HTTP.'),
            ),
            (
                _("426 Upgrade Required"),
                _("426 would mean that there is nothing but WebSocket here; /page is a page."),
            ),
            (
                _("None: a WebSocket server does not answer HTTP"),
                _("The handshake is HTTP, so the server can answer other requests as well."),
            ),
        ),
        1,
    ),
    Prediction(
        "02.case",
        _('You write "connection: keep-alive, UPGRADE". What does the server answer?'),
        (
            (
                _("101: the server does not mind"),
                _("Case does not matter in header names, and Connection is a list of words."),
            ),
            (
                _("400 Bad Request"),
                _("Nothing is malformed: names ignore case, and Connection is a list."),
            ),
            (
                _("426 Upgrade Required"),
                _("Upgrade is named, among others and in capitals, and that is enough (4.2.1)."),
            ),
        ),
        0,
    ),
    Prediction(
        "02.early",
        _("You send a WebSocket frame without any handshake. What does the server answer?"),
        (
            (
                _("A frame with an error code"),
                _("It cannot: no WebSocket connection exists on which a frame could be sent."),
            ),
            (
                _("400 Bad Request, at once"),
                _("It has not read one whole line yet; and even then this server only hangs up."),
            ),
            (
                _("Nothing: it waits, and hangs up in the end"),
                _("It goes on reading a request line whose end never comes."),
            ),
            (
                _("The message, sent back"),
                _("Nothing is sent back: before 101 there is no WebSocket at all."),
            ),
        ),
        2,
    ),
)

MISCONCEPTIONS = (
    Misconception(_("Messages before the handshake are ignored"), "handshake-early"),
    Misconception(
        _("A 400 or 426 means that the server speaks no WebSocket"), "handshake-break-proxy"
    ),
    Misconception(_("WebSocket is not HTTP at all"), "handshake-send-request"),
)

QUIZZES = (
    Quiz(
        "02.order",
        _("Put the opening handshake in order."),
        (
            (
                _("The server computes Sec-WebSocket-Accept"),
                3,
                _("It comes between the two: it needs the key, and the response carries it."),
            ),
            (
                _("The client compares Sec-WebSocket-Accept with its own"),
                5,
                _("The client can compare only what has come, and goes on only if it is right."),
            ),
            (_("Frames, in both directions"), 6, _("Frames begin when both sides agree.")),
            (
                _("The server answers 101 Switching Protocols"),
                4,
                _("Before it agrees, it has checked the request and computed its answer."),
            ),
            (_("A TCP connection is opened"), 0, _("Nothing can be said without a connection.")),
            (
                _("The client sends GET with Upgrade, Connection, a key and a version"),
                1,
                _("A request needs a TCP connection, and comes before everything else on it."),
            ),
            (
                _("The server checks the request against its list of rules"),
                2,
                _("It checks as soon as the request is whole, before it computes anything."),
            ),
        ),
        _("TCP, request, checks, Accept, 101, check, frames."),
    ),
)
