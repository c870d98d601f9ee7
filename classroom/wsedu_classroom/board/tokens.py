"""The two tokens of a class, which are its only keys: one for learners, one for teachers."""

from __future__ import annotations

import json
import os
import re
import secrets
from contextlib import suppress
from pathlib import Path

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # those that look alike are left out
TOKEN = re.compile(r"[A-Za-z0-9_-]{8,64}")


def tokens(file: Path | None = None, learners: str = "", teachers: str = "") -> tuple[str, str]:
    """Both tokens: given, from the file, or new; new ones are written into the file.

    Raises ValueError if they are too short, too long, or the same.
    """
    kept = _read(file) if file and file.exists() else {}
    learners = learners or kept.get("class") or typed(10)
    teachers = teachers or kept.get("teacher") or secrets.token_urlsafe(16)
    if not (TOKEN.fullmatch(learners) and TOKEN.fullmatch(teachers)) or learners == teachers:
        raise ValueError("a token has 8 to 64 letters, digits, - or _, and the two are different")
    if file and not kept:
        opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(opened, "w") as writing:
            json.dump({"class": learners, "teacher": teachers}, writing)
    return learners, teachers


def _read(file: Path) -> dict[str, str]:
    with suppress(ValueError, TypeError, LookupError, RecursionError):
        kept = json.loads(file.read_text())
        return {"class": str(kept["class"]), "teacher": str(kept["teacher"])}
    raise ValueError(f"{file} holds no tokens. Remove it for new ones.")


def typed(length: int) -> str:
    """A token that is easy to type from a blackboard."""
    return "".join(secrets.choice(LETTERS) for _letter in range(length))
