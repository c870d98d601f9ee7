"""The packages of exercises that are installed: the course's own, and those of teachers.

How to think about it: this package is the engine, and it knows no exercise by name. A package of
exercises says in its metadata that it is one, by an entry point of the group ``wsedu.exercises``.
Its folder holds ``course.toml`` (its lessons in order), a folder for each lesson, and in that a
folder for each exercise. CONTRIBUTING.md shows how to make one.
"""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

GROUP = "wsedu.exercises"


@dataclass(frozen=True)
class Package:
    """One package of exercises.

    module:  imported; what else it offers to the engine are its attributes
    folder:  where its files are
    lessons: names of the lessons' folders, in reading order
    prefix:  stands before the numbers of its lessons; empty for the course's own
    old:     what an exercise, a prediction or a quiz was called -> what it is called now
    """

    module: ModuleType
    folder: Path
    lessons: tuple[str, ...]
    prefix: str = ""
    old: dict[str, str] = field(default_factory=dict)


@functools.cache
def packages() -> tuple[Package, ...]:
    """All of them: the course's own first, then the others by name."""
    points = sorted(entry_points(group=GROUP), key=lambda point: (not _is_own(point), point.name))
    return tuple(_open(point) for point in points)


def _is_own(point: EntryPoint) -> bool:
    return point.dist is not None and point.dist.name == "wsedu"


def _open(point: EntryPoint) -> Package:
    module = point.load()
    folder = Path(module.__file__).parent
    course = tomllib.loads((folder / "course.toml").read_text(encoding="utf-8"))
    prefix = "" if _is_own(point) else course.get("prefix", f"{point.name} ")
    return Package(module, folder, tuple(course["lessons"]), prefix, course.get("old", {}))


def current_name(name: object) -> object:
    """What an exercise, a prediction or a quiz is called now, from what it was called once.

    Journals, kept pieces and notebooks of earlier editions hold the old names; they were numbers,
    such as ``"04.2"``, which changed whenever an exercise was inserted.
    """
    if not isinstance(name, str):
        return name
    return next((package.old[name] for package in packages() if name in package.old), name)


def offered(name: str) -> Any:
    """What a package offers to the engine under that name: the first package that does."""
    for package in packages():
        if hasattr(package.module, name):
            return getattr(package.module, name)
    raise LookupError(f"no package of exercises offers {name!r}")
