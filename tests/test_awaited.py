"""A forgotten await on the course's own calls is named by every public function."""

import asyncio
import gc
import inspect
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

import wsedu
from wsedu import Lab, Ladder, check, dissect
from wsedu._awaited import AwaitMissing, no_coroutine
from wsedu.course.catalogue import exercises
from wsedu.course.verdict import NotYet

pytestmark = pytest.mark.anyio


async def talk() -> wsedu.Recording:
    return wsedu.Recording()


class Later:
    """Something that must be awaited, and is no coroutine."""

    def __await__(self) -> Iterator[None]:
        yield


@pytest.fixture(autouse=True)
def no_warning_comes_later() -> Iterator[None]:
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        yield
        gc.collect()
    assert [str(warning.message) for warning in warned] == []


def parameters(call: Callable[..., Any]) -> list[inspect.Parameter]:
    found = inspect.signature(call).parameters.values()
    return [parameter for parameter in found if parameter.name != "self"]


TAKE_NOTHING = {"leave_class", "progress", "Wires"}
CASES = [
    (name, parameter)
    for name in wsedu.__all__
    for parameter in parameters(getattr(wsedu, name))
    # The others of these are the library's own options, or say how a picture looks.
    if (name, parameter.name) not in {("check", "answer")}
    and not (name == "Lab" and parameter.name not in ("handler", "raw", "server"))
    and not (name == "Recording" and parameter.name != "events")
]


def test_no_public_name_is_left_out() -> None:
    asked = {name for name, _parameter in CASES}
    # FrameBuilder begins with nothing.
    assert set(wsedu.__all__) - asked == TAKE_NOTHING | {"FrameBuilder"}


@pytest.mark.parametrize(
    ("name", "parameter"), CASES, ids=[f"{name}-{parameter.name}" for name, parameter in CASES]
)
@pytest.mark.parametrize(
    "wrap",
    [lambda it: it, lambda it: [it], lambda it: [1, ({"two": [3, it]},)]],
    ids=["itself", "in a list", "deep inside"],
)
def test_every_public_name_asks_for_the_await(
    name: str, parameter: inspect.Parameter, wrap: Callable[[Any], Any]
) -> None:
    for awaitable in (talk(), Later()):
        options: dict[str, Any] = {
            other.name: None
            for other in parameters(getattr(wsedu, name))
            if other.default is inspect.Parameter.empty
            and other.kind is not inspect.Parameter.VAR_POSITIONAL
        }
        given: tuple[Any, ...] = ()
        if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
            given = (wrap(awaitable),)
        else:
            options[parameter.name] = wrap(awaitable)
        with pytest.raises(AwaitMissing, match=f"You gave {name} .*is an `await` missing"):
            getattr(wsedu, name)(*given, **options)
    assert Lab._current is None, "no lab was started"


def test_sentence_names_what_was_not_awaited() -> None:
    with pytest.raises(TypeError) as error:
        dissect(talk())
    words = "You gave dissect the coroutine of talk, not its result: is an `await` missing"
    assert str(error.value) == f"{words} before the call?"


def test_list_that_holds_itself_is_looked_through_once() -> None:
    circle: list[Any] = [b"GET"]
    circle.append(circle)
    no_coroutine("lab.talk", circle)
    circle.append(talk())
    with pytest.raises(AwaitMissing, match=r"lab\.talk the coroutine of talk"):
        no_coroutine("lab.talk", circle)


async def test_task_is_left_to_run() -> None:
    task = asyncio.create_task(talk())
    with pytest.raises(AwaitMissing, match="You gave Ladder a Task"):
        Ladder(task)
    assert await task == wsedu.Recording()


async def test_methods_of_the_lab_ask_for_the_await() -> None:
    lab = Lab(notifications=True)
    try:
        peer = await lab.raw()
        calls: list[Callable[[Any], Any]] = [
            lambda it: lab.talk(it),
            lambda it: lab.talk(b"GET", it),
            lambda it: lab.ask("POST", "/order", it),
            lambda it: lab.ask("GET", it),
            lambda it: lab.until(it),
            lambda it: peer.send(it),
        ]
        for call in calls:
            with pytest.raises(AwaitMissing, match="is an `await` missing"):
                await call(talk())
        with pytest.raises(AwaitMissing, match=r"lab\.watch the coroutine of talk"):
            lab.watch(talk())  # type: ignore[arg-type]
    finally:
        lab.close()


@pytest.mark.parametrize("name", ["slow-echo", "predict-statuses", "own-server"])
def test_check_of_a_coroutine_says_so(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """An async function is an answer; what its call gives is none."""
    for awaitable in (talk(), Later()):
        with pytest.raises(NotYet):
            check(name, awaitable)
        said = " ".join(capsys.readouterr().out.split())
        assert f"✘ {exercises()[name].number}: You gave check " in said
        assert "is an `await` missing" in said
        assert "give its name alone, without parentheses" in said


def test_jupyter_shows_the_line_and_the_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    source = (
        "from wsedu import dissect\nasync def talk(): ...\nx = 1\nseen = dissect(talk())\ny = 2"
    )
    InteractiveShell().run_cell(source, store_history=False)
    assert capsys.readouterr().out.splitlines() == [
        "----> 4 seen = dissect(talk())",
        "AwaitMissing: You gave dissect the coroutine of talk, not its result: "
        "is an `await` missing before the call?",
    ]
