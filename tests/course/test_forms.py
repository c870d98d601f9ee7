"""The form of a result: what fits a type, and what only looks like it."""

from typing import Any

import pytest

from wsedu.course.forms import has_form


class Run(tuple[int, ...]):
    """A type of our own."""


@pytest.mark.parametrize(
    ("form", "right", "wrong"),
    [
        (int, [0, -1], [True, 1.0, "1", None]),
        (bool, [True, False], [1, None]),
        (int | None, [1, None], [False, 1.0, ()]),
        (int | float, [1, 1.5], [True, "1"]),
        (Run, [Run()], [(), [1]]),
        (list[int], [[], [1, 2]], [(1, 2), [True], [1, None], [[1]], {}, None]),
        (list[int] | None, [None, [1]], [[None], 1]),
        (tuple[int, str], [(1, "a")], [(1,), (1, "a", 2), ("a", 1), (True, "a"), [1, "a"], ()]),
        (dict[str, int | None], [{}, {"a": 1, "b": None}], [{1: 1}, {"a": "b"}, [("a", 1)]]),
        (list[tuple[bool, bytes]], [[(True, b"")]], [[(1, b"")], [(True, b""), b""], (True, b"")]),
        (tuple[int, dict], [(1, {2: 3})], [(1, [])]),
    ],
)
def test_each_part_is_compared_with_its_type(form: Any, right: list[Any], wrong: list[Any]) -> None:
    assert all(has_form(value, form) for value in right)
    assert not any(has_form(value, form) for value in wrong)
