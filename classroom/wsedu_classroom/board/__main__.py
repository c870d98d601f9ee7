"""``python3 -m wsedu_classroom.board``: ``command`` does the work.

How to think about it: the imports take a moment, and nothing runs yet that Ctrl-C has to end well.
So until then Ctrl-C ends the program at once, without the traceback of an import.
"""

import signal
import sys

usual = signal.getsignal(signal.SIGINT)
if usual is signal.default_int_handler:  # in the background, a shell lets Ctrl-C do nothing
    signal.signal(signal.SIGINT, signal.SIG_DFL)

from .command import main  # noqa: E402

if __name__ == "__main__":
    signal.signal(signal.SIGINT, usual)
    sys.exit(main(sys.argv[1:]))
