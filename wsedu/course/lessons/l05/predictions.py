"""What lesson 05 promises, what it asks before it shows, and the beliefs that it tests."""

from __future__ import annotations

from ....words import _
from ...lesson import Misconception, Objective, Prediction

OBJECTIVES = (
    Objective(
        _("mask and unmask bytes by hand"),
        ("05.1", "05.2"),
    ),
    Objective(
        _("say who masks and who does not, and what happens to those who get it wrong"),
        ("05.unmasked",),
    ),
    Objective(
        _("retell the attack that masking stops"),
        ("05.why", "05.cache"),
    ),
    Objective(
        _("explain why the key must be unpredictable, and new in every frame"),
        ("05.4",),
    ),
    Objective(
        _("say why masking is no encryption"),
        ("05.why", "05.3"),
    ),
)

PREDICTIONS = (
    Prediction(
        "05.why",
        _("What does masking protect?"),
        (
            (
                _("The text, from people who read along"),
                _("The key is in the frame: if you can read the bytes, you can read the text."),
            ),
            (
                _("The text, from being changed on the way"),
                _("The receiver would not notice: a bit flipped on the way flips one in the text."),
            ),
            (
                _("Machines in between, from taking a client's text for a request"),
                _("The bytes on the wire cannot be chosen by the script that chose the text."),
            ),
            (
                _("The server, from clients that are not browsers"),
                _("Any program can mask; it proves nothing about the client."),
            ),
        ),
        2,
    ),
    Prediction(
        "05.unmasked",
        _("A client sends a frame without masking it. What does this server do?"),
        (
            (
                _("It reads the text, which is easier without a mask"),
                _("Some servers do; 5.1 says that it must close the connection."),
            ),
            (
                _("It ignores the frame"),
                _("5.1 says that it must close the connection, and this one does."),
            ),
            (
                _("It closes the connection with a code"),
                _("A Close frame with 1002, protocol error. 5.1 says that it may send one."),
            ),
            (
                _("It cuts TCP without a word"),
                _("Some servers do, and may; this one says why, in a Close frame."),
            ),
        ),
        2,
    ),
    Prediction(
        "05.cache",
        _("How many addresses does the cache keep, without masking?"),
        (
            (
                _("One: that of the handshake"),
                _("It cannot tell a frame from a request: it only looks for what it knows."),
            ),
            (
                _("Two: that of the handshake, and the bank's script"),
                _("And the second answer was written by the attacker."),
            ),
            (
                _("None: it sees that this is WebSocket"),
                _("It has never heard of WebSocket; 101 means nothing to it."),
            ),
        ),
        1,
    ),
)

MISCONCEPTIONS = (
    Misconception(_("Masking hides the text"), "masking-secret"),
    Misconception(_("Masking is useless, because it is no secret"), "masking-attack-open"),
    Misconception(_("A client may leave the mask out"), "masking-break-unmasked"),
    Misconception(_("A server should mask too"), "masking-break-server"),
    Misconception(_("Any key will do"), "masking-key-known"),
)
