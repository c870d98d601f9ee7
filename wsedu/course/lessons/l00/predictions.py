"""What lesson 00 promises, what it asks before it shows, and the beliefs that it tests."""

from __future__ import annotations

from ....words import _
from ...lesson import Misconception, Objective, Prediction

OBJECTIVES = (
    Objective(_("start the lab's server from a cell, and run any cell again"), ("00.again",)),
    Objective(
        _("say what `asyncio.run()` does in a notebook, and what to write"),
        (
            "00.run",
            "00.1",
        ),
    ),
    Objective(
        _("say what one `time.sleep` in a handler does to the other clients"),
        (
            "00.sleep",
            "00.2",
        ),
    ),
    Objective(
        _("write a handler that serves a client until it leaves"),
        (
            "00.once",
            "00.4",
        ),
    ),
)

PREDICTIONS = (
    Prediction(
        "00.again",
        _("A lab is running. You start another one. What happens to the first?"),
        (
            (_("Both run, on two ports"), _("The new lab closes the old one.")),
            (_("An error: the address is in use"), _("Each lab takes a port that is free.")),
            (
                _("It is closed, and the new one takes its place"),
                _("Nothing listens at the old address now."),
            ),
        ),
        2,
    ),
    Prediction(
        "00.run",
        _("What does asyncio.run() do in a cell?"),
        (
            (_("It runs the function and returns its result"), _("In a program it does.")),
            (
                _("It raises RuntimeError"),
                _("A loop is already running in this thread, and a second one cannot."),
            ),
            (_("It waits forever"), _("It notices at once that a loop is running.")),
        ),
        1,
    ),
    Prediction(
        "00.sleep",
        _("The handler of one client sleeps with time.sleep. When does the other client hear?"),
        (
            (
                _("At once: each client has a handler of its own"),
                _("It has its own handler, but all handlers share one loop."),
            ),
            (
                _("When the sleeper wakes up"),
                _("The loop has one thread, and that thread was asleep."),
            ),
            (_("Never"), _("The answer is late, not lost.")),
        ),
        1,
    ),
    Prediction(
        "00.once",
        _("The handler sends one answer and returns. The client sends a second message. Then?"),
        (
            (
                _("It is answered too"),
                _("The handler has returned, so nothing is left that could answer."),
            ),
            (_("Nothing: it waits forever"), _("This library closes when a handler returns.")),
            (
                _("The connection is closed"),
                _("When the handler ends, the library closes the connection."),
            ),
        ),
        2,
    ),
)

MISCONCEPTIONS = (
    Misconception(_("asyncio.run() starts my program, in a notebook too"), "start-run"),
    Misconception(_("A slow handler only holds up its own client"), "start-sleep"),
    Misconception(_("The connection stays open when my handler is done"), "start-once-more"),
    Misconception(_("A handler has two parameters, websocket and path"), "start-path"),
    Misconception(_("The address is in use if I run the cell twice"), "start-again"),
    Misconception(_("A public echo server is needed to try things"), "start-lab-where-seen"),
    Misconception(_("print() in a handler shows up where I look"), "start-until"),
)
