"""What lesson 03 asks before it shows, and the beliefs that it puts to the test."""

from __future__ import annotations

from ...._text import _
from ...lesson import Misconception, Prediction

PREDICTIONS = (
    Prediction(
        "03.input",
        _("What does the server hash?"),
        (
            (
                _("The 16 bytes that the key stands for, and the fixed text"),
                _("That is the classic mistake: the key is never decoded."),
            ),
            (
                _("The key as it was sent, in Base64, and the fixed text"),
                _("The key is used as text, as it stands in the header."),
            ),
            (
                _("The whole request, so that nobody can change it on the way"),
                _("Only the key goes in: the handshake protects nothing but itself."),
            ),
            (
                _("The key and a password of the server"),
                _("Nothing secret goes in: the client must be able to compute the same."),
            ),
        ),
        1,
    ),
    Prediction(
        "03.wrong",
        _("The server says 101, but its Accept comes from the decoded key. What does a client do?"),
        (
            (
                _("It goes on: the status is 101"),
                _("The status alone is not enough: 4.1 lists six checks."),
            ),
            (
                _("It refuses the connection"),
                _("It must fail the connection if the value is not the one it computed (4.1)."),
            ),
            (
                _("It asks again, with another key"),
                _("No second try is made; a wrong answer ends the attempt."),
            ),
        ),
        1,
    ),
    Prediction(
        "03.why",
        _("What does a right Accept prove to the client?"),
        (
            (
                _("That the server is who it says it is"),
                _("It proves no identity: that is what TLS is for."),
            ),
            (
                _("That nobody has read or changed the handshake"),
                _("It protects nothing: everybody on the way can compute it."),
            ),
            (
                _("That whoever answered has understood a WebSocket handshake"),
                _("The one that answered knows the formula and has read this very key."),
            ),
            (
                _("That the client knows the password"),
                _("The key is no password: it is sent in the open and used once."),
            ),
        ),
        2,
    ),
)

MISCONCEPTIONS = (
    Misconception(_("Sec-WebSocket-Key is a password"), "accept-attacker"),
    Misconception(_("A 101 alone would be enough"), "accept-client-wrong"),
    Misconception(_("The key is decoded before it is hashed"), "accept-break-decoded"),
    Misconception(_("Hexadecimal is as good as Base64"), "accept-break-hex"),
)
