"""What a lesson does with a real program that this machine may not have.

    components("nginx", "redis")      # the first cell: what is here, and what is missing

    @needs("nginx")
    async def idle_cut(lines): ...

    await idle_cut(LINES)

How to think about it: where the components are here, ``needs`` changes nothing. Where one is
missing, the call returns what the same call returned when the lesson was recorded, and says so.
``scripts/record_runs.py`` records.
"""

from __future__ import annotations

import datetime
import functools
import hashlib
import inspect
import json
import os
import textwrap
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from .._awaited import values_only
from ..recording import Recording
from ..recording.files import from_json, to_json
from ..words import _
from .programs import COMPONENTS, Missing, find, how_to_get_them

P = ParamSpec("P")
T = TypeVar("T")

RUNS = Path(__file__).with_name("runs")
PARTS = {"date", "versions", "source", "value"}  # of a run
RECORD = "WSEDU_RECORD_RUNS"  # set: each call of a function that needs something is kept


@values_only
def components(*names: str) -> None:
    """Print which of these components this machine has, and what to do about the others.

    Raises ValueError for a name that is none of ``COMPONENTS``.
    """
    for name in names:
        if name not in COMPONENTS:
            raise ValueError(
                _("{name!r} is none of {names}").format(name=name, names=", ".join(COMPONENTS))
            )
    found = {name: find(name) for name in names}
    width = max(map(len, names), default=0)
    for name, component in found.items():
        if component:
            print(f"{name:{width}}  {component.version:9} {_('from')} {component.where}")
        else:
            print(f"{name:{width}}  {_('missing')}")
    if None in found.values():
        said = _("Cells that need what is missing show what was recorded, and say so.")
        print(textwrap.fill(f"{said} {how_to_get_them()}", 80, break_on_hyphens=False))


@values_only
def needs(
    *names: str,
) -> Callable[[Callable[P, Coroutine[Any, Any, T]]], Callable[P, Coroutine[Any, Any, T]]]:
    """For an async function that needs these components: run it, or return its recorded run.

    The function returns recordings, text, bytes, numbers, None, or lists, tuples and
    dictionaries of these. The name, and the arguments as ``repr`` writes them, say which run is
    meant. Raises Missing where a component is missing and this call was never recorded.
    """

    def decorate(function: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, Any]:
        @functools.wraps(function)
        async def run(*args: P.args, **kwargs: P.kwargs) -> T:
            call = ", ".join([*map(repr, args), *(f"{k}={v!r}" for k, v in kwargs.items())])
            missing = [name for name in names if find(name) is None]
            if missing:
                return _kept(function, call, missing)  # type: ignore[no-any-return]
            result = await function(*args, **kwargs)
            if os.environ.get(RECORD):
                _keep(function, call, names, result)
            return result

        return run

    return decorate


def _source(function: Callable[..., object]) -> str:
    """A short name for the text of a function and the texts that it uses; "" if it has none."""
    try:
        text = inspect.getsource(function).strip()
    except (OSError, TypeError):
        return ""
    function = inspect.unwrap(function)
    used = {name: function.__globals__.get(name) for name in sorted(function.__code__.co_names)}
    texts = [value for value in used.values() if isinstance(value, str)]
    return hashlib.sha256("\0".join([text, *texts]).encode()).hexdigest()[:16]


def _read(name: str) -> dict[str, Any]:
    """The recorded runs of the function of this name, by their arguments.

    Raises ValueError, which names the file, if that is damaged.
    """
    path = RUNS / f"{name}.json"
    try:
        runs = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        if all(PARTS <= set(run) for run in runs.values()):
            return dict(runs)
    except (ValueError, TypeError, AttributeError):
        pass
    raise _damaged(name)


def _damaged(name: str) -> ValueError:
    return ValueError(
        _("{file} is damaged. This brings it back: {command}").format(
            file=f"wsedu/live/runs/{name}.json", command=f"git restore wsedu/live/runs/{name}.json"
        )
    )


def _kept(function: Callable[..., object], call: str, missing: list[str]) -> Any:
    run = _read(function.__name__).get(call)
    if run is None:
        said = _("{names} is missing here, and this call was not recorded.")
        raise Missing(f"{said.format(names=', '.join(missing))} {how_to_get_them()}")
    versions = ", ".join(f"{name} {version}" for name, version in run["versions"].items())
    said = _("Recorded on {date} with {versions}.").format(date=run["date"], versions=versions)
    if run["source"] != _source(function):
        said += " " + _("Your code is not what was recorded.")
    try:
        value = _value(run["value"])
    except (ValueError, TypeError, KeyError, AttributeError):
        raise _damaged(function.__name__) from None
    print(textwrap.fill(said, 80, break_on_hyphens=False))
    return value


def _keep(function: Callable[..., object], call: str, names: tuple[str, ...], result: T) -> None:
    runs = _read(function.__name__)
    runs[call] = {
        "date": datetime.date.today().isoformat(),
        "versions": {name: found.version for name in names if (found := find(name))},
        "source": _source(function),
        "value": _plain(result),
    }
    text = json.dumps(runs, indent=1, ensure_ascii=False) + "\n"
    (RUNS / f"{function.__name__}.json").write_text(text, encoding="utf-8")


def _plain(value: object) -> Any:
    """A value for JSON; of what JSON does not know, its kind and what it consists of."""
    if isinstance(value, Recording):
        return {"recording": to_json(value.events, value.note, value.dropped, value.begins)}
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    if isinstance(value, list | tuple):
        return {type(value).__name__: [_plain(item) for item in value]}
    if isinstance(value, dict):
        return {"dict": [[_plain(key), _plain(item)] for key, item in value.items()]}
    if value is None or isinstance(value, str | int | float):
        return value
    raise TypeError(f"a run that is kept does not hold a {type(value).__name__}")


def _value(plain: Any) -> Any:
    """What ``_plain`` made such a value of."""
    if not isinstance(plain, dict):
        return plain
    ((kind, inner),) = plain.items()
    if kind == "recording":
        return Recording(*from_json(inner))
    if kind == "bytes":
        return bytes.fromhex(inner)
    if kind == "dict":
        return {_value(key): _value(item) for key, item in inner}
    items = [_value(item) for item in inner]
    return tuple(items) if kind == "tuple" else items
