"""What lesson 04 asks before it shows, and the beliefs that it puts to the test."""

from __future__ import annotations

from ...._text import _
from ...lesson import Misconception, Prediction

PREDICTIONS = (
    Prediction(
        "04.overhead",
        _("A client says «Hello» in one frame. How many bytes does it send?"),
        (
            (_("5: the text, and nothing else"), _("TCP would not say where the message ends.")),
            (
                _("7: two bytes of header, and the text"),
                _("That is what a server sends. A client's frame has a key as well."),
            ),
            (
                _("11: two bytes of header, four of a key, and the text"),
                _("Two bytes of header, four of masking key, five of text."),
            ),
            (
                _("About 200: headers, as in HTTP"),
                _("The headers of HTTP came once, in the handshake."),
            ),
        ),
        2,
    ),
    Prediction(
        "04.header",
        _("How long is the header of a server's frame with 126 bytes of payload?"),
        (
            (_("2 bytes: 126 fits in seven bits"), _("It fits, but 126 means: see the next two.")),
            (_("3 bytes"), _("There is no form with one byte more.")),
            (
                _("4 bytes"),
                _("The seven bits say 126, and the length stands in the two bytes behind."),
            ),
            (_("10 bytes"), _("That form begins where two bytes do not suffice, at 65,536.")),
        ),
        2,
    ),
    Prediction(
        "04.jpeg",
        _("A picture is sent as text. What does the server do?"),
        (
            (
                _("It sends it back, as it does with all messages"),
                _("It looks at the bytes first."),
            ),
            (
                _("It closes with 1007: this is no UTF-8"),
                _("A text frame promises UTF-8 (5.6), and the receiver must check it (8.1)."),
            ),
            (
                _("It closes with 1002: the opcode is wrong"),
                _("The frame is well formed; it is the payload that breaks its promise."),
            ),
            (
                _("It replaces what it cannot read by question marks"),
                _("Many text editors do; a WebSocket endpoint must fail the connection (8.1)."),
            ),
        ),
        1,
    ),
    Prediction(
        "04.minimal",
        _("«Hello», with its length in two bytes more than needed. What does this server do?"),
        (
            (
                _("It sends the message back"),
                _("The rule binds the sender; this library does not check it."),
            ),
            (
                _("It closes with 1002"),
                _("Chromium does, and the codec of this course. This library does not check."),
            ),
            (
                _("It takes the two bytes for the text"),
                _("The seven bits say 126, so it knows that a length follows."),
            ),
        ),
        0,
    ),
)

MISCONCEPTIONS = (
    Misconception(_("Sending the byte 0x89 makes a Ping"), "frame-inside"),
    Misconception(_("Text and binary are only two names"), "frame-text-jpeg"),
    Misconception(_("One bit tells text from binary"), "frame-opcodes"),
)
