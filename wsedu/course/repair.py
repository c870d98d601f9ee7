"""Where a wrong answer is wrong: one change in the learner's own code makes every case right.

How to think about it: ``rewrites`` proposes changes of the code, and each is compiled and tried in
the cases, the best guess first. If one of them makes every case right, that is where the mistake
is. Changed code may loop forever or ask for all of the memory, so it counts its rounds.
"""

from __future__ import annotations

import ast
import contextlib
import gc
import inspect
import re
import textwrap
import time
import types
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from .rewrites import CALL, COUNT, SMALL, Change, changes, ours

MOST = 2_000  # changes that are tried: how many does not depend on how busy the machine is
ROUNDS = 5_000  # of loops and calls; a change that needs more is tried again after all others
MORE = 200_000  # with this many
BIG = 2**20  # the most bytes, or bits of a number, that changed code may ask for
COLLECTS = ("bytes", "bytearray", "list", "tuple", "set", "sum", "sorted")
SHOWN = 60  # characters of a piece in a sentence

# Code that does more than compute is left alone: a change of it might do harm, or take long.
HARMFUL = re.compile(
    r"(.*\.)?(open|exec|eval|input|exit|quit|unlink|write_\w+)|time\.sleep"
    r"|(subprocess|shutil|socket|ctypes|sys)\..*|os\.(?!urandom$|path\.).*"
)


@dataclass(frozen=True)
class Repair:
    """Where an answer is wrong.

    line:     of its cell, as ``inspect`` counts
    old:      the source of the piece that is wrong
    kind:     what is wrong with it: "comparison", "left-out" (it is too much), ...
    sentence: the same for the learner, without the cure
    """

    line: int
    old: str
    kind: str
    sentence: str


def repair(
    function: Callable[..., Any],
    holds: Callable[[Callable[..., Any]], bool],
    constants: Iterable[Any] = (),
    seconds: float = 1.0,
) -> Repair | None:
    """Where the function is wrong; None if no single change helps, or its source cannot be had.

    holds:     whether a changed function is right in all cases; it tries the wrong ones first,
               awaits the result of an async function, and ends what waits forever
    constants: the numbers and strings of the model solution
    seconds:   of computing; a last resort
    """
    try:
        with _quiet():
            return _search(function, holds, constants, seconds)
    except Exception:  # an answer may be anything; then another diagnosis speaks
        return None


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Without Python's warnings of what the changes write, or forget to await.

    A coroutine that waits for the collector would be found later, and blamed on the answer: so
    the collector rests, and at the end it looks at what is new.
    """
    collects = gc.isenabled()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        gc.disable()
        try:
            yield
        finally:
            gc.collect(0)
            if collects:
                gc.enable()


def _search(
    function: Callable[..., Any],
    holds: Callable[[Callable[..., Any]], bool],
    constants: Iterable[Any],
    seconds: float,
) -> Repair | None:
    if not isinstance(function, types.FunctionType) or function.__code__.co_freevars:
        return None
    lines, first = inspect.getsourcelines(function)
    source = "\n" * (first - 1) + textwrap.dedent("".join(lines))
    tree = ast.parse(source)
    definition = tree.body[0]
    if not isinstance(definition, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return None
    called = [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    if definition.decorator_list or any(map(HARMFUL.fullmatch, called)):
        return None
    _guard(definition)

    begin, wall = time.thread_time(), time.monotonic()

    def spent() -> bool:
        """A thread's own time does not depend on other programs, but sleeping is not in it."""
        return max(time.thread_time() - begin, (time.monotonic() - wall) / 4) > seconds

    def run(rounds: int) -> tuple[bool, _Count]:
        """Whether the code as it is now makes all cases right, and how long it ran."""
        count = _Count(rounds, spent)
        # Annotations are not evaluated: this module's own __future__ holds for what it compiles.
        names = {**function.__globals__, COUNT: count, CALL: count.call, SMALL: _small}
        try:
            exec(compile(tree, function.__code__.co_filename, "exec"), names)
            return bool(holds(names[definition.name])), count
        except Exception:
            return False, count

    found, count = run(MORE)
    if found:
        return None  # the mistake is not in the text of this function
    few = max(ROUNDS, 20 * count.rounds) if count.rounds < MORE else ROUNDS
    proposed, again = changes(definition, constants)[:MOST], list[Change]()
    for rounds, tried in ((few, proposed), (MORE, again)):
        for change in tried:
            if spent():
                return None
            change.make()
            found, count = run(rounds)
            change.undo()
            if found:
                return _told(change, source)
            if few == rounds <= count.rounds and count.calls > 1:  # at least one case went well
                again.append(change)
    return None


def _told(change: Change, source: str) -> Repair:
    old, what = change.old, change.what
    line = old.lineno
    if isinstance(what, ast.AST):
        if old.end_lineno > old.lineno:
            line = what.lineno  # type: ignore[attr-defined]
        what = ast.get_source_segment(source, what)
    text = ast.get_source_segment(source, old) or ""
    said = change.sentence.format(line=line, old=_short(text), what=_short(what or ""))
    return Repair(line, text, change.kind, said)


def _short(text: str) -> str:
    """The first line of a piece, if it is not too long."""
    first, *more = text.splitlines() or [""]
    if more:
        first = first.split("  #")[0]
    return first[:SHOWN] + "…" if len(first) > SHOWN or more and first[-1] != ":" else first


class _TooMuch(Exception):
    """Changed code goes on and on, or asks for too much."""


class _Count:
    """Called in every round of a loop; raises when there were too many, or the time is up."""

    def __init__(self, most: int, spent: Callable[[], bool]) -> None:
        self.most, self.spent = most, spent
        self.rounds = self.calls = 0

    def __call__(self) -> bool:
        self.rounds += 1
        if self.rounds >= self.most or self.spent():
            raise _TooMuch
        return True

    def call(self) -> None:
        """The function itself is called."""
        self.calls += 1
        self()


def _small(size: Any) -> Any:
    """What becomes bytes, a list or an exponent: a number or a range of it must be small."""
    if isinstance(size, range):
        _small(abs(size.stop - size.start))
    if isinstance(size, int) and size > BIG:
        raise _TooMuch
    return size


def _guard(definition: Any) -> None:
    """Count the rounds of every loop and the calls of every function; limit what takes memory."""
    for node in list(ast.walk(definition)):
        match node:
            case ast.While() | ast.For() | ast.AsyncFor():
                node.body.insert(0, ast.Expr(ours(COUNT)))
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                node.body.insert(0, ast.Expr(ours(CALL if node is definition else COUNT)))
            case ast.comprehension():
                node.ifs.insert(0, ours(COUNT))
            case ast.BinOp(op=ast.LShift() | ast.RShift() | ast.Pow()):
                node.right = ours(SMALL, node.right)
            case ast.BinOp(op=ast.Mult(), left=ast.Constant(value=str() | bytes()) | ast.List()):
                node.right = ours(SMALL, node.right)
            case ast.Call(func=ast.Name(id=name), args=[size, *rest]) if name in COLLECTS:
                node.args = [ours(SMALL, size), *rest]
            case ast.Call(func=ast.Attribute(attr="to_bytes", value=owner), args=[*sizes]) if sizes:
                # The size is first in x.to_bytes(2), and second in int.to_bytes(x, 2).
                place = min(len(sizes) - 1, ast.unparse(owner) == "int")
                node.args[place] = ours(SMALL, sizes[place])
    ast.fix_missing_locations(definition)
