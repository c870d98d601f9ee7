"""What the commands of a teacher have in common while they run."""

import contextlib
import os
import sys
from collections.abc import Iterator


@contextlib.contextmanager
def in_a_sentence() -> Iterator[None]:
    """End with the file and the reason if one cannot be read or written."""
    try:
        yield
    except OSError as error:
        if error.filename is None:
            raise
        sys.exit(f"{error.filename}: {error.strerror}.")


def keep_private() -> None:
    """Let only this user read what is written from now on.

    Learners may have accounts on this machine, if it runs their hub.
    """
    os.umask(0o077)


def take_over(variables: dict[str, str]) -> None:
    """Give this process the environment variables of the one that uses it."""
    os.environ.update(variables)
