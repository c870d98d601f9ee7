"""Where good implementations differ, and what this one does.

How to think about it: the RFC leaves some things open, and says others so that careful people
read them in two ways. Each such place is one ``Choice`` here: the question, our answer, the
section, and the reason. ``tests/protocol/test_choices.py`` feeds the same bytes to this
endpoint, to ``websockets`` and to ``wsproto`` and explains every difference by one of these
names.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..words import _


@dataclass(frozen=True)
class Choice:
    """One open place: ``name`` is stable, the rest is for reading."""

    name: str
    question: str
    answer: str
    section: str
    reason: str


CHOICES = (
    Choice(
        "minimal-length",
        _("Is a payload length accepted in a longer form than it needs?"),
        _("No: 1002."),
        "5.2",
        _("The RFC says MUST to the sender and nothing to the reader; browsers refuse it."),
    ),
    Choice(
        "length-top-bit",
        _("What if the first bit of a 64-bit length is 1?"),
        _("1002, not 1009: no sender may write it, so it is no question of size."),
        "5.2",
        _("The rule comes before the limit, which every endpoint chooses for itself."),
    ),
    Choice(
        "early-refusal",
        _("Is a frame refused at its header, or when all of it has come?"),
        _("When its header has come, all of it but the masking key."),
        "5.2, 10.4",
        _("A frame that announces 2 GiB must not be waited for, or stored."),
    ),
    Choice(
        "first-broken-rule",
        _("Which rule is named when a frame breaks several?"),
        _("The first, in the order of the bytes: a Close's code before its reason."),
        "5.2, 5.5.1",
        _("The RFC does not say; the order of the bytes is the one that a reader can follow."),
    ),
    Choice(
        "utf8-early",
        _("Where is UTF-8 checked?"),
        _("At every byte that comes, in the middle of frames too."),
        "8.1",
        _("The RFC does not say when; a reader that waits can be made to store what is wrong."),
    ),
    Choice(
        "utf8-layer",
        _("Which layer checks UTF-8: the one that gives frames, or the one that gives messages?"),
        _("The endpoint: an event with a text holds text."),
        "8.1",
        _("A layer that gives frames cannot tell: a character may be cut between two of them."),
    ),
    Choice(
        "close-amid-fragments",
        _("May a Close frame come while a fragmented message has not ended?"),
        _("Yes: it is answered like any other, and the unfinished message is dropped."),
        "5.4, 5.5.1",
        _("Close is a control frame, and control frames may stand between fragments."),
    ),
    Choice(
        "close-one-byte",
        _("What if the body of a Close frame has one byte?"),
        _("1002."),
        "5.5.1",
        _("A body begins with a code of two bytes, and half a code says nothing."),
    ),
    Choice(
        "close-utf8",
        _("Which code answers a Close frame whose reason is not UTF-8?"),
        _("1007."),
        "8.1, 7.4.1",
        _("It is the code for data that does not fit its type; 1002 would be right as well."),
    ),
    Choice(
        "registered-codes",
        _("May codes travel that the RFC does not define, but IANA has registered since?"),
        _("1012, 1013 and 1014 may; all other codes from 1016 to 2999, and 1004, may not."),
        "7.4.2, 11.7",
        _("7.4.2 keeps the range for the protocol and its extensions; 11.7 has these three."),
    ),
    Choice(
        "close-echo",
        _("What does our answer to a Close frame say?"),
        _("The same code and reason; nothing if there was nothing."),
        "5.5.1",
        _('An endpoint "typically echos the status code it received"; the reason goes along.'),
    ),
    Choice(
        "close-reason",
        _("Does our Close say why, when the peer broke a rule?"),
        _("Yes: the sentence of the error, cut to 123 bytes."),
        "7.1.7, 7.1.6",
        _("It helps a person at the other end, and nobody may rely on it."),
    ),
    Choice(
        "ping-after-our-close",
        _("Is a Ping answered after our own Close has been sent?"),
        _("Yes, until the peer's Close comes."),
        "5.5.2",
        _("The only exception that 5.5.2 names is a Close that was received."),
    ),
    Choice(
        "too-many-fragments",
        _("With which code is a message refused that takes too many frames?"),
        _("1009, as for too many bytes."),
        "10.4",
        _("Both mean more than this endpoint wants to process; 1008 would be right as well."),
    ),
    Choice(
        "server-ends-tcp",
        _("Who ends TCP after the closing handshake?"),
        _("The server at once; the client waits for it. Who has failed the connection ends it."),
        "7.1.1, 7.1.7",
        _("Whoever ends TCP first keeps the port in TIME_WAIT, and a server can afford it."),
    ),
)
