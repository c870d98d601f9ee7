"""Errors that say all there is to say in one sentence."""

import linecache
import traceback


class Told(Exception):
    """Jupyter shows the line of the cell and the sentence, and none of this package's own code."""

    def _render_traceback_(self) -> list[str]:
        """What Jupyter prints instead of a traceback."""
        lines = [
            f"----> {number} {line}"
            for frame, number in traceback.walk_tb(self.__traceback__)
            if is_cell(file := frame.f_code.co_filename)
            and (line := linecache.getline(file, number).strip())
        ]
        return [*lines[-1:], f"{type(self).__name__}: {self}"]


def is_cell(file: str) -> bool:
    """Whether this is the file name of a notebook's cell."""
    return "ipykernel" in file or file.startswith("<")
