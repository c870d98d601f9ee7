"""What lesson 00 asks before it shows, and the beliefs that it puts to the test."""

from __future__ import annotations

from ...._text import _
from ...lesson import Misconception, Prediction

PREDICTIONS = (
    Prediction(
        "00.again",
        _("The lab runs. You start another one. What becomes of the first?"),
        (
            (_("Both run, on two ports"), _("Only one is needed, and the old one makes room.")),
            (_("An error: the address is in use"), _("Each lab takes a port that is free.")),
            (
                _("It is closed, and the new one takes its place"),
                _("At its old address nobody listens any more."),
            ),
        ),
        2,
    ),
    Prediction(
        "00.run",
        _("What does asyncio.run() do in a cell?"),
        (
            (_("It runs the function and returns its result"), _("In a program it would.")),
            (_("It raises RuntimeError"), _("A loop runs here already, and two cannot.")),
            (_("It waits for ever"), _("It notices at once that a loop is running.")),
        ),
        1,
    ),
    Prediction(
        "00.sleep",
        _("The handler of one client sleeps with time.sleep. When does the other client hear?"),
        (
            (_("At once: each client has a handler of its own"), _("Of its own, but in one loop.")),
            (_("When the sleeper wakes up"), _("A loop has one thread, and it was asleep.")),
            (_("Never"), _("The answer is late, and not lost.")),
        ),
        1,
    ),
    Prediction(
        "00.once",
        _("The handler sends one answer and returns. The client sends a second message. Then?"),
        (
            (_("It is answered too"), _("The handler has returned: nobody is there to answer.")),
            (_("Nothing: it waits for ever"), _("The server closes when a handler returns.")),
            (_("The connection is closed"), _("The handler's end is the connection's end.")),
        ),
        2,
    ),
)

MISCONCEPTIONS = (
    Misconception(_("asyncio.run() starts my program, also in a notebook"), "start-run"),
    Misconception(_("A slow handler only holds up its own client"), "start-sleep"),
    Misconception(_("The connection stays open when my handler is done"), "start-once-more"),
    Misconception(_("A handler has two parameters, websocket and path"), "start-path"),
    Misconception(_("The address is in use if I run the cell twice"), "start-again"),
    Misconception(_("A public echo server is needed to try things"), "start-lab-where-seen"),
    Misconception(_("print() in a handler shows up where I look"), "start-until"),
)
