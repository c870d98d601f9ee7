"""What lesson 06 promises, what it asks before it shows, and the beliefs that it tests."""

from __future__ import annotations

from ....words import _
from ...lesson import Misconception, Objective, Prediction

OBJECTIVES = (
    Objective(
        _("tell chunk, frame, fragment and message apart"),
        ("06.count", "06.1"),
    ),
    Objective(
        _("explain why one `read` may bring half a frame, or three"),
        ("06.read", "06.naive", "06.2"),
    ),
    Objective(
        _("say how a reader works that does not care where the stream is cut"),
        ("06.writers", "06.3"),
    ),
    Objective(
        _("say what a reader must do when the rest never comes"),
        ("06.4",),
    ),
)

PREDICTIONS = (
    Prediction(
        "06.read",
        _("Three frames are sent with one call. What does one read on the other side bring?"),
        (
            (_("One frame"), _("TCP knows nothing of frames; it brings bytes.")),
            (_("All three frames"), _("Often, on a fast network; TCP does not promise it.")),
            (
                _("It depends: any number of bytes, at least one"),
                _("Once it was all of them, once eight bytes: TCP allows both."),
            ),
            (
                _("Nothing, until all three are there"),
                _("TCP knows nothing of borders; it hands over what has come."),
            ),
        ),
        2,
    ),
    Prediction(
        "06.naive",
        _("The naive reader gets one chunk with three frames. What does it return?"),
        (
            (_("The first message, and nothing of the others"), _("It looks at the front only.")),
            (_("All three messages"), _("It never looks beyond the first frame.")),
            (_("An error"), _("It has no reason to complain: the first frame is whole.")),
        ),
        0,
    ),
    Prediction(
        "06.count",
        _("Two fragments of one message arrive in three chunks. How often is a message reported?"),
        (
            (_("Once, after the last fragment"), _("A message ends with the frame that has FIN.")),
            (_("Twice, once for each frame"), _("The first has no FIN: the message goes on.")),
            (_("Three times, once for each chunk"), _("Chunks mean nothing to the reader.")),
        ),
        0,
    ),
    Prediction(
        "06.writers",
        _("One frame is written into the middle of another. What does the server make of it?"),
        (
            (_("Two messages: it finds the inner frame"), _("Nothing marks where a frame begins.")),
            (
                _("It reads the inner frame as key and text of the outer one, and fails"),
                _("It counts bytes as the first header told it, whatever they were meant to be."),
            ),
            (
                _("It waits for the rest of the first frame"),
                _("It has enough bytes; they are just the wrong ones."),
            ),
        ),
        1,
    ),
)

MISCONCEPTIONS = (
    Misconception(_("One read brings one frame"), "stream-naive-three"),
    Misconception(_("Whole frames can be written by two at once"), "stream-writers"),
    Misconception(_("A Pong is sent even if nobody reads"), "stream-unread"),
    Misconception(_("A fragment is what one read brings"), "stream-words-count"),
)
