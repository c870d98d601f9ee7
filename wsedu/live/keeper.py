"""Keep one program: start it, and end it as soon as the kernel that wanted it has gone.

    python keeper.py FOLDER COMMAND...

How to think about it: a kernel that is killed cannot tidy up. So a real program is not a child of
the kernel, but of this script, which reads its standard input: a pipe that only the kernel holds.
Each line names a signal for the program. The end of the pipe, however it comes about, ends the
program and all that it has started, and removes the folder. The standard library only: this file
is run, not imported.
"""

import os
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import suppress

PATIENCE = 5  # seconds for the program to end by itself
LARGEST = 64 * 2**20  # bytes of a file: a program that prints without end must not fill the disk


def keep(folder: str, command: list[str]) -> None:
    """Run the program until standard input ends; ``FOLDER/ended`` is there when it has ended."""
    with open(os.path.join(folder, "output.log"), "ab") as output:
        try:
            program = subprocess.Popen(
                command, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
        except OSError as error:
            output.write(str(error).encode())
            output.flush()
            _say_ended(folder, -1)
            sys.stdin.read()  # until the kernel has read that
            return

    def watch() -> None:
        _say_ended(folder, program.wait())

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    try:
        for line in sys.stdin:
            program.send_signal(signal.Signals[line.strip()])
    finally:
        program.terminate()
        watching.join(PATIENCE)
        program.kill()  # does nothing to what has ended
        watching.join()


def _say_ended(folder: str, code: int) -> None:
    with open(os.path.join(folder, "ended"), "w") as file:
        file.write(str(code))


def main() -> None:
    folder, *command = sys.argv[1:]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # tidies up, too
    with suppress(ImportError):  # on Windows
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST, LARGEST))
    try:
        keep(folder, command)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        end_group()


def end_group() -> None:
    """End all processes of our group, ourselves too, if it is of our own."""
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
