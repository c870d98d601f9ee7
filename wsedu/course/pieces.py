"""The pieces of the learner's server: functions that passed, kept and lent to later exercises.

How to think about it: a shelf in the learner's own folder, with one file for each piece of their
server. A file stands on its own: the function as it was written, and everything from the notebook
that it uses. ``pieces/mask.py`` is the latest version; ``mask.1.py``, ``mask.2.py`` and so on
are all versions in order, so that nothing is ever lost, not even with two kernels at once.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import itertools
import symtable
import sys
import textwrap
import time
import types
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from .._awaited import values_only
from ..recording.files import write_whole
from ..words import _
from . import journal
from .catalogue import exercise_named, exercises
from .runner import shorten

LONG_AGO = 60  # seconds; nothing takes so long to write
FUTURE = "from __future__ import annotations\n"
TAKE = "from wsedu.course.pieces import take"
OLD_TAKE = "from wsedu.course.workshop import take"  # in pieces that an earlier edition wrote

# Functions that were lent, and for which exercise: a piece that uses one asks for it again.
_lent: weakref.WeakKeyDictionary[Any, str] = weakref.WeakKeyDictionary()


class NotKept(Exception):
    """Why a function cannot be kept: one sentence."""


def folder() -> Path:
    """Where the pieces are."""
    return journal.home() / "pieces"


@values_only
def mine(name: str) -> Callable[..., Any]:
    """Your function of an exercise such as ``"decode-header"``, and a line that says whose it is.

    It is yours once its check was passed; until then the course lends you its own.
    """
    function, said = _find(name)
    print(said)
    return function


def is_lent(function: Any, name: str) -> bool:
    """Whether it is what ``mine(name)`` gave, and nothing that the learner has just written."""
    return _lent_as(function) == name


def take(name: str) -> Callable[..., Any]:
    """As ``mine``, without a word."""
    return _find(name)[0]


def _find(name: str) -> tuple[Callable[..., Any], str]:
    exercise = exercise_named(name)
    piece = exercise.piece
    if not piece:
        known = ", ".join(key for key, other in exercises().items() if other.piece)
        raise ValueError(
            _("{name} builds no piece of your server; these do: {known}.").format(
                name=repr(name), known=known
            )
        )
    words = {"number": exercise.number, "piece": piece, "file": folder() / f"{piece}.py"}
    # A copy: what is noted of one that was lent does not hold for the solution itself.
    function: Callable[..., Any] = types.FunctionType(
        exercise.solution.__code__, exercise.solution.__globals__
    )
    try:
        function = load(piece)
        said = _("{number} {piece}: yours").format(**words)
    except (FileNotFoundError, NotADirectoryError):
        said = _("{number} {piece}: borrowed from the course until you have solved it")
        said = said.format(**words)
    except (Exception, SystemExit) as error:
        said = _(
            "{number} {piece}: borrowed from the course, because yours ({file}) no longer loads: "
            "{type}: {error}"
        ).format(**words, type=type(error).__name__, error=shorten(error, 200, write=str))
    _lent[function] = exercise.name
    return function, said


def load(piece: str) -> Callable[..., Any]:
    """The function of a piece, from its file; whatever that raises."""
    path = folder() / f"{piece}.py"
    text = path.read_text(encoding="utf-8").replace(OLD_TAKE, TAKE)
    function = _run(text, piece, str(path))[piece]
    if not callable(function):
        raise TypeError(_("{piece} is not a function").format(piece=piece))
    return function  # type: ignore[no-any-return]


def _run(text: str, piece: str, file: str) -> dict[str, Any]:
    """The names that a piece's file defines, in a namespace of their own."""
    module = types.ModuleType(f"wsedu piece {piece}")
    sys.modules[module.__name__] = module  # a dataclass looks its module up
    exec(compile(text, file, "exec"), module.__dict__)
    return module.__dict__


