"""The form of a result, written as a type: ``list[tuple[int, str]] | None``.

How to think about it: Python does not compare a value with the parts of such a type. This does,
and takes no bool for a number, although Python would.
"""

from __future__ import annotations

from types import GenericAlias, UnionType
from typing import Any, get_args, get_origin

Form = type | GenericAlias | UnionType


def has_form(value: Any, form: Any) -> bool:
    """Whether a value is of that type, and so are the parts of a list, a tuple, or a dict."""
    kind, parts = get_origin(form), get_args(form)
    if kind is None:
        return isinstance(value, form) and (form is bool or not isinstance(value, bool))
    if kind is UnionType:
        return any(has_form(value, part) for part in parts)
    if not isinstance(value, kind):
        return False
    if kind is tuple:
        return len(value) == len(parts) and all(map(has_form, value, parts))
    if kind is dict:
        of_name, of_value = parts
        return all(has_form(name, of_name) for name in value) and all(
            has_form(part, of_value) for part in value.values()
        )
    return all(has_form(part, parts[0]) for part in value)
