"""The two ways in which most exercises are judged: predictions by letter, and a function in cases.

How to think about it: an exercise says what is right, what a wrong answer would look like, and
what to say about it; here is what all of them have in common.
"""

from __future__ import annotations

import asyncio
import copy
import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from ..words import _
from .exercise import Args, Slip, recognise
from .runner import Attempt, shorten
from .verdict import Verdict, not_attempted, not_yet
from .virtual_time import VirtualTimeLoop

Function = Callable[..., Any]

TRIES = 2  # in earnest: a busy machine may spoil one


def by_letter(
    attempt: Attempt,
    right: Mapping[str, Any],
    rules: Mapping[str, str],
    slips: Iterable[Slip],
    *,
    like: str,
    passed: str,
    section: str,
) -> Verdict:
    """A dict from letter to prediction against ``right``, which is computed, not written down.

    right: if the answers are words, each that may be given is right for a letter at least
    rules: what is said about a letter whose answer nobody has foreseen
    like:  what an answer is, with an example
    """
    answer = attempt.answer
    if not isinstance(answer, dict):
        return not_yet(
            _("The answer is a dict from letter to {like}, not {type}.").format(
                like=like, type=type(answer).__name__
            ),
            section,
        )
    if all(value is ... for value in answer.values()):
        return not_attempted()
    if missing := [letter for letter in right if answer.get(letter, ...) is ...]:
        said = _("No answer yet for {letters}.").format(letters=", ".join(missing))
        if unknown := [shorten(letter, 20) for letter in answer if letter not in right]:
            said += " " + _("Not asked for: {letters}.").format(letters=", ".join(unknown))
        return not_yet(said, section)
    for letter, value in right.items():
        if type(answer[letter]) is not type(value):
            return not_yet(
                _("An answer is {like}; yours to {letter} is {value}.").format(
                    letter=letter, like=like, value=shorten(answer[letter], 40)
                ),
                section,
            )
        if isinstance(value, str) and answer[letter] not in right.values():
            return not_yet(
                _("{letter}: {value} is none of the words that the task gives: {words}.").format(
                    letter=letter,
                    value=shorten(answer[letter], 40),
                    words=", ".join(sorted(set(right.values()))),
                ),
                section,
            )
    wrong = [letter for letter in right if answer[letter] != right[letter]]
    if not wrong:
        return Verdict("passed", passed, section)
    said = next(
        (slip.sentence for slip in slips if slip.wrong[wrong[0]] == answer[wrong[0]]),
        rules[wrong[0]],
    )
    return not_yet(said, section)


def by_cases(
    attempt: Attempt,
    cases: Iterable[Args],
    expected: Function,
    slips: Iterable[Slip],
    *,
    called: str,
    fits: Callable[[Any], bool],
    like: str,
    passed: str,
    section: str,
    nearest: Callable[[Args, Any], Any] | None = None,
    through: Callable[[Function], Function] = lambda function: function,
    where: Callable[[bytes, bytes], str] = lambda expected, got: "",
    timed: Callable[[Any, Any], bool] | None = None,
) -> Verdict:
    """A function against ``expected`` in every case; small cases come first.

    called:  the function's name, for the words
    fits:    whether a result has the right form; ``like`` says which
    nearest: if more than one result is right, the one that comes nearest to a result
    through: what stands between a case and a function: it plays the other side, or watches
    where:   names the field of the expected bytes in which those that came begin to differ
    timed:   if it waits, but for nothing outside, no time passes: a ``VirtualTimeLoop`` runs it.
             This tells whether a result may be wrong, beside the expected one, only because
             the function goes by another clock, such as that on the wall
    """

    def wanted_for(args: Args, got: Any) -> Any:
        return nearest(args, got) if nearest else expected(*args)

    def is_right(args: Args, got: Any) -> bool:
        return fits(got) and bool(got == wanted_for(args, got))

    if callable(attempt.answer):
        attempt.answer = through(attempt.answer)
    loop_factory = attempt.loop_factory = VirtualTimeLoop if timed else None
    results: list[tuple[Args, Any]] = []
    right = True
    for args in cases:
        got = _copy_of(attempt(*copy.deepcopy(args)))
        if timed and right and not is_right(args, got) and timed(wanted_for(args, got), got):
            # The first one in earnest; then it is certain. Only a right result counts: what is
            # said about a wrong one must not depend on how busy the machine is.
            attempt.loop_factory = None
            tries = (_copy_of(attempt(*copy.deepcopy(args))) for _try in range(TRIES))
            got = next((again for again in tries if is_right(args, again)), got)
            attempt.loop_factory = loop_factory
        right = right and is_right(args, got)
        results.append((args, got))
    if right:
        return Verdict("passed", passed, section)
    slips = [
        replace(slip, wrong=_called(through(slip.wrong), attempt, loop_factory)) for slip in slips
    ]
    said, args, got = recognise(slips, results, is_right)
    first_args, first = results[0]
    if said is None and is_right(first_args, first):
        again = attempt(*copy.deepcopy(first_args))
        if not is_right(first_args, again):
            said = _(
                "Called once more with the same, your function gives something else: it keeps "
                "something from call to call."
            )
            args, got = first_args, _copy_of(again)
    call = f"{called}({', '.join(shorten(arg, 300) for arg in args)})"
    if not fits(got):
        return not_yet(
            said or _("Return {like}, not {got}.").format(like=like, got=shorten(got)),
            section,
            case=call,
        )
    wanted = wanted_for(args, got)
    if isinstance(got, bytes) and isinstance(wanted, bytes):
        sentence = said or _("These are not the bytes that were expected.")
        at = where(wanted, got)
        return not_yet(sentence, section, expected=wanted, got=got, where=at, case=call)
    is_text = type(got) is type(wanted) is str  # not what the function did
    if is_text and len(wanted) > 16:
        sentence = said or _("This is not the text that was expected.")
        wanted_bytes, got_bytes = wanted.encode(), got.encode("utf-8", "replace")
        return not_yet(sentence, section, expected=wanted_bytes, got=got_bytes, case=call)
    return not_yet(
        said or _("Not right yet: compare what you returned with what was expected."),
        section,
        case=_("{call}: got {got}, expected {wanted}").format(
            call=call, got=shorten(got, 200), wanted=shorten(wanted, 200)
        ),
    )


class Did(str):
    """What a function did instead of returning something; no answer can return such a word."""

    def __repr__(self) -> str:
        return f"({self})"


def refusing(function: Function) -> Function:
    """The function, with its ValueError as a result: ``Did("raised ValueError")``."""

    async def watched(*args: Any) -> Any:
        try:
            value = function(*args)
            return await value if inspect.isawaitable(value) else value
        except ValueError:
            return Did("raised ValueError")

    return watched


def _copy_of(value: Any) -> Any:
    """The value as it was returned: an answer that keeps it may change it in later calls."""
    try:
        return copy.deepcopy(value)
    except Exception:  # of a kind that cannot be copied
        return value


def _called(
    function: Function, attempt: Attempt, loop_factory: type[VirtualTimeLoop] | None
) -> Function:
    """The answer of a slip, awaited if need be, and only as long as there is time."""

    def call(*args: Any) -> Any:
        attempt.go_on()
        value = function(*args)
        if not inspect.isawaitable(value):
            return value
        with asyncio.Runner(loop_factory=loop_factory) as runner:
            return runner.run(_await(value))

    return call


async def _await(value: Any) -> Any:
    return await value
