"""What lesson 08 promises, what it asks before it shows, and the beliefs that it tests."""

from __future__ import annotations

from ....words import _
from ...lesson import Misconception, Objective, Prediction

OBJECTIVES = (
    Objective(
        _('tell a Ping from an application\'s "ping", and answer a Ping correctly'),
        (
            "08.who",
            "08.pong",
            "08.script",
            "08.2",
        ),
    ),
    Objective(
        _("say when a silent connection ends, given an interval and a timeout"),
        (
            "08.second",
            "08.wrong",
            "08.1",
            "08.3",
        ),
    ),
    Objective(
        _(
            "read round trips, recognise a half-open connection, and say what each side "
            "believes meanwhile"
        ),
        (
            "08.trips",
            "08.half",
        ),
    ),
    Objective(
        _("say how to reconnect without a storm"),
        (
            "08.storm",
            "08.4",
        ),
    ),
    Objective(
        _("say which messages are lost with a dropped connection, and how to fetch them"),
        ("08.lost",),
    ),
)

PREDICTIONS = (
    Prediction(
        "08.who",
        _("Who may send a Ping?"),
        (
            (_("The server only"), _("Either side may: in the lesson the client pings (5.5.2).")),
            (
                _("The client only"),
                _("Either side may, at any time while the connection is open (5.5.2)."),
            ),
            (
                _("Either side"),
                _("Either endpoint may, as soon as the connection is open (5.5.2)."),
            ),
            (
                _("A script in a browser"),
                _("Browsers give scripts no method for it."),
            ),
        ),
        2,
    ),
    Prediction(
        "08.pong",
        _("The client sends a Pong, and there was no Ping. What does the server do?"),
        (
            (_("It closes with 1002: no Ping was sent"), _("The RFC allows such Pongs (5.5.3).")),
            (_("Nothing"), _("It is a sign of life, and needs no answer (5.5.3).")),
            (_("It sends a Ping, to be polite"), _("A Pong needs no answer of any kind.")),
        ),
        1,
    ),
    Prediction(
        "08.script",
        _("Your browser is pinged, and then gets a message. What is the page's script told?"),
        (
            (_("Of both, in this order"), _("There is no event for a Ping.")),
            (_("Of the message only"), _("The browser answered the Ping by itself.")),
            (_("Of neither"), _("A message is an event for a script; a Ping is not.")),
            (_("It is asked to send the Pong"), _("The browser sends the Pong without asking.")),
        ),
        1,
    ),
    Prediction(
        "08.second",
        _("Interval 0.5 s, timeout 0.7 s, and no Pong ever. When does the server's Close come?"),
        (
            (_("After 0.5 s"), _("That is when the Ping goes out.")),
            (_("After 0.7 s"), _("The timeout begins with the Ping, not with the handshake.")),
            (_("After 1.2 s"), _("0.5 s until the Ping, and 0.7 s more.")),
            (_("After 1.9 s: the server tries once more"), _("One missing Pong is enough.")),
        ),
        2,
    ),
    Prediction(
        "08.wrong",
        _("The client answers each Ping with a Pong that carries other bytes. What happens?"),
        (
            (
                _("The connection stays open: a Pong is a Pong"),
                _("This library compares the payload."),
            ),
            (
                _("The server closes as if no Pong had come"),
                _("Such a Pong answers no Ping. It counts as a Pong without a Ping."),
            ),
            (
                _("The server closes at once with 1002"),
                _("It breaks no rule: a Pong without a Ping is allowed (5.5.3)."),
            ),
        ),
        1,
    ),
    Prediction(
        "08.trips",
        _("The tap holds back every chunk for 0.2 s. What does the client measure for a Ping?"),
        (
            (_("0.2 s"), _("That is for the Ping alone. The Pong is held back as well.")),
            (_("0.4 s"), _("0.2 s for the Ping, and 0.2 s for its Pong.")),
            (_("Nothing: the Pong does not come"), _("It is late, not lost.")),
        ),
        1,
    ),
    Prediction(
        "08.half",
        _("Nothing gets through any more. A few seconds later, what do the two ends believe?"),
        (
            (_("Both know that the connection is dead"), _("The client has not asked.")),
            (_("Both believe that it is open"), _("The server has pinged, and no Pong came.")),
            (
                _("The server has given up, the client believes that it is open"),
                _("Only the side that asks finds out. The server's Close never came through."),
            ),
        ),
        2,
    ),
    Prediction(
        "08.lost",
        _("Which order does the client hear of first, on its new connection?"),
        (
            (_("Order 1, again"), _("The server repeats nothing. It does not know this client.")),
            (_("Order 2"), _("It was sent while the client was away, and it is not sent again.")),
            (_("Order 3"), _("The new connection begins with what happens from then on.")),
        ),
        2,
    ),
    Prediction(
        "08.storm",
        _("And if each waits a random time up to 5 s? How many in the busiest tenth of a second?"),
        (
            (_("About 100"), _("Fifty tenths of a second share two hundred clients.")),
            (_("5 to 20"), _("Four on average in each tenth, and chance adds some.")),
            (_("Never more than one"), _("Chance does not sort them: some meet.")),
        ),
        1,
    ),
)

MISCONCEPTIONS = (
    Misconception(_("keepalive ping timeout is an error in the network"), "ping-timeout"),
    Misconception(_("A script can ping"), "ping-other"),
    Misconception(_("Only the server pings"), "ping-run"),
    Misconception(_("My code must answer Pings"), "ping-both"),
    Misconception(_('A message {"type": "ping"} is a Ping'), "ping-other"),
    Misconception(_("A Pong without a Ping is an error"), "ping-unsolicited"),
    Misconception(_("Any Pong proves life"), "ping-wrong"),
    Misconception(_("Open means that the other side is there"), "ping-half"),
    Misconception(_("Messages are delivered across reconnects"), "ping-lost"),
    Misconception(_("Reconnecting at once is best"), "ping-storm-together"),
)
