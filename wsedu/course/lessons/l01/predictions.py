"""What lesson 01 promises, what it asks before it shows, and the beliefs that it tests."""

from __future__ import annotations

from ....words import _
from ...lesson import Misconception, Objective, Prediction

OBJECTIVES = (
    Objective(
        _("say who may speak when: in polling, long polling, server-sent events and WebSocket"),
        ("01.scene", "01.3"),
    ),
    Objective(
        _("count the requests and the bytes that each of them costs"),
        ("01.polling", "01.1", "01.2"),
    ),
    Objective(
        _(
            "show the scene for which many people learn WebSocket: one client orders, and all the "
            "others hear of it"
        ),
        ("01.scene", "01.4"),
    ),
    Objective(
        _("name cases in which WebSocket is the wrong choice"),
        ("01.choose", "01.3"),
    ),
)

PREDICTIONS = (
    Prediction(
        "01.scene",
        _("Who hears of the order, and how?"),
        (
            (
                _("The one who ordered gets an HTTP response, the three a message each"),
                _("Two kinds of answer: one that was asked for, and three that were not."),
            ),
            (
                _("All four get an HTTP response"),
                _("The three have asked nothing; HTTP/1.1 answers only those that ask."),
            ),
            (
                _("Only the three: an order is not a question"),
                _("Every HTTP request gets a response, and this one is 200."),
            ),
            (
                _("The three, when they ask next time"),
                _("They need not ask: that is what they are connected for."),
            ),
        ),
        0,
    ),
    Prediction(
        "01.polling",
        _("Four seconds, a question every 0.4 s, three orders. How many requests are made?"),
        (
            (
                _("3: one for each order"),
                _("The client does not know when there is something new."),
            ),
            (_("10"), _("One each interval, whether there is news or not.")),
            (_("1, which stays open"), _("That is another way: server-sent events.")),
        ),
        1,
    ),
    Prediction(
        "01.choose",
        _("A page only shows the results of a match. What is the simplest way to tell it at once?"),
        (
            (_("Only WebSocket will do"), _("It will do; half of it would never be used.")),
            (
                _("Server-sent events"),
                _("Only the server speaks, and the browser comes back by itself after a break."),
            ),
            (_("Polling, as fast as possible"), _("It costs most and is never quite up to date.")),
        ),
        1,
    ),
)

MISCONCEPTIONS = (
    Misconception(_("WebSocket is TCP for a page"), "purpose-not-tcp"),
    Misconception(_("Socket.IO is WebSocket"), "purpose-not-socketio"),
    Misconception(_("Only the server sends over WebSocket"), "purpose-duplex"),
    Misconception(_("WebSocket is always the cheapest way"), "purpose-compare-chart"),
)
