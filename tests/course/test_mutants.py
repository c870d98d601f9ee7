"""Reference solutions, changed in one place: the checks must notice.

Each mutant is the solution with one operator, comparison, number, text, argument or condition
changed, one statement left out, or nothing returned.
A mutant that says the same as the solution in every case is not wrong; those are listed.
"""

import ast
import copy
import functools
import inspect
import random
import textwrap
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest

from wsedu.course import judges, runner
from wsedu.course.catalogue import exercises
from wsedu.course.clients import Clients
from wsedu.course.exercise import Exercise
from wsedu.course.verdict import Verdict

pytestmark = pytest.mark.slow

EXERCISES = exercises()

# A whole server calls its pieces, and these are changed; its own mistakes are changes of its text.
FUNCTIONS = [
    exercise
    for exercise in EXERCISES.values()
    if inspect.isfunction(exercise.solution) and not isinstance(exercise.judge, Clients)
]
MOST = 24  # mutants of one solution, spread over its source
SECONDS = 0.3  # a mutant that loops has been noticed after these; a solution needs far less
LEAST = 0.95  # of the wrong mutants of all exercises together are rejected

# Solutions of a line or two: they have no more places to change.
FEWER = {"slow-echo": 4, "compute-accept": 6, "craft-payload": 6}

OPERATORS: dict[type, type] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Mod: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitOr,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}

# Mutants that are not wrong, by exercise and what was changed, each with the reason.
NOT_WRONG: dict[tuple[str, str], str] = {
    ("check-request", r"line 5: '\r\n'"): "split at LF alone: the CR that is left is stripped",
    (
        "check-request",
        r"line 5: '\r\n\r\n'",
    ): "an empty line more or less at the end, which says nothing",
    ("check-response", r"line 6: '\r\n'"): "split at LF alone: the CR that is left is stripped",
    (
        "check-response",
        r"line 6: '\r\n\r\n'",
    ): "an empty line more or less at the end, which says nothing",
    ("choose-subprotocol", "line 1: 'return None'"): "a function without return returns None",
    ("choose-subprotocol", "line 7: 'return'"): "a return without a value returns None",
    ("inflate-message", "line 6: Lt"): "a message that a Close interrupts never ends",
    ("inflate-message", "line 6: 8"): "the same; and opcode 7 is not in use",
    (
        "inflate-message",
        "line 12: \"argument 0 of ValueError('this cannot be inflated')\"",
    ): "an error without words",
    (
        "inflate-next",
        "line 14: \"argument 0 of ValueError('this cannot be inflated')\"",
    ): "an error without words",
}


def changes(node: ast.AST) -> Iterator[tuple[str, Any, Any]]:
    """The changes that can be made to one node: attribute, new value."""
    for name in ("op", "ops"):
        old = getattr(node, name, None)
        ops = old if isinstance(old, list) else [old] if old is not None else []
        for i, op in enumerate(ops):
            if type(op) in OPERATORS:
                new = OPERATORS[type(op)]()
                yield name, [*ops[:i], new, *ops[i + 1 :]] if isinstance(old, list) else new, op
    if isinstance(node, ast.Constant):
        if isinstance(node.value, bool):
            yield "value", not node.value, node.value
        elif isinstance(node.value, int):
            yield "value", node.value + 1, node.value
            yield "value", node.value - 1, node.value
        elif isinstance(node.value, (str, bytes)) and node.value and not is_prose(node.value):
            yield "value", node.value[1:], node.value
    if isinstance(node, (ast.If, ast.While, ast.IfExp)):
        yield "test", ast.UnaryOp(ast.Not(), node.test), None
    if isinstance(node, ast.Return) and node.value is not None:
        yield "value", None, "return"
    if isinstance(node, ast.Call):
        for name in ("args", "keywords"):
            given = getattr(node, name)
            for i in range(len(given)):
                yield name, [*given[:i], *given[i + 1 :]], f"argument {i} of {ast.unparse(node)}"
    for name in ("body", "orelse"):
        block = getattr(node, name, None)
        if isinstance(block, list):
            for i, statement in enumerate(block):
                if not isinstance(statement, (ast.Import, ast.ImportFrom)):
                    without = [*block[:i], ast.Pass(), *block[i + 1 :]]
                    yield name, without, ast.unparse(statement).splitlines()[0]