def keep(piece: str, function: Any) -> str:
    """Keep a function that has passed; returns one sentence that says where, or why not."""
    try:
        if inspect.iscoroutinefunction(function):
            raise NotKept(_("your server calls it without await. Write def, not async def."))
        text = write(piece, function)
        _run(text, piece, f"<{piece}>")
        _put(piece, text.encode())
    except NotKept as reason:
        why = str(reason)
    except (Exception, SystemExit) as error:  # passed is passed, whatever happens here
        why = f"{type(error).__name__}: {shorten(error, 200, write=str)}"
    else:
        return _("Kept as {piece}, a piece of your server.").format(piece=f"pieces/{piece}.py")
    return _("It could not be kept for your server: {why}").format(why=why)


def _put(piece: str, content: bytes) -> None:
    """Make ``content`` the latest version, in one step; no version is lost on the way."""
    folder().mkdir(parents=True, exist_ok=True)
    _clean_up()
    latest = folder() / f"{piece}.py"
    if latest.exists():
        _number(piece, latest.read_bytes())  # the learner may have edited it
    _number(piece, content)
    write_whole(latest, content)


def _clean_up() -> None:
    """Remove what kernels that were killed have left half written, and no other kernel writes."""
    for temporary in folder().glob("*.tmp"):
        with suppress(OSError):  # another kernel was quicker
            if time.time() - temporary.stat().st_mtime > LONG_AGO:
                temporary.unlink()


@contextmanager
def put_aside(piece: str) -> Iterator[Path | None]:
    """Take a piece off the shelf, if all that is done within this works too.

    Gives the numbered copy, or None if there was no piece. Raises OSError, and changes nothing,
    if the copy cannot be written.
    """
    latest = folder() / f"{piece}.py"
    if not latest.exists():
        yield None
        return
    copy = _number(piece, latest.read_bytes())
    off = latest.with_suffix(".tmp")
    latest.replace(off)
    try:
        yield copy
    except BaseException:
        off.replace(latest)  # that needs no room on the disk
        raise
    off.unlink()


def _number(piece: str, content: bytes) -> Path:
    """A numbered copy of a version, made unless there is one."""
    for number in itertools.count(1):
        path = folder() / f"{piece}.{number}.py"
        try:
            with open(path, "xb") as file:
                try:
                    file.write(content)
                    file.flush()
                except BaseException:  # the disk is full: half a copy is none
                    path.unlink()
                    raise
            return path
        except FileExistsError:
            if path.read_bytes() == content:
                return path
    raise AssertionError("numbers do not end")


def write(piece: str, function: Any) -> str:
    """A file's text: the function, and what it uses; raises NotKept with the reason."""
    plain = inspect.unwrap(function)
    if not isinstance(plain, types.FunctionType):
        raise NotKept(_("it is not a plain function, made with def."))
    source, name = _source(plain)
    imports: set[str] = set()
    parts: list[str] = []
    _collect(source, {name}, plain.__globals__, imports, parts)
    parts.append(source.strip())
    if name != piece:
        parts.append(f"{piece} = {name}")
    head = f'"""{piece}, as it passed its check."""\n\n{FUTURE}'
    return "\n\n".join([head + "\n".join(["", *sorted(imports)]), *parts]) + "\n"


def _source(function: types.FunctionType) -> tuple[str, str]:
    """The source of a function, and the name that it binds."""
    outside = set(function.__code__.co_freevars) - {"__class__"}
    if outside:
        raise NotKept(
            _("{name} uses a variable of the function around it: {outside}.").format(
                name=function.__name__, outside=", ".join(sorted(outside))
            )
        )
    try:
        source = textwrap.dedent(inspect.getsource(function))
        (statement,) = ast.parse(source).body
    except (OSError, TypeError, SyntaxError, ValueError):
        raise NotKept(
            _("the source of {name} cannot be had.").format(name=function.__name__)
        ) from None
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return source, statement.name
    if (
        isinstance(statement, ast.Assign)
        and isinstance(statement.value, ast.Lambda)
        and isinstance(statement.targets[0], ast.Name)
    ):
        return source, statement.targets[0].id
    raise NotKept(_("it is not a plain function, made with def."))


