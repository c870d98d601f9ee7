"""What lesson 03 promises, what it asks before it shows, and the beliefs that it tests."""

from __future__ import annotations

from ....words import _
from ...lesson import Misconception, Objective, Prediction

OBJECTIVES = (
    Objective(
        _("compute `Sec-WebSocket-Accept` for any key, without a WebSocket library"),
        ("03.input", "03.1", "03.2"),
    ),
    Objective(
        _("say which accident it stops, and which attack it does not"),
        ("03.wrong", "03.why", "03.5"),
    ),
    Objective(
        _("recognise four wrong turnings by the value that they give"),
        ("03.3",),
    ),
    Objective(
        _("explain why the weakness of SHA-1 does no harm here"),
        ("03.sha",),
    ),
)

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
                _("The key is used as a string, just as the header carries it."),
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
                _("A client must fail the connection if the value is not its own (4.1)."),
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
                _("It protects nothing: any machine on the way can compute it."),
            ),
            (
                _("That the other side has understood a WebSocket handshake"),
                _("It knows the formula, and has read this very key."),
            ),
            (
                _("That the client knows the password"),
                _("The key is no password: it is sent in the open and used once."),
            ),
        ),
        2,
    ),
    Prediction(
        "03.sha",
        _("Suppose that an attacker finds two keys with the same Accept. What does that bring?"),
        (
            (
                _("The attacker can pretend to be any server"),
                _("For that, no second key is needed: anybody can compute a right Accept."),
            ),
            (
                _("The attacker can read the frames"),
                _("Accept encrypts nothing; what is on the wire can be read anyway."),
            ),
            (
                _("Nothing"),
                _("There is no secret to find and no signature to forge."),
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
