"""What lesson 04 promises, what it asks before it shows, and the beliefs that it tests."""

from __future__ import annotations

from ....words import _
from ...lesson import Misconception, Objective, Prediction

OBJECTIVES = (
    Objective(
        _("read the first two bytes of any frame"),
        (
            "04.overhead",
            "04.1",
            "04.3",
        ),
    ),
    Objective(
        _("say how long the header is for a payload of any length"),
        (
            "04.header",
            "04.2",
            "04.3",
        ),
    ),
    Objective(
        _("choose between text and binary, and say what happens if you choose wrongly"),
        (
            "04.jpeg",
            "04.choose",
        ),
    ),
    Objective(
        _('explain what "minimal length" means, and which programs check it'),
        (
            "04.minimal",
            "04.4",
        ),
    ),
)

PREDICTIONS = (
    Prediction(
        "04.overhead",
        _('A client sends "Hello" in one frame. How many bytes does it send?'),
        (
            (
                _("5: the text, and nothing else"),
                _("Then the server could not know where the message ends."),
            ),
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
                _("HTTP headers came only once, in the handshake."),
            ),
        ),
        2,
    ),
    Prediction(
        "04.header",
        _("How long is the header of a server's frame with 126 bytes of payload?"),
        (
            (
                _("2 bytes: 126 fits in seven bits"),
                _("It would fit, but 126 is a marker: the length is in the next two."),
            ),
            (_("3 bytes"), _("No form has one byte more.")),
            (
                _("4 bytes"),
                _("The seven bits say 126, and the length is in the next two bytes."),
            ),
            (
                _("10 bytes"),
                _("That form is for lengths that do not fit in two bytes: from 65,536."),
            ),
        ),
        2,
    ),
    Prediction(
        "04.jpeg",
        _("A picture is sent as text. What does the server do?"),
        (
            (
                _("It sends it back, as it does with every message"),
                _("It checks the bytes of a text first."),
            ),
            (
                _("It closes the connection: these bytes are not UTF-8"),
                _("A text frame promises UTF-8 (5.6), and the receiver must check it (8.1)."),
            ),
            (
                _("It closes the connection: the opcode is wrong"),
                _("The frame is well formed. Its payload breaks the promise of the opcode."),
            ),
            (
                _("It replaces what it cannot read with question marks"),
                _("Many text editors do; a WebSocket endpoint must fail the connection (8.1)."),
            ),
        ),
        1,
    ),
    Prediction(
        "04.choose",
        _('The number 21.5 as the text "21.5", and packed in 4 bytes. Which can go as text?'),
        (
            (_("Both: text can carry any bytes"), _("Text must be UTF-8; these 4 bytes are not.")),
            (
                _('Only "21.5"'),
                _("Characters are UTF-8. For bytes that are not characters, choose binary."),
            ),
            (_("Neither: a number is not text"), _('"21.5" is four characters, so it is text.')),
        ),
        1,
    ),
    Prediction(
        "04.minimal",
        _('You send "Hello", its length in a longer form than it needs. What does this server do?'),
        (
            (
                _("It sends the message back"),
                _("The rule binds the sender; this library does not check it."),
            ),
            (
                _("It closes the connection"),
                _("Chromium 156 and the codec of this course do. This library does not check."),
            ),
            (
                _("It reads the extra bytes as part of the text"),
                _("The seven bits say 126, so the server knows that a length follows."),
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