def _collect(
    source: str, done: set[str], names: dict[str, Any], imports: set[str], parts: list[str]
) -> None:
    """Add what ``source`` uses to ``imports`` and ``parts``; ``names`` are the notebook's.

    What a part needs itself stands before it.
    """
    for name in sorted(_globals(symtable.symtable(FUTURE + source, "piece", "exec"))):
        if name in done or (name not in names and hasattr(builtins, name)):
            continue
        done.add(name)
        if name not in names:
            raise NotKept(_("the name {name} is not defined in the notebook.").format(name=name))
        value = names[name]
        if isinstance(value, types.ModuleType):
            real = value.__name__
            imports.add(f"import {real}" + (f" as {name}" if real != name else ""))
            imports.update(f"import {module}" for module in _modules(source, name, value))
        elif line := _import_of(name, value, names):
            imports.add(line)
        elif lent := _lent_as(value):
            imports.add(TAKE)
            parts.append(f"{name} = take({lent!r})")
        else:
            part = _definition(name, value, names)
            _collect(part, done, names, imports, parts)
            parts.append(part)


def _globals(table: symtable.SymbolTable) -> Iterator[str]:
    """The names that a piece of source takes from outside."""
    top = table.get_type() == "module"
    for symbol in table.get_symbols():
        if symbol.is_referenced() and (top or symbol.is_global()):
            yield symbol.get_name()
    for child in table.get_children():
        yield from _globals(child)


def _modules(source: str, name: str, module: types.ModuleType) -> Iterator[str]:
    """The modules inside a package that are used by their full names: ``urllib.parse``."""
    for node in ast.walk(ast.parse(source)):
        path: list[str] = []
        inner = node
        while isinstance(inner, ast.Attribute):
            path.insert(0, inner.attr)
            inner = inner.value
        if isinstance(inner, ast.Name) and inner.id == name == module.__name__:
            full = ".".join([name, *path])
            if full != name and full in sys.modules:
                yield full


def _lent_as(value: Any) -> str | None:
    """The exercise for which a function was lent; None if it was not."""
    try:
        return _lent.get(value)
    except TypeError:
        return None  # only functions are lent, and this is none


def _import_of(name: str, value: Any, names: dict[str, Any]) -> str | None:
    """The line that imports a function or class again; None if it is the notebook's own."""
    module, real = getattr(value, "__module__", None), getattr(value, "__name__", None)
    if not isinstance(module, str) or not isinstance(real, str) or _lent_as(value):
        return None
    if module == names.get("__name__") or getattr(sys.modules.get(module), real, None) is not value:
        return None
    return f"from {module} import {real}" + (f" as {name}" if real != name else "")


def _definition(name: str, value: Any, names: dict[str, Any]) -> str:
    """The source that gives ``name`` its value again."""
    plain = inspect.unwrap(value) if callable(value) else value
    if isinstance(plain, types.FunctionType):
        source, bound = _source(plain)
        return source.strip() + (f"\n\n\n{name} = {bound}" * (name != bound))
    if isinstance(value, type):
        return _class_source(name, value, names)
    try:
        if type(ast.literal_eval(repr(value))) is type(value):
            return f"{name} = {value!r}"
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        pass
    raise NotKept(
        _("it uses {name}, which is neither a module nor a function nor a plain value.").format(
            name=name
        )
    )


def _class_source(name: str, value: type, names: dict[str, Any]) -> str:
    """The source of a class of the notebook, from the last cell that defines it."""
    for cell in reversed(names.get("In", [])):
        try:
            body = ast.parse(cell).body
        except (SyntaxError, ValueError):
            continue
        for statement in body:
            if isinstance(statement, ast.ClassDef) and statement.name == value.__name__:
                first = min([statement.lineno, *(node.lineno for node in statement.decorator_list)])
                text = "\n".join(cell.splitlines()[first - 1 : statement.end_lineno])
                return text + (f"\n\n\n{name} = {statement.name}" * (name != statement.name))
    raise NotKept(_("the source of {name} cannot be had.").format(name=name))
