"""The line of a terminal that says what a command is doing."""

import io
import threading

import pytest

from wsedu.live.working import CLEAR, working


class Terminal(io.StringIO):
    """A terminal that tells when its first line has come."""

    def __init__(self, is_terminal: bool = True) -> None:
        super().__init__()
        self.is_terminal = is_terminal
        self.written = threading.Event()

    def isatty(self) -> bool:
        return self.is_terminal

    def write(self, text: str) -> int:
        self.written.set()
        return super().write(text)


def test_the_line_says_what_is_done_and_is_gone_at_the_end() -> None:
    terminal = Terminal()
    with working("reading", terminal, patience=0.001):
        assert terminal.written.wait(10)
    text = terminal.getvalue()
    assert text.startswith(f"{CLEAR}reading: 0 s") and text.endswith(CLEAR)


def test_the_line_is_gone_after_an_error_too() -> None:
    terminal = Terminal()
    with pytest.raises(KeyboardInterrupt), working("reading", terminal, patience=0.001):
        assert terminal.written.wait(10)
        raise KeyboardInterrupt
    assert terminal.getvalue().endswith(CLEAR)


def test_short_work_and_a_file_get_no_line() -> None:
    terminal, file = Terminal(), Terminal(is_terminal=False)
    with working("reading", terminal), working("reading", file, patience=0):
        pass
    assert terminal.getvalue() == CLEAR and file.getvalue() == ""