def is_prose(value: str | bytes) -> bool:
    """Words for a reader, which an exercise leaves free: a reason, an error's sentence."""
    return isinstance(value, str) and " " in value and ":" not in value


def mutants(exercise: Exercise) -> Iterator[tuple[str, Any]]:
    """What was changed, and the changed function."""
    source = textwrap.dedent(inspect.getsource(exercise.solution))
    tree = ast.parse(source)
    function = tree.body[0]
    assert isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
    if ast.get_docstring(function):
        del function.body[0]
    function.returns = None
    for argument in function.args.args:
        argument.annotation = None
    places = [
        (i, number)
        for i, node in enumerate(ast.walk(tree))
        if node is not tree
        for number, _change in enumerate(changes(node))
    ]
    chance = random.Random(exercise.name)
    for i, number in sorted(chance.sample(places, min(MOST, len(places)))):
        changed = copy.deepcopy(tree)
        node = list(ast.walk(changed))[i]
        name, value, old = list(changes(node))[number]
        setattr(node, name, value)
        ast.fix_missing_locations(changed)
        names = dict(exercise.solution.__globals__)
        try:
            code = compile(changed, "<mutant>", "exec")
        except SyntaxError:  # nonlocal without its variable, which Python itself tells
            continue
        exec(code, names)
        what = type(old).__name__ if isinstance(old, ast.AST) else repr(old)
        if name == "test":
            what = "condition"
        line = getattr(node, "lineno", 0)
        yield f"line {line}: {what}", names[function.name]


def no_mistakes(*_args: Any) -> list[Any]:
    return []


def noticed(*_args: Any) -> Verdict:
    return Verdict("not yet", "noticed")


@functools.cache
def survivors(name: str) -> tuple[int, list[str]]:
    """How many mutants there were, and which of them the check let pass."""
    exercise = EXERCISES[name]
    count, passed = 0, []
    for what, mutant in mutants(exercise):
        count += 1
        # Whether it is noticed is all that is asked: what its mistake is takes several times as
        # long, and has tests of its own.
        with (
            patch.multiple(judges, _rows_of=no_mistakes),
            patch.multiple(judges.Cases, rows=no_mistakes, _explain=noticed),
        ):
            verdict = runner.run(
                lambda watched: exercise.judge(exercise, watched, random.Random(1)),
                mutant,
                SECONDS,
            )
        if verdict.passed and (exercise.name, what) not in NOT_WRONG:
            passed.append(what)
    return count, passed


@pytest.mark.parametrize("exercise", FUNCTIONS, ids=lambda exercise: exercise.name)
def test_mutants_are_rejected(exercise: Exercise) -> None:
    count, passed = survivors(exercise.name)
    least = FEWER.get(exercise.name, 8)
    assert count >= least, (
        f"the solution of {exercise.name} has only {count} places to change, not {least}: "
        "if it has a line or two, name it in FEWER"
    )
    # One alone may let a few pass; all of them together may not (below).
    assert len(passed) <= max(2, count // 4), (
        "the check does not notice these changes of the solution (lines are counted from def): add "
        f"cases in which they are wrong, or name them in NOT_WRONG: {passed}"
    )


def test_of_all_wrong_mutants_nearly_all_are_rejected() -> None:
    results = {exercise.name: survivors(exercise.name) for exercise in FUNCTIONS}
    count = sum(count for count, _passed in results.values())
    assert count >= 500
    passed = [f"{name} {what}" for name, (_count, whats) in results.items() for what in whats]
    assert len(passed) <= count * (1 - LEAST), passed
